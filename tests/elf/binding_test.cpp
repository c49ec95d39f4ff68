// Our look-ups against those of the real loader, which tells with LD_DEBUG=bindings where it binds each
// symbol. A machine without glibc's loader skips the comparison.
#include <map>
#include <memory>

#include "catch.hpp"
#include "elf/machine.hpp"
#include "elf/symbol_table.hpp"
#include "elf/symbol_uses.hpp"
#include "support/paged_source.hpp"
#include "support/text.hpp"
#include "target/directory_tree.hpp"

namespace elf = preflight::elf;
using preflight::test::output_of;

namespace {

std::string real_loader() {
  for (const auto* path : {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"}) {
    if (std::filesystem::exists(path)) return path;
  }
  return "";
}

std::string between(std::string_view line, std::string_view before, std::string_view after) {
  const auto found = line.find(before);
  if (found == std::string_view::npos) return "";
  const auto from = found + before.size();
  return std::string(line.substr(from, line.find(after, from) - from));
}

// What the loader said of a library: the objects in the order in which it looks at them, and for "FILE
// SYMBOL" the file to which it bound the symbol.
struct Story {
  std::vector<std::string> objects;
  std::map<std::string, std::string> bindings;
};

Story story_of(const std::string& library) {
  Story story{{library}, {}};
  const std::string text = output_of("LD_TRACE_LOADED_OBJECTS=1 LD_WARN=1 LD_BIND_NOW=1 LD_DEBUG=bindings " +
                                     real_loader() + " " + library + " 2>&1");
  for (const auto line : preflight::lines(text)) {
    const auto words = preflight::words(line);
    if (line.starts_with('\t') && words.size() >= 2 && words[words.size() - 2].starts_with('/')) {
      story.objects.emplace_back(words[words.size() - 2]);
    }
    const auto file = between(line, "binding file ", " [");
    if (!file.empty())
      story.bindings[file + ' ' + between(line, "symbol `", "'")] = between(line, " to ", " [");
  }
  return story;
}

struct Object {
  std::string path;
  std::unique_ptr<preflight::ByteSource> source;
  std::vector<elf::UndefinedSymbol> undefined;
  std::vector<elf::SymbolUse> uses;
  elf::SymbolTable table;
};

Object open_object(const preflight::target::FileTree& tree, const std::string& path) {
  INFO(path);
  auto source = tree.open(path);
  REQUIRE(source);
  auto paged = std::make_unique<preflight::PagedSource>(std::move(*source));
  const auto file = elf::File::open(*paged);
  REQUIRE(file);
  const auto dynamic = elf::read_dynamic(*file);
  REQUIRE(dynamic);
  auto undefined = elf::undefined_symbols(*file, *dynamic);
  auto uses = elf::read_symbol_uses(*file, *dynamic);
  auto table = elf::SymbolTable::open(*file, *dynamic);
  REQUIRE(undefined);
  REQUIRE(uses);
  REQUIRE(table);
  return {path, std::move(paged), std::move(*undefined), std::move(*uses), std::move(*table)};
}

std::string provider(const std::vector<Object>& objects, const elf::UndefinedSymbol& symbol) {
  const elf::WantedSymbol wanted(symbol);
  for (const auto& object : objects) {
    const auto found = object.table.find(wanted);
    REQUIRE(found);
    if (*found) return object.path;
  }
  return "";
}

// How many symbols were compared.
std::size_t compare_bindings(const preflight::target::FileTree& tree, const std::string& library) {
  const Story story = story_of(library);
  std::vector<Object> objects;
  for (const auto& path : story.objects) objects.push_back(open_object(tree, path));
  std::size_t compared = 0;
  for (const auto& object : objects) {
    // The loader binds its own symbols before it can tell.
    if (object.path == real_loader()) continue;
    for (const auto& symbol : object.undefined) {
      INFO(object.path << ' ' << symbol.name << ' ' << symbol.version);
      const bool used =
          symbol.number < object.uses.size() && object.uses[symbol.number] != elf::SymbolUse::none;
      const auto binding = story.bindings.find(object.path + ' ' + symbol.name);
      const std::string theirs = binding == story.bindings.end() ? "" : binding->second;
      const std::string ours = used ? provider(objects, symbol) : "";
      if (ours != theirs) CHECK(ours == theirs);
      ++compared;
    }
  }
  return compared;
}

}  // namespace

TEST_CASE("the libraries of this machine bind their symbols as the real loader binds them") {
  if (real_loader().empty()) {
    WARN("no loader of glibc here: nothing was compared");
    SUCCEED();
    return;
  }
  const auto tree = preflight::target::DirectoryTree::make("/");
  REQUIRE(tree);
  std::size_t compared = 0;
  for (const auto& library : preflight::test::sample_libraries())
    compared += compare_bindings(**tree, library);
  CHECK(compared > 100);
}
