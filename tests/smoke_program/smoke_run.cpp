#include "smoke_run.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace preflight::smoke {

Doubles::Doubles(const std::string& driver, const std::string& nccl) {
  folder_.write("driver", driver);
  folder_.write("nccl", nccl);
}

Environment Doubles::environment() const {
  const char* path = std::getenv("PATH");
  return {{"PATH", path == nullptr ? "/usr/bin:/bin" : path},
          {"LD_LIBRARY_PATH", PREFLIGHT_DOUBLES ":" PREFLIGHT_DOUBLES "/nccl"},
          {"PREFLIGHT_SCENARIO", folder_.path("driver")},
          {"PREFLIGHT_NCCL_SCENARIO", folder_.path("nccl")}};
}

int become(const Arguments& words, const Environment& environment, const std::string& out,
           const std::string& err) {
  std::vector<std::string> arguments = words;
  std::vector<std::string> entries;
  for (const auto& [name, value] : environment) entries.push_back(name + "=" + value);
  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (auto& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
  };
  const int out_file = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int err_file = ::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (out_file < 0 || err_file < 0) return 125;
  ::dup2(out_file, STDOUT_FILENO);
  ::dup2(err_file, STDERR_FILENO);
  ::execvpe(arguments.front().c_str(), pointers(arguments).data(), pointers(entries).data());
  return 126;
}

int become_program(const Arguments& arguments, const Environment& environment, const std::string& out,
                   const std::string& err) {
  Arguments words{PREFLIGHT_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return become(words, environment, out, err);
}

SmokeRun run_smoke(const Doubles& doubles, const Arguments& options, const Environment& more,
                   Milliseconds limit) {
  Arguments arguments{"smoke", "--format", "json"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  Environment environment = more;
  environment.merge(doubles.environment());
  const auto& folder = doubles.folder();
  Children children;
  children.start(
      [&] { return become_program(arguments, environment, folder.path("out"), folder.path("err")); });
  SmokeRun run;
  run.outcome = children.wait(limit).front();
  run.left_nothing = Children::nothing_left();
  run.out = folder.read("out");
  run.err = folder.read("err");
  return run;
}

std::string fact_in(const std::string& report, const std::string& path) {
  const auto json = nlohmann::json::parse(report, nullptr, false);
  if (json.is_discarded()) return "no report";
  for (const auto& subject : json["facts"]["subjects"]) {
    if (subject["kind"] != "smoke_test") continue;
    const auto& facts = subject["facts"];
    if (!facts.contains(path)) return "not recorded";
    const auto& fact = facts[path];
    if (fact.contains("value"))
      return fact["value"].is_string() ? fact["value"].get<std::string>() : fact["value"].dump();
    return fact.contains("unknown") ? "unknown" : "absent";
  }
  return "no smoke test";
}

std::vector<std::string> rules_in(const std::string& report) {
  std::vector<std::string> rules;
  const auto json = nlohmann::json::parse(report, nullptr, false);
  if (json.is_discarded()) return {"no report"};
  for (const auto& finding : json["findings"]) rules.push_back(finding["rule"]);
  return rules;
}

}  // namespace preflight::smoke
