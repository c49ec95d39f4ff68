// Our readings of this machine's own libraries against those of binutils and glibc. A machine without these
// tools skips the comparison; a machine with them but without any of the libraries fails.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "catch.hpp"
#include "elf/loader_cache.hpp"
#include "elf/symbol_table.hpp"
#include "elf/versions.hpp"
#include "support/text.hpp"
#include "target/directory_tree.hpp"

namespace elf = preflight::elf;

namespace {

std::string output_of(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  char buffer[4096];
  for (std::size_t count = 0; (count = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    output.append(buffer, count);
  }
  ::pclose(pipe);
  return output;
}

bool has_tool(const std::string& name) {
  return !output_of("command -v " + name).empty();
}

std::string bracketed(std::string_view line) {
  const auto from = line.find('[');
  return std::string(line.substr(from + 1, line.rfind(']') - from - 1));
}

std::vector<std::string> sample_libraries() {
  std::vector<std::string> found;
  for (const auto* directory : {"/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/usr/local/cuda/lib64"}) {
    for (const auto* name : {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libcudart.so.13", "libcudart.so.12",
                             "libnccl.so.2", "libcudnn.so.9", "libcublas.so.13", "stubs/libcuda.so"}) {
      const auto path = std::filesystem::path(directory) / name;
      if (std::filesystem::exists(path)) found.push_back(path.string());
    }
  }
  return found;
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

  const std::string symbol_text = output_of("readelf --dyn-syms -W " + path + " | head -2000");
  std::size_t compared = 0;
  for (const auto line : preflight::lines(symbol_text)) {
    const auto words = preflight::words(line);
    if (words.size() != 8 || words[3] != "FUNC" || words[6] == "UND" || compared == 40) continue;
    // Those with one "@" are offered only to who asks for their version.
    if (words[7].find('@') != std::string_view::npos && words[7].find("@@") == std::string_view::npos)
      continue;
    const std::string name(words[7].substr(0, words[7].find('@')));
    if (symbol_text.find(" " + name + "@") != symbol_text.rfind(" " + name + "@")) continue;
    const auto symbol = elf::find_symbol(*file, name);
    REQUIRE(symbol);
    CHECK(symbol->value == std::stoull(std::string(words[1]), nullptr, 16));
    CHECK(symbol->size == std::stoull(std::string(words[2]), nullptr, 0));
    ++compared;
  }
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
