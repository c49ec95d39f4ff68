// The report for people: verdict, findings by severity, what could not be decided, the stack.
#pragma once

#include <string>

#include "report/findings_text.hpp"
#include "report/layout.hpp"
#include "report/report.hpp"

namespace preflight::report {

std::string to_text(const Report& report, const Style& style, Detail detail);

}  // namespace preflight::report
