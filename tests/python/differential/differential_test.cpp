// The same questions to this code and to Python's `packaging`. generate.py writes them with the answers; see
// oracle.py for what is left out. PREFLIGHT_PYTHON names another interpreter, PREFLIGHT_SEED another seed,
// PREFLIGHT_CASES another number of cases of each kind.

#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "python/requirement.hpp"
#include "python/wheel_name.hpp"
#include "sanitized.hpp"
#include "support/text.hpp"

using namespace preflight::python;
using nlohmann::json;

namespace {

// Of each kind: version, specifier, marker, requirement, wheel. The sanitizers see the same code with fewer.
constexpr int kCases = preflight::test::kSanitized ? 2500 : 25000;

std::string setting(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

std::string invalid_or(bool valid, const std::string& text) {
  return valid ? text : "(invalid)";
}

std::string expected_text(const json& value) {
  return invalid_or(!value.is_null(), value.is_null() ? "" : value.get<std::string>());
}

int sign(std::weak_ordering order) {
  return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

MarkerEnvironment environment_of(const json& fields) {
  const auto text = [&](const char* name) { return fields.at(name).get<std::string>(); };
  MarkerEnvironment environment;
  environment.implementation_name = text("implementation_name");
  environment.implementation_version = text("implementation_version");
  environment.os_name = text("os_name");
  environment.platform_machine = text("platform_machine");
  environment.platform_python_implementation = text("platform_python_implementation");
  environment.platform_release = text("platform_release");
  environment.platform_system = text("platform_system");
  environment.platform_version = text("platform_version");
  environment.python_full_version = text("python_full_version");
  environment.python_version = text("python_version");
  environment.sys_platform = text("sys_platform");
  return environment;
}

std::string answer(const preflight::Result<Truth>& truth) {
  if (!truth) return "\"error\"";
  return *truth == Truth::unknown ? "unknown" : (*truth == Truth::yes ? "true" : "false");
}

// Compares the cases one after the other and keeps the first few that differ.
class Comparison {
 public:
  void check(const json& line) {
    const std::string kind = line.at(0);
    if (kind == "skip") {
      ++skipped_[line.at(1).get<std::string>() + ": " + line.at(2).get<std::string>()];
      return;
    }
    ++compared_[kind];
    ours_ = json::array();
    json theirs = json::array();
    if (kind == "version") theirs = check_version(line);
    if (kind == "specifier") theirs = check_specifier(line);
    if (kind == "marker") theirs = check_marker(line);
    if (kind == "requirement") theirs = check_requirement(line);
    if (kind == "wheel") theirs = check_wheel(line);
    if (theirs == ours_ && !theirs.empty()) return;
    if (++different_ <= 20) differences_ += line.dump() + "\n  ours: " + ours_.dump() + "\n";
  }

  [[nodiscard]] int different() const { return different_; }
  [[nodiscard]] const std::string& differences() const { return differences_; }
  [[nodiscard]] int compared(const std::string& kind) const {
    return compared_.count(kind) ? compared_.at(kind) : 0;
  }
  [[nodiscard]] int skipped() const {
    int total = 0;
    for (const auto& entry : skipped_) total += entry.second;
    return total;
  }
  [[nodiscard]] std::string summary() const {
    std::string text;
    for (const auto& [kind, count] : compared_)
      text += "  " + std::to_string(count) + " compared: " + kind + "\n";
    for (const auto& [what, count] : skipped_)
      text += "  " + std::to_string(count) + " left out: " + what + "\n";
    return text;
  }

 private:
  json check_version(const json& line) {
    const auto version = parse_version(line.at(1).get<std::string>());
    ours_.push_back(invalid_or(bool(version), version ? version->text() : ""));
    if (!version || line.at(2).is_null()) return {expected_text(line.at(2))};
    ours_.push_back({version->public_text(), version->base_text(), version->local(), version->is_prerelease(),
                     version->is_postrelease(), version->is_devrelease()});
    ours_.push_back(sign(*version <=> previous_));
    ours_.push_back(sign(previous_ <=> *version));
    ours_.push_back(*version == previous_);
    previous_ = *version;
    const int order = line.at(4);
    return {line.at(2), line.at(3), order, -order, order == 0};
  }

  json check_specifier(const json& line) {
    const auto specifiers = parse_specifier_set(line.at(1).get<std::string>());
    ours_.push_back(invalid_or(bool(specifiers), specifiers ? to_text(*specifiers) : ""));
    if (!specifiers || line.at(2).is_null()) return json::array({expected_text(line.at(2))});
    const auto version = parse_version(line.at(3).get<std::string>());
    if (!version) return {};
    const bool allowed = contains(*specifiers, *version, Prereleases::allow);
    ours_.push_back(
        {allowed, contains(*specifiers, *version), contains(*specifiers, *version, Prereleases::exclude)});
    return {line.at(2), line.at(4)};
  }

  json check_marker(const json& line) {
    const auto marker = parse_marker(line.at(1).get<std::string>());
    const bool is_invalid = line.size() == 3;
    ours_.push_back(bool(marker));
    if (!marker || is_invalid) return json::array({!is_invalid});
    const auto& fields = line.at(3);
    ours_.push_back(line.at(2).is_null() ? json() : json(to_text(*marker)));
    ours_.push_back(answer(evaluate(*marker, environment_of(fields), fields.at("extra").get<std::string>())));
    return {true, line.at(2), line.at(4).dump()};
  }

  json check_requirement(const json& line) {
    const auto requirement = parse_requirement(line.at(1).get<std::string>());
    const bool is_invalid = line.size() == 3;
    ours_.push_back(bool(requirement));
    if (!requirement || is_invalid) return json::array({!is_invalid});
    ours_.push_back(line.at(2).is_null() ? json() : json(to_text(*requirement)));
    ours_.push_back(requirement->name);
    ours_.push_back(requirement->extras);
    ours_.push_back(to_text(requirement->specifiers));
    ours_.push_back(requirement->url);
    return {true, line.at(2), line.at(3), line.at(4), line.at(5), line.at(6)};
  }

  json check_wheel(const json& line) {
    const auto file = line.at(1).get<std::string>();
    const auto wheel = read_wheel_name(file);
    ours_.push_back(invalid_or(bool(wheel), wheel ? wheel->name : ""));
    if (!wheel || line.at(2).is_null()) return json::array({expected_text(line.at(2))});
    std::set<std::string> tags;
    for (const auto python : preflight::split(wheel->python, '.')) {
      for (const auto abi : preflight::split(wheel->abi, '.')) {
        for (const auto platform : preflight::split(wheel->platform, '.')) {
          tags.insert(preflight::to_lower(std::string(python) + "-" + std::string(abi) + "-" +
                                          std::string(platform)));
        }
      }
    }
    ours_.push_back(wheel->version);
    ours_.push_back(tags);
    return {line.at(2), line.at(3), line.at(4)};
  }

  json ours_;
  Version previous_ = *parse_version("1.0");
  std::map<std::string, int> compared_;
  std::map<std::string, int> skipped_;
  int different_ = 0;
  std::string differences_;
};

// The generator's lines, and its exit status at the end.
class Lines {
 public:
  explicit Lines(const std::string& command) : pipe_(popen(command.c_str(), "r"), pclose) {}

  std::optional<std::string> next() {
    std::string line;
    while (pipe_ && std::fgets(buffer_.data(), static_cast<int>(buffer_.size()), pipe_.get()) != nullptr) {
      line += buffer_.data();
      if (line.back() == '\n') return line;
    }
    return std::nullopt;
  }

  int finish() { return pipe_ ? pclose(pipe_.release()) : -1; }

 private:
  std::unique_ptr<FILE, int (*)(FILE*)> pipe_;
  std::array<char, 65536> buffer_{};
};

// The first interpreter that has `packaging`.
std::string interpreter() {
  for (const std::string& python :
       {setting("PREFLIGHT_PYTHON", "python3"), std::string("/usr/bin/python3")}) {
    Lines probe("'" + python + "' -c 'import packaging' 2>/dev/null");
    if (probe.finish() == 0) return python;
  }
  return {};
}

}  // namespace

TEST_CASE("versions, specifiers, markers, requirements and names of wheels mean what they mean to packaging",
          "[differential]") {
  const std::string python = interpreter();
  INFO("needs python3 with `packaging` (Debian: python3-packaging)");
  REQUIRE_FALSE(python.empty());

  const int cases = std::stoi(setting("PREFLIGHT_CASES", std::to_string(kCases)));
  Lines lines("'" + python + "' -B '" PREFLIGHT_SOURCE_DIR "/tests/python/differential/generate.py' --seed " +
              setting("PREFLIGHT_SEED", "20240614") + " --count " + std::to_string(cases));
  Comparison comparison;
  json oracle;
  json end;
  while (const std::optional<std::string> text = lines.next()) {
    json line = json::parse(*text);
    if (line.at(0) == "oracle") {
      oracle = std::move(line);
    } else if (line.at(0) == "end") {
      end = std::move(line);
    } else {
      comparison.check(line);
    }
  }
  REQUIRE(lines.finish() == 0);
  REQUIRE(end.is_array());

  const std::string summary = "packaging and Python: " + oracle.dump() + "\n" + comparison.summary();
  if (std::getenv("PREFLIGHT_SEED") != nullptr || comparison.different() > 0) {
    WARN(summary << comparison.differences());
  }
  CHECK(comparison.different() == 0);
  int judged = 0;
  for (const std::string kind : {"version", "specifier", "marker"}) {
    INFO(kind);
    CHECK(comparison.compared(kind) >= cases * 2 / 5);
    judged += comparison.compared(kind);
  }
  CHECK(judged >= 2 * cases);
  for (const std::string kind : {"requirement", "wheel"}) {
    INFO(kind);
    CHECK(comparison.compared(kind) >= cases / 2);
    judged += comparison.compared(kind);
  }
  CHECK(judged + comparison.skipped() == 5 * cases);
}
