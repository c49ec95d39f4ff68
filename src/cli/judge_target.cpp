#include "cli/judge_target.hpp"

#include "cli/database.hpp"
#include "cli/exit_status.hpp"
#include "cli/options.hpp"
#include "tables/tables.hpp"

namespace preflight::cli {

Result<report::Report> judge_target(const TargetOptions& target, const report::Policy& policy,
                                    Console& console) {
  const auto tables = tables::embedded_tables();
  auto examined = examine(target, tables);
  if (!examined) return examined.error();
  tell_warnings(*examined, console);
  auto judgement = rules::judge(shipped_rules(), examined->document, tables);
  return report::make_report(std::move(examined->document), std::move(judgement), policy);
}

int status_of(report::Verdict verdict) {
  switch (verdict) {
    case report::Verdict::ready:
      return kReady;
    case report::Verdict::not_ready:
      return kNotReady;
    case report::Verdict::undetermined:
      return kUndetermined;
  }
  return kInternal;
}

}  // namespace preflight::cli
