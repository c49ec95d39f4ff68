// Real dumps of all vintages, shortened, from public threads. Beside each NAME.txt, NAME.facts holds what
// must be read from it; `test_collect_env "[.approve]"` writes these files anew, to be read before they are
// committed.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "collect_env/parse.hpp"
#include "rendering.hpp"
#include "sanitized.hpp"

using namespace preflight;
using namespace preflight::collect_env;

namespace {

std::vector<std::filesystem::path> dumps() {
  std::vector<std::filesystem::path> found;
  for (const auto& file :
       std::filesystem::directory_iterator(PREFLIGHT_SOURCE_DIR "/tests/collect_env/dumps")) {
    if (file.path().extension() == ".txt") found.push_back(file.path());
  }
  std::ranges::sort(found);
  return found;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::filesystem::path approved(std::filesystem::path dump) {
  return dump.replace_extension(".facts");
}

// A map or list whose members may be missing at the end: what a dump prints last, and vLLM's own version.
bool may_shrink(const std::string& name) {
  return name.ends_with(": conda_packages") || name.ends_with(": variables") || name.ends_with(": packages");
}

std::vector<std::string> members(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream pieces(text);
  for (std::string piece; std::getline(pieces, piece, ',');) {
    found.push_back(piece.substr(std::min(piece.find_first_not_of(' '), piece.size())));
  }
  return found;
}

// Whether what is read of a part agrees with what is read of the whole.
void check_agrees(const std::map<std::string, std::string>& part,
                  const std::map<std::string, std::string>& whole) {
  for (const auto& [name, state] : part) {
    if (state.starts_with("unknown")) continue;
    const auto found = whole.find(name);
    REQUIRE(found != whole.end());
    if (!may_shrink(name)) {
      REQUIRE(found->second == state);
      continue;
    }
    const auto all = members(found->second);
    for (const auto& member : members(state)) REQUIRE(std::ranges::find(all, member) != all.end());
  }
}

}  // namespace

TEST_CASE("each dump gives its approved facts") {
  REQUIRE(dumps().size() >= 25);
  for (const auto& path : dumps()) {
    INFO(path.filename().string());
    const auto document = parse_collect_env(contents(path));
    REQUIRE(document);
    CHECK(render(*document) == contents(approved(path)));
  }
}

TEST_CASE("write the approved facts anew", "[.approve]") {
  for (const auto& path : dumps()) {
    const auto document = parse_collect_env(contents(path));
    REQUIRE(document);
    std::ofstream(approved(path)) << render(*document);
  }
}

TEST_CASE("a dump that is cut off at any byte never contradicts the whole") {
  for (const auto& path : dumps()) {
    INFO(path.filename().string());
    const std::string text = contents(path);
    // The file may itself be cut: end it, so that its last line counts as whole.
    const auto whole = parse_collect_env(text + "\n");
    REQUIRE(whole);
    const auto expected = facts_by_name(*whole);
    // Under sanitizers, at some bytes: the others take the same paths.
    constexpr std::size_t kStep = test::kSanitized ? 17 : 1;
    for (std::size_t size = 0; size < text.size(); size += kStep) {
      const auto part = parse_collect_env(std::string_view(text).substr(0, size));
      INFO("cut at byte " << size);
      if (part) check_agrees(facts_by_name(*part), expected);
    }
  }
}

TEST_CASE("a dump whose beginning is missing never contradicts the whole") {
  for (const auto& path : dumps()) {
    INFO(path.filename().string());
    const std::string text = contents(path);
    const auto whole = parse_collect_env(text);
    REQUIRE(whole);
    const auto expected = facts_by_name(*whole);
    for (std::size_t begin = text.find('\n'); begin != std::string::npos;
         begin = text.find('\n', begin + 1)) {
      const auto part = parse_collect_env(std::string_view(text).substr(begin + 1));
      INFO("begins after byte " << begin);
      if (part) check_agrees(facts_by_name(*part), expected);
    }
  }
}

TEST_CASE("what surrounds a dump in mail, terminals and Markdown changes nothing") {
  for (const auto& path : dumps()) {
    INFO(path.filename().string());
    const std::string text = contents(path) + "\n";
    const auto plain = parse_collect_env(text);
    REQUIRE(plain);
    std::string quoted;
    std::string carriage;
    std::string coloured;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      quoted += "> > " + line + "\n";
      carriage += "    " + line + "  \r\n";
      coloured += "\x1B[1;32m" + line + "\x1B[0m\n";
    }
    CHECK(render(*plain) == render(parse_collect_env(quoted).value()));
    CHECK(render(*plain) == render(parse_collect_env(carriage).value()));
    CHECK(render(*plain) == render(parse_collect_env(coloured).value()));
  }
}
