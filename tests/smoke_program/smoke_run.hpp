// `gpu-preflight smoke` as processes, on a machine whose driver and NCCL are doubles.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "children.hpp"
#include "sanitized.hpp"

namespace preflight::smoke {

using test::kSanitized;
using test::kSlower;

// "--stage-deadline" and the like, long enough for what works.
inline std::string deadline(int seconds) {
  return std::to_string(seconds * kSlower);
}

using Environment = std::map<std::string, std::string>;
using Arguments = std::vector<std::string>;

// Two scenarios in a folder of their own, and what makes a process follow them.
class Doubles {
 public:
  // As tests/doubles/driver/scenario.hpp and tests/doubles/nccl/scenario.hpp have them.
  Doubles(const std::string& driver, const std::string& nccl);

  // LD_LIBRARY_PATH, the scenarios' files, and PATH; nothing else of this process' own.
  Environment environment() const;

  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
};

// Becomes a command that is looked for in PATH, in a child; what it prints goes to these files. Returns 126
// when that fails.
int become(const Arguments& words, const Environment& environment, const std::string& out,
           const std::string& err);

// Becomes the program.
int become_program(const Arguments& arguments, const Environment& environment, const std::string& out,
                   const std::string& err);

// "smoke --format json ..." on one host, waited for.
struct SmokeRun {
  ChildOutcome outcome;
  std::string out, err;
  bool left_nothing = false;  // no process lives on
};
SmokeRun run_smoke(const Doubles& doubles, const Arguments& options, const Environment& more = {},
                   Milliseconds limit = Milliseconds(60'000));

// Facts of the smoke test in what a JSON report says: "8", "absent", lists as JSON.
std::string fact_in(const std::string& report, const std::string& path);
// The rules that matched, in their order.
std::vector<std::string> rules_in(const std::string& report);

}  // namespace preflight::smoke
