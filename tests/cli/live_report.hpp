// What a run with doubles says: its findings, gaps and live facts.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "program.hpp"

namespace preflight::test {

class LiveReport {
 public:
  // Of `check --format json`. Throws when the output is no report.
  explicit LiveReport(const Outcome& outcome);

  // Rules of rules/live.json that matched.
  std::vector<std::string> findings() const;
  // Core facts of the driver's libraries that could not be read.
  std::vector<std::string> gaps() const;
  // "8", "absent" or "unknown: why"; "not recorded".
  std::string fact(const std::string& path) const;
  std::string gpu_fact(const std::string& address, const std::string& path) const;

  const nlohmann::json& json() const { return report_; }

 private:
  std::string fact_of(const std::string& kind, const std::string& id, const std::string& path) const;

  nlohmann::json report_;
};

}  // namespace preflight::test
