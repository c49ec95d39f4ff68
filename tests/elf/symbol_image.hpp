// ELF files of nothing but dynamic symbols, with every detail that their look-up depends on.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "elf/fields.hpp"

namespace preflight::test {

struct SymbolImage {
  struct Symbol {
    std::string name;
    std::uint16_t version = 1;  // with 0x8000: hidden
    std::uint64_t value = 0x100;
    std::uint16_t section = 1;
    std::uint8_t type = 2;
    std::uint8_t binding = 1;
    std::uint8_t visibility = 0;
  };
  struct Definition {
    std::string name;
    std::uint16_t number = 0;
    std::uint16_t flags = 0;
  };
  struct Need {
    std::string library;
    std::string version;
    std::uint16_t number = 0;  // with 0x8000: no other version will do
    std::uint16_t flags = 0;
  };
  struct Relocation {
    std::uint32_t symbol = 0;
    enum class Kind { relative, data, call } kind = Kind::data;
  };
  enum class Hash { gnu, sysv, none };

  elf::Layout layout = {};
  std::uint16_t type = 3;
  Hash hash = Hash::gnu;
  std::uint32_t buckets = 2;
  std::uint32_t first_hashed = 0;  // 0: the first defined symbol
  // Undefined ones first. The defined ones are put in the order of their buckets, otherwise kept as they are.
  std::vector<Symbol> symbols = {};
  std::vector<Definition> definitions = {};
  std::vector<Need> needs = {};
  std::vector<Relocation> relocations = {};

  // The file, without section headers. Virtual addresses are file offsets.
  std::string bytes() const { return build().bytes; }

  struct Built {
    std::string bytes;
    std::map<std::string, std::size_t>
        places;  // offsets of: dynamic, hash, symbols, versions, definitions, needs
  };
  Built build() const;
};

}  // namespace preflight::test
