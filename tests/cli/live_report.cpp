#include "live_report.hpp"

#include <set>

#include "support/user_file.hpp"

namespace preflight::test {

namespace {

const std::set<std::string>& live_rules() {
  static const std::set<std::string> kRules = [] {
    const auto text = read_user_file(PREFLIGHT_SOURCE_DIR "/rules/live.json", std::size_t{1} << 20).value();
    std::set<std::string> ids;
    const auto file = nlohmann::json::parse(text);
    for (const auto& rule : file["rules"]) ids.insert(rule["id"].get<std::string>());
    return ids;
  }();
  return kRules;
}

}  // namespace

LiveReport::LiveReport(const Outcome& outcome) : report_(nlohmann::json::parse(outcome.out)) {}

std::vector<std::string> LiveReport::findings() const {
  std::vector<std::string> ids;
  for (const auto& finding : report_["findings"]) {
    const auto id = finding["rule"].get<std::string>();
    if (live_rules().contains(id)) ids.push_back(id);
  }
  return ids;
}

std::vector<std::string> LiveReport::gaps() const {
  std::vector<std::string> facts;
  for (const auto& gap : report_["unreadable"]) {
    const auto fact = gap["fact"].get<std::string>();
    if (fact.starts_with("nvml.") || fact.starts_with("cuda_driver.")) facts.push_back(fact);
  }
  return facts;
}

std::string LiveReport::fact_of(const std::string& kind, const std::string& id,
                                const std::string& path) const {
  for (const auto& subject : report_["facts"]["subjects"]) {
    if (subject["kind"] != kind || subject["id"] != id || !subject["facts"].contains(path)) continue;
    const auto& fact = subject["facts"][path];
    if (fact.contains("unknown")) return "unknown: " + fact["unknown"].get<std::string>();
    if (fact.contains("absent")) return "absent";
    return fact["value"].is_string() ? fact["value"].get<std::string>() : fact["value"].dump();
  }
  return "not recorded";
}

std::string LiveReport::fact(const std::string& path) const {
  return fact_of("host", "host", path);
}

std::string LiveReport::gpu_fact(const std::string& address, const std::string& path) const {
  return fact_of("gpu", address, path);
}

}  // namespace preflight::test
