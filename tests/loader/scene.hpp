// A process described once, to be filled by the real dynamic loader and by ours. Both tell what happened as
// text, so that a test compares the two and shows where they part.
#pragma once

#include <string>
#include <vector>

#include "doubles/elf_image.hpp"
#include "loader/process.hpp"
#include "target/temporary_directory.hpp"

namespace preflight::test {

struct Opening {
  std::string caller;  // file name of the object that calls dlopen(); "-" is the runner
  std::string name;
  loader::Visibility visibility = loader::Visibility::local;
};

// Files live in a directory of their own; a "@" in what is set through a scene stands for it.
class Scene {
 public:
  Scene();

  // A library with a function by which the runner lets it call dlopen().
  void library(const std::string& path, ElfImage image = {});
  void file(const std::string& path, const std::string& bytes) { directory_.file(path, bytes); }
  void link(const std::string& path, const std::string& text) { directory_.link(path, here(text)); }

  // A library made of C by the compiler that made this test; the arguments are the linker's. Whether it
  // worked.
  bool compile(const std::string& path, const std::string& source, const std::string& arguments = {});

  ElfImage program = {};  // it also needs the runner
  std::string preload = {};
  std::string library_path = {};
  std::string working_directory = "@";
  std::vector<Opening> openings = {};

  // A line for each thing that happened: "opened NAME", "failed NAME: SUBJECT is missing", "failed NAME: FILE
  // lacks SYMBOL", "loaded PATH for PATH", or only "not started: SUBJECT is missing". Ours names all that is
  // lacking, with ", " in between, where the real loader stops at the first.
  std::string by_real_loader() const;
  std::string by_ours() const;

 private:
  std::string here(std::string text) const;   // with the directory in the place of "@"
  std::string told(std::string story) const;  // and the reverse
  std::string program_path() const { return here("@/bin/program"); }
  void write_program() const;

  TemporaryDirectory directory_;
};

// Whether this machine runs what scenes are made of: x86-64 code under glibc.
bool has_real_loader();

}  // namespace preflight::test
