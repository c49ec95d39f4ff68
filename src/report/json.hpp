// The report as JSON, documented in docs/report.md.
#pragma once

#include <string>

#include "report/report.hpp"

namespace preflight::report {

// Version of the report's form; raised only for changes that break readers.
constexpr int kReportSchema = 1;

// Indented text that ends with a newline.
std::string to_json_text(const Report& report);

}  // namespace preflight::report
