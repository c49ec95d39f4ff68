// On how many nodes the job of this process runs, by the variables that its launcher set.
#include <array>
#include <optional>

#include "probe/probe.hpp"
#include "probe/process_variables.hpp"
#include "probe/reading.hpp"
#include "support/text.hpp"

namespace preflight::probe {

namespace {

// Variables that name the number of nodes itself.
constexpr std::array<std::string_view, 4> kNodes = {"SLURM_STEP_NUM_NODES", "SLURM_JOB_NUM_NODES",
                                                    "SLURM_NNODES", "PET_NNODES"};

// Variables that name the number of ranks, and how many of them are on this node.
struct Ranks {
  std::string_view all;
  std::string_view local;
};
constexpr Ranks kRanks[] = {{"GPU_PREFLIGHT_WORLD_SIZE", "GPU_PREFLIGHT_LOCAL_WORLD_SIZE"},
                            {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE"},
                            {"MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_LOCAL_SIZE"},
                            {"PMI_SIZE", "MPI_LOCALNRANKS"},
                            {"WORLD_SIZE", "LOCAL_WORLD_SIZE"}};

std::optional<std::int64_t> count_of(const Variables& variables, std::string_view name) {
  const auto found = variables.find(name);
  if (found == variables.end()) return std::nullopt;
  const auto number = to_integer(found->second);
  return number && *number > 0 ? std::optional<std::int64_t>(*number) : std::nullopt;
}

void run_launcher(const Context& context, facts::FactWriter& writer) {
  constexpr std::string_view kFact = "job.nodes";
  const auto variables = process_variables(context.files);
  if (!variables) {
    set_error(writer.host(), kFact, variables.error(), kVariablesPath);
    return;
  }
  const auto source = [](std::string_view name) {
    return std::string(kVariablesPath) + " " + std::string(name);
  };
  for (const auto name : kNodes) {
    const auto nodes = count_of(*variables, name);
    if (nodes) return writer.host().set(kFact, *nodes, source(name));
  }
  for (const auto& [all, local] : kRanks) {
    const auto ranks = count_of(*variables, all);
    const auto here = count_of(*variables, local);
    if (ranks && here) return writer.host().set(kFact, 1 + (*ranks - 1) / *here, source(all));
  }
  writer.host().absent(kFact, kVariablesPath);
}

}  // namespace

Probe launcher_probe() {
  static constexpr std::string_view kReads[] = {kVariablesPath};
  static constexpr Sets kSets[] = {{"host", "job."}};
  return {"launcher", "On how many nodes the job runs", Needs::running_system, kReads, kSets, run_launcher};
}

}  // namespace preflight::probe
