#include "plan/combine.hpp"

#include <algorithm>

#include "plan/cells.hpp"
#include "plan/judge_build.hpp"

namespace preflight::plan {

namespace {

DriverSupport support_of(const Build& build, const Given& given, const tables::Tables& tables) {
  const auto brought = brought_cuda(given, tables);
  if (given.text(Thing::driver).empty() || brought.empty()) return DriverSupport::unknown;
  return version_of(brought) >= version_of(build.cuda) ? DriverSupport::native : DriverSupport::minor_version;
}

// The newest torch; of its builds first the newest CUDA that the driver brings itself, then those that need
// minor-version compatibility, the nearest to the driver's first.
bool is_better(const Combination& left, const Combination& right) {
  const auto torch = version_of(left.build.torch) <=> version_of(right.build.torch);
  if (torch != std::strong_ordering::equal) return torch == std::strong_ordering::greater;
  if (left.support != right.support) return left.support == DriverSupport::native;
  const auto cuda = version_of(left.build.cuda) <=> version_of(right.build.cuda);
  return left.support == DriverSupport::minor_version ? cuda == std::strong_ordering::less
                                                      : cuda == std::strong_ordering::greater;
}

}  // namespace

Combined combine(const Given& given, const Knowledge& knowledge) {
  Combined combined;
  for (const auto& build : knowledge.builds) {
    if (!find_obstacles(build, given, knowledge.tables).empty()) continue;
    auto findings = judge_build(build, given, knowledge.rules, knowledge.tables);
    // The findings are sorted by severity.
    if (!findings.empty() && findings.front().severity == rules::Severity::error) {
      combined.left_out.push_back({build, std::move(findings.front())});
      continue;
    }
    combined.combinations.push_back(
        {build, torchvision_of(build, knowledge.tables), torchaudio_of(build, knowledge.tables),
         install_command(build, knowledge.tables), support_of(build, given, knowledge.tables),
         driver_range(build, given.gpus, knowledge.tables), own_driver(build, knowledge.tables),
         std::move(findings)});
  }
  std::ranges::stable_sort(combined.combinations, is_better);
  return combined;
}

}  // namespace preflight::plan
