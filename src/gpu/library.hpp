// A vendor library, found and loaded by the dynamic loader when it is asked for; nothing is linked. To be
// used in a worker only: constructors of a library run when it is loaded.
#pragma once

#include <string>
#include <vector>

#include "support/result.hpp"

namespace preflight::gpu {

// Stays loaded for the rest of the process: vendor libraries start threads and don't bear being unloaded.
class Library {
 public:
  // By SONAME through the loader's search, or by path. The error is what dlopen(3) says.
  static Result<Library> load(const std::string& name);

  // The file that was loaded, as the loader found it.
  const std::string& path() const { return path_; }

  // A null pointer when the library does not export it.
  void* find(const char* symbol) const;

  // Functions that were looked for and are not there.
  const std::vector<std::string>& missing() const { return missing_; }
  void add_missing(const char* function) { missing_.emplace_back(function); }

 private:
  Library(void* handle, std::string path);

  void* handle_;
  std::string path_;
  std::vector<std::string> missing_;
};

}  // namespace preflight::gpu
