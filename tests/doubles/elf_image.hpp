// Small ELF files made in memory, so that a test says what is in them. The real loader maps them as well
// (those of 64 bits and this machine).
#pragma once

#include <string>
#include <vector>

#include "elf/fields.hpp"

namespace preflight::test {

constexpr std::uint64_t kNoDefaultDirectories = 0x800;  // DF_1_NODEFLIB of DT_FLAGS_1

struct ElfImage {
  struct Part {
    std::string name;  // of a section or a function
    std::string content;
  };
  struct Note {
    std::string section;
    std::string owner;
    std::uint32_t type = 0;
    std::string description;
  };

  elf::Layout layout = {};
  std::uint16_t machine = 62;
  std::uint16_t type = 3;
  std::string soname = {};
  std::vector<std::string> needed = {};
  std::string rpath = {};
  std::string runpath = {};
  std::string interpreter = {};  // of a program
  std::uint64_t flags_1 = 0;     // DT_FLAGS_1
  enum class Stack { plain, executable } stack = Stack::plain;
  std::vector<std::string> versions = {};         // defined symbol versions
  std::vector<std::string> needed_versions = {};  // from the first needed library
  std::vector<Part> functions = {};               // defined dynamic symbols, with their code
  std::vector<Part> sections = {};                // such as .rodata
  std::vector<Note> notes = {};

  // The file. Virtual addresses are file offsets plus kBase.
  std::string bytes() const;

  static constexpr std::uint64_t kBase = 0x10000;
};

}  // namespace preflight::test
