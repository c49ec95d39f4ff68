// The report for people: verdict, findings by severity, what could not be decided, the stack.
#pragma once

#include <string>

#include "report/layout.hpp"
#include "report/report.hpp"

namespace preflight::report {

enum class Detail {
  brief,  // the verdict and the findings' titles with what to type (-q)
  full
};

std::string to_text(const Report& report, const Style& style, Detail detail);

}  // namespace preflight::report
