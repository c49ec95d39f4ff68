// From what the user asked to be examined to its facts.
#pragma once

#include <string>
#include <vector>

#include "facts/document.hpp"
#include "support/result.hpp"
#include "tables/tables.hpp"

namespace preflight::cli {

// Whether the driver's own libraries may be called, in a child, when this host is examined.
enum class Live { left_out, asked };

// At most one of the three is set; none means this host.
struct TargetOptions {
  std::string root;                       // --root
  std::string facts;                      // --facts
  std::string collect_env;                // --collect-env
  std::vector<std::string> environments;  // --env
  Live live = Live::left_out;
  double deadline = 30;  // seconds for the whole run
};

struct Examined {
  facts::Document document;
  std::vector<std::string> warnings;
};

// Reads the target and derives what follows from its facts. An error names the option and the file.
Result<Examined> examine(const TargetOptions& options, const tables::Tables& tables);

}  // namespace preflight::cli
