#include "smoke/launcher.hpp"

#include "smoke/hostlist.hpp"
#include "smoke/launch_variables.hpp"
#include "support/text.hpp"

namespace preflight::smoke {

namespace {

constexpr std::string_view kThisNode = "127.0.0.1";

// What a launcher calls the four numbers.
struct NumberNames {
  std::string_view index, count, local_index, local_count;
};

void read_numbers(LaunchVariables& variables, const NumberNames& names, Placement& placement) {
  placement.unit = LaunchUnit::rank;
  placement.index = variables.needed_number({names.index}, "");
  placement.count = variables.needed_number({names.count}, "");
  placement.local_index = variables.number(names.local_index);
  placement.local_count = variables.number(names.local_count);
}

bool on_one_node(const Placement& placement) {
  return placement.count == 1 || placement.local_count == placement.count;
}

// MASTER_ADDR and MASTER_PORT, where they are set and the launcher tells nothing better.
void read_master(LaunchVariables& variables, Placement& placement) {
  if (const auto host = variables.text("MASTER_ADDR")) placement.server_host = *host;
  const auto port = variables.number("MASTER_PORT");
  if (!port) return;
  if (*port == 0 || *port > 65535) {
    variables.fail(ErrorKind::malformed, "MASTER_PORT is " + std::to_string(*port));
    return;
  }
  placement.server_port = static_cast<std::uint16_t>(*port);
}

std::string slurm_job(const LaunchVariables& variables) {
  std::string job =
      "slurm " + std::string(variables.first_text({"SLURM_JOB_ID", "SLURM_JOBID"}).value_or(""));
  if (const auto step = variables.first_text({"SLURM_STEP_ID", "SLURM_STEPID"})) {
    job += "." + std::string(*step);
  }
  return job;
}

void read_slurm_host(LaunchVariables& variables, Placement& placement) {
  const auto list = variables.first_text({"SLURM_STEP_NODELIST", "SLURM_JOB_NODELIST", "SLURM_NODELIST"});
  if (!list) return;
  const auto hosts = expand_hostlist(*list);
  if (!hosts) {
    variables.fail(ErrorKind::malformed, "SLURM_STEP_NODELIST: " + hosts.error().message);
    return;
  }
  placement.server_host = hosts->front();
}

Placement by_hand(LaunchVariables& variables) {
  Placement placement;
  read_numbers(variables,
               {"GPU_PREFLIGHT_RANK", "GPU_PREFLIGHT_WORLD_SIZE", "GPU_PREFLIGHT_LOCAL_RANK",
                "GPU_PREFLIGHT_LOCAL_WORLD_SIZE"},
               placement);
  read_master(variables, placement);
  return placement;
}

// Where pods of a training operator carry RANK without LOCAL_RANK, RANK counts the pods.
Placement torchrun(LaunchVariables& variables) {
  Placement placement;
  read_numbers(variables, {"RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"}, placement);
  const bool in_pod = variables.has("KUBERNETES_SERVICE_HOST") || variables.has("PET_NNODES");
  if (in_pod && !variables.has("LOCAL_RANK")) placement.unit = LaunchUnit::node;
  read_master(variables, placement);
  if (const auto run = variables.text("TORCHELASTIC_RUN_ID")) placement.job = "torchrun " + std::string(*run);
  // torchrun's agent listens at MASTER_PORT itself and only lends it to its workers' store.
  if (variables.text("TORCHELASTIC_USE_AGENT_STORE") == "True") {
    placement.job += " " + std::to_string(placement.server_port);
    placement.server_port = 0;
  }
  return placement;
}

Placement open_mpi(LaunchVariables& variables) {
  Placement placement;
  read_numbers(variables,
               {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK",
                "OMPI_COMM_WORLD_LOCAL_SIZE"},
               placement);
  const auto job = variables.first_text({"PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid", "PRTE_JOB_ID"});
  placement.job = "mpi " + std::string(job.value_or(""));
  read_slurm_host(variables, placement);
  read_master(variables, placement);
  return placement;
}

Placement hydra(LaunchVariables& variables) {
  Placement placement;
  read_numbers(variables, {"PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS"}, placement);
  if (!placement.local_index) placement.local_index = variables.number("PMI_LOCAL_RANK");
  if (!placement.local_count) placement.local_count = variables.number("PMI_LOCAL_SIZE");
  placement.job = "hydra " + std::string(variables.first_text({"PMI_JOBID", "SLURM_JOB_ID"}).value_or(""));
  read_slurm_host(variables, placement);
  read_master(variables, placement);
  return placement;
}

Placement slurm(LaunchVariables& variables) {
  Placement placement;
  placement.unit = LaunchUnit::rank;
  placement.index = variables.needed_number({"SLURM_PROCID"}, "");
  placement.count = variables.needed_number({"SLURM_STEP_NUM_TASKS", "SLURM_NTASKS", "SLURM_NPROCS"}, "");
  placement.local_index = variables.number("SLURM_LOCALID");
  placement.job = slurm_job(variables);
  if (variables.text("SLURM_STEP_NUM_NODES") == "1") placement.local_count = placement.count;
  read_slurm_host(variables, placement);
  read_master(variables, placement);
  return placement;
}

// PMIx tells the number of ranks only through its library.
Placement pmix(LaunchVariables& variables) {
  Placement placement;
  placement.unit = LaunchUnit::rank;
  placement.index = variables.needed_number({"PMIX_RANK"}, "");
  placement.count = variables.needed_number(
      {"WORLD_SIZE", "SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"},
      "PMIx tells the number of ranks only through its library; set WORLD_SIZE for every rank");
  placement.job = "pmix " + std::string(variables.text("PMIX_NAMESPACE").value_or(""));
  read_slurm_host(variables, placement);
  read_master(variables, placement);
  return placement;
}

// A pod of an indexed Job is called JOB-INDEX; with a headless service its domain names the others, too
// (Kubernetes: "Job with Pod-to-Pod Communication").
Placement kubernetes(LaunchVariables& variables, std::string_view host_name) {
  Placement placement;
  placement.index = variables.needed_number({"JOB_COMPLETION_INDEX"}, "");
  placement.count = variables.needed_number(
      {"WORLD_SIZE"},
      "Kubernetes doesn't tell a pod how many there are; set WORLD_SIZE to the Job's completions");
  const auto dot = host_name.find('.');
  const auto name = host_name.substr(0, dot);
  const auto suffix = "-" + std::string(variables.text("JOB_COMPLETION_INDEX").value_or(""));
  if (name.ends_with(suffix)) {
    const auto job = name.substr(0, name.size() - suffix.size());
    placement.job = "kubernetes " + std::string(job);
    placement.server_host = std::string(job) + "-0";
    if (dot != std::string_view::npos) placement.server_host += host_name.substr(dot);
  }
  read_master(variables, placement);
  return placement;
}

// sbatch and salloc give their own script SLURM_PROCID=0, too, but no step of that many tasks.
Placement no_launcher(const LaunchVariables& variables) {
  Placement placement;
  if (variables.first_text({"SLURM_JOB_ID", "SLURM_JOBID"})) {
    placement.note =
        "within " + slurm_job(variables) + " but not started by srun: only this node's GPUs take part";
  }
  return placement;
}

bool slurm_agrees_with_hydra(const LaunchVariables& variables) {
  return variables.has("SLURM_STEP_NUM_TASKS") && variables.has("SLURM_PROCID") &&
         variables.text("PMI_RANK") == variables.text("SLURM_PROCID") &&
         variables.text("PMI_SIZE") == variables.text("SLURM_STEP_NUM_TASKS");
}

Launcher find_launcher(const LaunchVariables& variables) {
  if (variables.has("GPU_PREFLIGHT_RANK")) return Launcher::named_by_hand;
  if (variables.has("RANK") && variables.first_text({"WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR"})) {
    return Launcher::torchrun;
  }
  if (variables.has("OMPI_COMM_WORLD_RANK")) return Launcher::open_mpi;
  if (variables.has("PMI_RANK") && variables.has("PMI_SIZE") && !slurm_agrees_with_hydra(variables)) {
    return Launcher::hydra;
  }
  if (variables.has("SLURM_PROCID") && variables.has("SLURM_STEP_NUM_TASKS")) return Launcher::slurm;
  if (variables.has("PMIX_RANK")) return Launcher::pmix;
  if (variables.has("JOB_COMPLETION_INDEX")) return Launcher::kubernetes;
  return Launcher::none;
}

Placement read_launcher(Launcher launcher, LaunchVariables& variables, std::string_view host_name) {
  switch (launcher) {
    case Launcher::named_by_hand:
      return by_hand(variables);
    case Launcher::torchrun:
      return torchrun(variables);
    case Launcher::open_mpi:
      return open_mpi(variables);
    case Launcher::hydra:
      return hydra(variables);
    case Launcher::slurm:
      return slurm(variables);
    case Launcher::pmix:
      return pmix(variables);
    case Launcher::kubernetes:
      return kubernetes(variables, host_name);
    case Launcher::none:
      return no_launcher(variables);
  }
  return {};
}

void check_range(LaunchVariables& variables, std::string_view what, int index, int count) {
  if (index < count) return;
  variables.fail(ErrorKind::malformed, std::string(what) + " " + std::to_string(index) + " of " +
                                           std::to_string(count) + ": the launcher's variables contradict");
}

void check_numbers(LaunchVariables& variables, const Placement& placement) {
  check_range(variables, "rank", placement.index, placement.count);
  if (placement.local_index && placement.local_count) {
    check_range(variables, "local rank", *placement.local_index, *placement.local_count);
  }
  if (placement.local_count && *placement.local_count > placement.count) {
    variables.fail(ErrorKind::malformed, std::to_string(*placement.local_count) + " ranks on this node of " +
                                             std::to_string(placement.count) +
                                             " in all: the launcher's variables contradict");
  }
}

void set_meeting_place(LaunchVariables& variables, Placement& placement) {
  if (const auto place = variables.text("GPU_PREFLIGHT_RENDEZVOUS")) {
    auto parsed = parse_host_port(*place);
    if (!parsed) {
      variables.fail(parsed.error().kind, "GPU_PREFLIGHT_RENDEZVOUS: " + parsed.error().message);
      return;
    }
    placement.server_host = std::move(parsed->host);
    placement.server_port = parsed->port;
    return;
  }
  if (on_one_node(placement)) placement.server_host = kThisNode;
  if (placement.server_host.empty()) {
    variables.fail(ErrorKind::not_found, std::string(launcher_name(placement.launcher)) +
                                             " doesn't tell where rank 0 is: set MASTER_ADDR to its host for "
                                             "every rank (mpirun: -x MASTER_ADDR=HOST)");
  }
  if (placement.server_port == 0) placement.server_port = derived_port(placement.job);
}

}  // namespace

std::string_view launcher_name(Launcher launcher) {
  switch (launcher) {
    case Launcher::named_by_hand:
      return "GPU_PREFLIGHT_RANK";
    case Launcher::torchrun:
      return "torchrun";
    case Launcher::open_mpi:
      return "Open MPI";
    case Launcher::hydra:
      return "MPICH";
    case Launcher::slurm:
      return "Slurm";
    case Launcher::pmix:
      return "PMIx";
    case Launcher::kubernetes:
      return "Kubernetes";
    case Launcher::none:
      return "none";
  }
  return "";
}

Result<Placement> read_placement(const Variables& variables, std::string_view host_name) {
  LaunchVariables reader(variables);
  const Launcher launcher = find_launcher(reader);
  Placement placement = read_launcher(launcher, reader, host_name);
  placement.launcher = launcher;
  if (launcher != Launcher::none) {
    check_numbers(reader, placement);
    set_meeting_place(reader, placement);
  }
  if (reader.problem()) return *reader.problem();
  return placement;
}

std::uint16_t derived_port(std::string_view job) {
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const char character : job) hash = (hash ^ static_cast<unsigned char>(character)) * 16777619U;
  return static_cast<std::uint16_t>(20000 + hash % 10000);
}

Result<HostPort> parse_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  const Error bad{ErrorKind::malformed, "not HOST:PORT: '" + std::string(text.substr(0, 200)) + "'"};
  if (colon == std::string_view::npos) return bad;
  const auto port = to_integer(text.substr(colon + 1));
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return bad;
  }
  if (host.empty() || !port || *port < 1 || *port > 65535) return bad;
  return HostPort{std::string(host), static_cast<std::uint16_t>(*port)};
}

}  // namespace preflight::smoke
