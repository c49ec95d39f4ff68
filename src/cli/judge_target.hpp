// What `check` and `run` have in common: examine the target, judge it, make the report.
#pragma once

#include "cli/console.hpp"
#include "cli/examine.hpp"
#include "report/report.hpp"
#include "support/result.hpp"

namespace preflight::cli {

// Warnings about the input go to the console's `err`.
Result<report::Report> judge_target(const TargetOptions& target, const report::Policy& policy,
                                    Console& console);

// The exit status that stands for the verdict.
int status_of(report::Verdict verdict);

}  // namespace preflight::cli
