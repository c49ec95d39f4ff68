// A Python environment with a small torch: the files of the real one by name and by how they are linked, made
// with the machine's compiler.
#pragma once

#include <string>
#include <vector>

#include "facts/document.hpp"
#include "target/temporary_directory.hpp"

namespace preflight::test {

struct SharedObject {
  std::string path;                     // below site-packages, or absolute
  std::string soname = {};              // by default its file name
  std::string code = {};                // in C
  std::vector<std::string> needs = {};  // paths, as `path`, of objects that were made before
  std::string rpath = {};               // DT_RPATH
  std::string runpath = {};             // DT_RUNPATH
  std::string further_options = {};     // of the compiler
};

class TorchInstallation {
 public:
  // The environment with torch, cudart, cuDNN 9 and NCCL.
  TorchInstallation();

  // Compiles a shared object; throws when that fails.
  void add(const SharedObject& object) const;

  // A dist-info directory whose RECORD lists these files.
  void add_package(const std::string& name, const std::vector<std::string>& files) const;

  void remove(const std::string& path) const;

  std::string prefix() const { return root_ / "venv"; }
  std::string packages() const { return prefix() + "/lib/python3.11/site-packages"; }

  // What the probe tells of it on this machine, with these variables set: LD_LIBRARY_PATH, LD_PRELOAD.
  facts::Document probe(const std::string& library_path = {}, const std::string& preload = {}) const;

 private:
  TemporaryDirectory root_;
};

// Whether there is a compiler and the machine is what the tests are written for.
bool can_make_torch();

}  // namespace preflight::test
