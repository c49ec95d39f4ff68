// Which rank this process is, told from the environment that a launcher gave it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "support/result.hpp"

namespace preflight::smoke {

using Variables = std::map<std::string, std::string, std::less<>>;

// In their precedence: when several have left their variables (torchrun started by srun, mpirun within a
// Slurm allocation), the innermost counts, and that is the one that stands higher here. Slurm stands above
// Hydra where both tell the same numbers (srun --mpi=pmi2), because only Slurm tells the hosts.
enum class Launcher {
  named_by_hand,  // GPU_PREFLIGHT_RANK, GPU_PREFLIGHT_WORLD_SIZE
  torchrun,       // RANK, WORLD_SIZE (torch.distributed's env://, and what sets the same by hand)
  open_mpi,       // OMPI_COMM_WORLD_RANK, _SIZE
  hydra,          // PMI_RANK, PMI_SIZE: MPICH, Intel MPI, MVAPICH
  slurm,          // SLURM_PROCID, SLURM_STEP_NUM_TASKS: a task of srun
  pmix,           // PMIX_RANK, without one of the above
  kubernetes,     // JOB_COMPLETION_INDEX: a pod of an indexed Job
  none
};

std::string_view launcher_name(Launcher launcher);

// What the launcher starts many of.
enum class LaunchUnit {
  rank,  // one process for each GPU
  node   // one process for each node; it is to start a rank for each of the node's GPUs
};

struct Placement {
  Launcher launcher = Launcher::none;
  LaunchUnit unit = LaunchUnit::node;
  int index = 0;                   // of this unit, below `count`
  int count = 1;                   // of units
  std::optional<int> local_index;  // among the units on this node
  std::optional<int> local_count;
  // Where unit 0 is to be met: a name or an address. Nothing when everything is on this node.
  std::string server_host;
  std::uint16_t server_port = 0;  // 0: any free port (only where everything is in one process tree)
  std::string job;                // tells this launch from others on the same machines; may be empty
  std::string note;               // for people: why a launcher's variables were not followed
};

// The placement from the variables and, for Kubernetes, from the host's name (with its domain where known).
// Launcher::none when no launcher has left variables. GPU_PREFLIGHT_RENDEZVOUS=HOST:PORT sets the meeting
// place under every launcher. Errors: not_found (a variable is missing; the message says which and what to
// do), malformed (not a number, out of range, contradictory).
Result<Placement> read_placement(const Variables& variables, std::string_view host_name);

// A port from 20000 to 29999, the same for everyone in the job. Below the range from which Linux takes
// ports for outgoing connections.
std::uint16_t derived_port(std::string_view job);

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

// "node-1:29500", "10.0.0.1:29500", "[fd00::1]:29500". Errors: malformed.
Result<HostPort> parse_host_port(std::string_view text);

}  // namespace preflight::smoke
