// Our readings of this machine's own libraries against those of binutils and glibc. A machine without these
// tools skips the comparison; a machine with them but without any of the libraries fails.
#include <algorithm>

#include "catch.hpp"
#include "elf/loader_cache.hpp"
#include "elf/machine.hpp"
#include "elf/symbol_table.hpp"
#include "elf/undefined_symbols.hpp"
#include "elf/versions.hpp"
#include "support/text.hpp"
#include "target/directory_tree.hpp"

namespace elf = preflight::elf;
using preflight::test::has_tool;
using preflight::test::output_of;
using preflight::test::sample_libraries;

namespace {

std::string bracketed(std::string_view line) {
  const auto from = line.find('[');
  return std::string(line.substr(from + 1, line.rfind(']') - from - 1));
}

// A line of `readelf --dyn-syms -W`.
struct ListedSymbol {
  std::string name;
  std::string version;
  std::uint64_t value = 0;
  bool defined = false;
};

std::vector<ListedSymbol> symbols_of_readelf(const std::string& path) {
  std::vector<ListedSymbol> symbols;
  const std::string text = output_of("readelf --dyn-syms -W " + path);
  for (const auto line : preflight::lines(text)) {
    const auto words = preflight::words(line);
    if (words.size() < 8 || (words[4] != "GLOBAL" && words[4] != "WEAK" && words[4] != "UNIQUE")) continue;
    if (words[5] == "HIDDEN" || words[5] == "INTERNAL") continue;
    const auto name = words[7].substr(0, words[7].find('@'));
    auto version = words[7].substr(name.size());
    while (version.starts_with('@')) version.remove_prefix(1);
    symbols.push_back({std::string(name), std::string(version),
                       std::stoull(std::string(words[1]), nullptr, 16), words[6] != "UND"});
  }
  return symbols;
}

void compare_symbols(const elf::File& file, const elf::Dynamic& dynamic, const std::string& path) {
  const auto table = elf::SymbolTable::open(file, dynamic);
  const auto undefined = elf::undefined_symbols(file, dynamic);
  REQUIRE(table);
  REQUIRE(undefined);
  std::vector<std::string> ours;
  for (const auto& symbol : *undefined) ours.push_back(symbol.name + '@' + symbol.version);
  std::vector<std::string> theirs;
  for (const auto& listed : symbols_of_readelf(path)) {
    if (!listed.defined) {
      theirs.push_back(listed.name + '@' + listed.version);
      continue;
    }
    elf::WantedSymbol wanted(listed.name);
    wanted.version = listed.version;
    const auto found = table->find(wanted);
    INFO(listed.name << '@' << listed.version);
    REQUIRE(found);
    REQUIRE(*found);
    if ((*found)->value != listed.value) CHECK((*found)->value == listed.value);
  }
  CHECK(ours == theirs);
}

void compare_with_readelf(const preflight::target::FileTree& tree, const std::string& path) {
  INFO(path);
  const auto source = tree.open(path);
  REQUIRE(source);
  const auto file = elf::File::open(**source);
  REQUIRE(file);

  const auto dynamic = elf::read_dynamic(*file);
  REQUIRE(dynamic);
  std::string soname;
  std::vector<std::string> needed;
  const std::string dynamic_text = output_of("readelf -dW " + path);
  for (const auto line : preflight::lines(dynamic_text)) {
    if (line.find("(SONAME)") != std::string_view::npos) soname = bracketed(line);
    if (line.find("(NEEDED)") != std::string_view::npos) needed.push_back(bracketed(line));
  }
  CHECK(dynamic->soname == soname);
  CHECK(dynamic->needed == needed);

  const auto sections = file->sections();
  REQUIRE(sections);
  const std::string section_text = output_of("readelf -SW " + path);
  std::size_t count = 0;
  for (const auto& section : *sections) {
    if (section_text.find(" " + section.name + " ") != std::string::npos) ++count;
  }
  CHECK(count == sections->size());

  const auto versions = elf::defined_versions(*file, *dynamic);
  const auto needs = elf::needed_versions(*file, *dynamic);
  REQUIRE(versions);
  REQUIRE(needs);
  std::vector<std::string> theirs;
  std::vector<std::string> their_needs;
  const std::string version_text = output_of("readelf -VW " + path);
  for (const auto line : preflight::lines(version_text)) {
    const auto words = preflight::words(line);
    const auto name = std::ranges::find(words, "Name:");
    if (name == words.end() || name + 1 == words.end()) continue;
    const bool definition = std::ranges::find(words, "Cnt:") != words.end();
    (definition ? theirs : their_needs).emplace_back(*(name + 1));
  }
  CHECK(*versions == theirs);
  std::vector<std::string> our_needs;
  for (const auto& need : *needs) our_needs.push_back(need.version);
  CHECK(our_needs == their_needs);

  compare_symbols(*file, *dynamic, path);
}

}  // namespace

TEST_CASE("the libraries of this machine read as readelf reads them") {
  if (!has_tool("readelf")) {
    WARN("no readelf here: nothing was compared");
    SUCCEED();
    return;
  }
  const auto tree = preflight::target::DirectoryTree::make("/");
  REQUIRE(tree);
  const auto libraries = sample_libraries();
  REQUIRE_FALSE(libraries.empty());
  for (const auto& path : libraries) compare_with_readelf(**tree, path);
}

TEST_CASE("the loader cache of this machine reads as ldconfig reads it") {
  const auto tree = preflight::target::DirectoryTree::make("/");
  REQUIRE(tree);
  const auto cache = (*tree)->read("/etc/ld.so.cache", std::size_t{16} << 20);
  std::string theirs = output_of("PATH=$PATH:/sbin:/usr/sbin ldconfig -p");
  if (!cache || theirs.empty()) {
    WARN("no loader cache or no ldconfig here: nothing was compared");
    SUCCEED();
    return;
  }
  const auto libraries = elf::parse_loader_cache(*cache);
  REQUIRE(libraries);
  std::vector<std::string> ours;
  for (const auto& library : *libraries) ours.push_back(library.name + " => " + library.path);
  std::vector<std::string> expected;
  for (const auto line : preflight::lines(theirs)) {
    const auto arrow = line.find(" => ");
    if (arrow == std::string_view::npos) continue;
    expected.push_back(std::string(preflight::words(line).front()) + std::string(line.substr(arrow)));
  }
  CHECK(ours == expected);
}
