// Holds every #include in src/ to the arrows of cmake/layers.cmake, and the arrows to having no cycle.
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "catch.hpp"

namespace {

namespace fs = std::filesystem;

using Arrows = std::map<std::string, std::set<std::string>>;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// "layer(NAME USES...)" lines, with what is used indirectly.
Arrows read_arrows(const std::string& text) {
  Arrows arrows;
  const std::regex line(R"(\nlayer\((\w+)((?: \w+)*)\))");
  for (auto match = std::sregex_iterator(text.begin(), text.end(), line); match != std::sregex_iterator();
       ++match) {
    const std::string name = (*match)[1];
    std::istringstream uses((*match)[2]);
    for (std::string used; uses >> used;) {
      // Lowest first: a layer may use only what stands above it in the file, so there is no cycle.
      REQUIRE(arrows.contains(used));
      arrows[name].insert(used);
      arrows[name].insert(arrows[used].begin(), arrows[used].end());
    }
    arrows[name].insert(name);
  }
  return arrows;
}

std::set<std::string> included_folders(const std::string& text) {
  std::set<std::string> folders;
  const std::regex include(R"(#include "(\w+)/)");
  for (auto match = std::sregex_iterator(text.begin(), text.end(), include); match != std::sregex_iterator();
       ++match) {
    folders.insert((*match)[1]);
  }
  return folders;
}

const fs::path kSource = PREFLIGHT_SOURCE_DIR;

}  // namespace

TEST_CASE("every include follows the arrows between folders") {
  const Arrows arrows = read_arrows(read(kSource / "cmake" / "layers.cmake"));
  REQUIRE(arrows.size() >= 10);
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(kSource / "src")) {
    if (!entry.is_regular_file()) continue;
    const fs::path inside = fs::relative(entry.path(), kSource / "src");
    if (std::distance(inside.begin(), inside.end()) < 2) continue;  // main.cpp sees everything
    const std::string folder = inside.begin()->string();
    INFO(inside.string());
    REQUIRE(arrows.contains(folder));
    for (const auto& used : included_folders(read(entry.path()))) {
      INFO("includes " << used);
      CHECK(arrows.at(folder).contains(used));
    }
    ++files;
  }
  CHECK(files > 20);
}

TEST_CASE("an include against the arrows is noticed") {
  const Arrows arrows = read_arrows("\nlayer(support)\nlayer(facts support)\nlayer(rules facts)\n");
  CHECK(arrows.at("rules") == std::set<std::string>{"support", "facts", "rules"});
  const auto used = included_folders("#include <map>\n#include \"rules/rule.hpp\"\n");
  CHECK(used == std::set<std::string>{"rules"});
  CHECK_FALSE(arrows.at("facts").contains(*used.begin()));
}

TEST_CASE("no file is a monster") {
  for (const auto& folder : {"src", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kSource / folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".cpp" && extension != ".hpp") continue;
      const std::string text = read(entry.path());
      INFO(entry.path().string());
      CHECK(std::count(text.begin(), text.end(), '\n') <= 600);
    }
  }
}
