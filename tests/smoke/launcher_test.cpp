#include "smoke/launcher.hpp"

#include <set>

#include "catch.hpp"

using preflight::ErrorKind;
using preflight::smoke::derived_port;
using preflight::smoke::Launcher;
using preflight::smoke::LaunchUnit;
using preflight::smoke::parse_host_port;
using preflight::smoke::Placement;
using preflight::smoke::read_placement;
using preflight::smoke::Variables;

namespace {

Placement placed(const Variables& variables, std::string_view host_name = "vm") {
  const auto placement = read_placement(variables, host_name);
  if (!placement) FAIL(placement.error().message);
  return *placement;
}

preflight::Error problem(const Variables& variables) {
  const auto placement = read_placement(variables, "vm");
  REQUIRE_FALSE(placement);
  return placement.error();
}

Variables with(Variables variables, const Variables& more) {
  for (const auto& [name, value] : more) variables.insert_or_assign(name, value);
  return variables;
}

// As the real launchers set them: torch 2.8, Open MPI 4.1, MPICH 4.0, Slurm 22.05.
const Variables kTorchrun{{"RANK", "1"},
                          {"LOCAL_RANK", "1"},
                          {"WORLD_SIZE", "2"},
                          {"LOCAL_WORLD_SIZE", "2"},
                          {"MASTER_ADDR", "127.0.0.1"},
                          {"MASTER_PORT", "29500"},
                          {"GROUP_RANK", "0"},
                          {"TORCHELASTIC_RUN_ID", "none"},
                          {"TORCHELASTIC_USE_AGENT_STORE", "True"}};
const Variables kOpenMpi{{"OMPI_COMM_WORLD_RANK", "3"},
                         {"OMPI_COMM_WORLD_SIZE", "4"},
                         {"OMPI_COMM_WORLD_LOCAL_RANK", "3"},
                         {"OMPI_COMM_WORLD_LOCAL_SIZE", "4"},
                         {"PMIX_RANK", "3"},
                         {"PMIX_NAMESPACE", "436535297"}};
const Variables kBatchScript{{"SLURM_JOB_ID", "3"},   {"SLURM_JOB_NODELIST", "vm"}, {"SLURM_NTASKS", "4"},
                             {"SLURM_NPROCS", "4"},   {"SLURM_PROCID", "0"},        {"SLURM_LOCALID", "0"},
                             {"SLURM_TASK_PID", "99"}};
const Variables kSrun{{"SLURM_JOB_ID", "1"},         {"SLURM_STEP_ID", "0"},
                      {"SLURM_PROCID", "2"},         {"SLURM_LOCALID", "2"},
                      {"SLURM_NTASKS", "4"},         {"SLURM_STEP_NUM_TASKS", "4"},
                      {"SLURM_STEP_NUM_NODES", "1"}, {"SLURM_STEP_NODELIST", "vm"},
                      {"SLURM_JOB_NODELIST", "vm"},  {"SLURM_LAUNCH_NODE_IPADDR", "127.0.0.1"}};
const Variables kSrunOnTwoNodes = with(
    kSrun, {{"SLURM_STEP_NUM_NODES", "2"}, {"SLURM_STEP_NODELIST", "gpu[07-08]"}, {"SLURM_LOCALID", "0"}});

}  // namespace

TEST_CASE("without a launcher, the ranks are started here") {
  const auto placement = placed({{"PATH", "/bin"}, {"WORLD_SIZE", "8"}});
  CHECK(placement.launcher == Launcher::none);
  CHECK(placement.unit == LaunchUnit::node);
  CHECK(placement.note.empty());
}

TEST_CASE("torchrun's variables") {
  const auto placement = placed(kTorchrun);
  CHECK(placement.launcher == Launcher::torchrun);
  CHECK(placement.unit == LaunchUnit::rank);
  CHECK(placement.index == 1);
  CHECK(placement.count == 2);
  CHECK(placement.local_index == 1);
  CHECK(placement.server_host == "127.0.0.1");

  SECTION("torchrun itself listens at MASTER_PORT, so another one is used, the same for everyone") {
    CHECK(placement.server_port != 29500);
    CHECK(placement.server_port == placed(with(kTorchrun, {{"RANK", "0"}, {"LOCAL_RANK", "0"}})).server_port);
  }
  SECTION("without torchrun's own store, MASTER_PORT is free") {
    const auto by_hand = placed(with(kTorchrun, {{"TORCHELASTIC_USE_AGENT_STORE", ""},
                                                 {"LOCAL_WORLD_SIZE", "1"},
                                                 {"LOCAL_RANK", "0"},
                                                 {"MASTER_ADDR", "node-1"}}));
    CHECK(by_hand.server_port == 29500);
    CHECK(by_hand.server_host == "node-1");
  }
  SECTION("a training operator's pod counts pods") {
    const Variables pod{{"RANK", "2"},
                        {"WORLD_SIZE", "4"},
                        {"MASTER_ADDR", "train-master-0"},
                        {"MASTER_PORT", "23456"},
                        {"PET_NNODES", "4"},
                        {"KUBERNETES_SERVICE_HOST", "10.96.0.1"}};
    CHECK(placed(pod).unit == LaunchUnit::node);
    CHECK(placed(pod).server_port == 23456);
  }
}

TEST_CASE("mpirun's variables") {
  const auto placement = placed(kOpenMpi);
  CHECK(placement.launcher == Launcher::open_mpi);
  CHECK(placement.index == 3);
  CHECK(placement.local_count == 4);
  CHECK(placement.server_host == "127.0.0.1");
  CHECK(placement.server_port == placed(with(kOpenMpi, {{"OMPI_COMM_WORLD_RANK", "0"}})).server_port);

  SECTION("on several nodes it doesn't tell where rank 0 is") {
    const auto several = with(kOpenMpi, {{"OMPI_COMM_WORLD_SIZE", "8"}});
    CHECK(problem(several).kind == ErrorKind::not_found);
    CHECK(problem(several).message.find("-x MASTER_ADDR") != std::string::npos);
    CHECK(placed(with(several, {{"MASTER_ADDR", "a"}})).server_host == "a");
    CHECK(placed(with(several, {{"SLURM_JOB_NODELIST", "gpu[1-2]"}})).server_host == "gpu1");
  }
}

TEST_CASE("mpiexec's variables of MPICH") {
  const Variables hydra{{"PMI_RANK", "1"},
                        {"PMI_SIZE", "2"},
                        {"PMI_FD", "8"},
                        {"MPI_LOCALRANKID", "1"},
                        {"MPI_LOCALNRANKS", "2"}};
  const auto placement = placed(hydra);
  CHECK(placement.launcher == Launcher::hydra);
  CHECK(placement.index == 1);
  CHECK(placement.local_count == 2);
  CHECK(placement.server_host == "127.0.0.1");
  CHECK(problem(with(hydra, {{"PMI_SIZE", "4"}})).kind == ErrorKind::not_found);
}

TEST_CASE("srun's variables") {
  const auto placement = placed(kSrun);
  CHECK(placement.launcher == Launcher::slurm);
  CHECK(placement.index == 2);
  CHECK(placement.count == 4);
  CHECK(placement.local_index == 2);
  CHECK(placement.server_host == "127.0.0.1");
  CHECK(placement.job == "slurm 1.0");

  const auto two_nodes = placed(kSrunOnTwoNodes);
  CHECK(two_nodes.server_host == "gpu07");
  CHECK(two_nodes.server_port == derived_port("slurm 1.0"));
  CHECK_FALSE(two_nodes.local_count);

  SECTION("the step's size counts, not the job's") {
    CHECK(placed(with(kSrun, {{"SLURM_NTASKS", "16"}})).count == 4);
  }
  SECTION("PMI-2 tells the same") {
    const auto pmi2 = with(kSrun, {{"PMI_RANK", "2"}, {"PMI_SIZE", "4"}, {"PMI_JOBID", "1.0"}});
    CHECK(placed(pmi2).launcher == Launcher::slurm);
  }
}

TEST_CASE("a batch script looks like rank 0 and isn't one") {
  const auto placement = placed(kBatchScript);
  CHECK(placement.launcher == Launcher::none);
  CHECK(placement.note.find("not started by srun") != std::string::npos);
}

TEST_CASE("the innermost launcher counts") {
  CHECK(placed(with(kBatchScript, kOpenMpi)).launcher == Launcher::open_mpi);
  CHECK(placed(with(kSrun, kTorchrun)).launcher == Launcher::torchrun);
  CHECK(placed(with(kSrun, {{"PMI_RANK", "5"}, {"PMI_SIZE", "6"}, {"MPI_LOCALNRANKS", "6"}})).launcher ==
        Launcher::hydra);
  CHECK(placed(with(kTorchrun, {{"GPU_PREFLIGHT_RANK", "0"}, {"GPU_PREFLIGHT_WORLD_SIZE", "1"}})).launcher ==
        Launcher::named_by_hand);
}

TEST_CASE("PMIx alone doesn't tell the number of ranks") {
  CHECK(problem({{"PMIX_RANK", "1"}}).message.find("WORLD_SIZE") != std::string::npos);
  const auto placement = placed({{"PMIX_RANK", "1"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "a"}});
  CHECK(placement.launcher == Launcher::pmix);
  CHECK(placement.count == 2);
}

TEST_CASE("a pod of an indexed Job") {
  const Variables pod{{"JOB_COMPLETION_INDEX", "3"}, {"WORLD_SIZE", "4"}};
  const auto placement = placed(pod, "check-3.check.default.svc.cluster.local");
  CHECK(placement.launcher == Launcher::kubernetes);
  CHECK(placement.unit == LaunchUnit::node);
  CHECK(placement.index == 3);
  CHECK(placement.server_host == "check-0.check.default.svc.cluster.local");
  CHECK(placement.server_port == derived_port("kubernetes check"));
  CHECK(placed(pod, "check-3").server_host == "check-0");
  CHECK(placed(with(pod, {{"MASTER_ADDR", "check-0.nets"}}), "check-3").server_host == "check-0.nets");
  CHECK(problem({{"JOB_COMPLETION_INDEX", "3"}}).message.find("completions") != std::string::npos);
  // A host name that follows no index.
  CHECK(problem(pod).kind == ErrorKind::not_found);
}

TEST_CASE("the meeting place can be set under every launcher") {
  const auto placement = placed(with(kSrun, {{"GPU_PREFLIGHT_RENDEZVOUS", "[fd00::1]:4000"}}));
  CHECK(placement.server_host == "fd00::1");
  CHECK(placement.server_port == 4000);
  CHECK(problem(with(kSrun, {{"GPU_PREFLIGHT_RENDEZVOUS", "nowhere"}})).kind == ErrorKind::malformed);
}

TEST_CASE("contradictions and what isn't a number are errors that name the variable") {
  CHECK(problem(with(kTorchrun, {{"RANK", "2"}})).message.find("rank 2 of 2") != std::string::npos);
  CHECK(problem(with(kTorchrun, {{"RANK", "-1"}})).message.find("RANK is '-1'") != std::string::npos);
  CHECK(problem(with(kTorchrun, {{"WORLD_SIZE", "two"}})).message.find("WORLD_SIZE is 'two'") !=
        std::string::npos);
  CHECK(problem(with(kTorchrun, {{"WORLD_SIZE", ""}})).message == "WORLD_SIZE is not set");
  CHECK(problem(with(kTorchrun, {{"WORLD_SIZE", "0"}})).kind == ErrorKind::malformed);
  CHECK(problem(with(kTorchrun, {{"LOCAL_WORLD_SIZE", "9"}})).message.find("9 ranks on this node of 2") !=
        std::string::npos);
  CHECK(problem(with(kTorchrun, {{"MASTER_PORT", "70000"}})).message.find("MASTER_PORT") !=
        std::string::npos);
  CHECK(problem(with(kSrunOnTwoNodes, {{"SLURM_STEP_NODELIST", "gpu[7"}})).message.find("NODELIST") !=
        std::string::npos);
}

TEST_CASE("ports that are derived lie below those for outgoing connections") {
  std::set<std::uint16_t> ports;
  for (int job = 0; job < 200; ++job) {
    const auto port = derived_port("slurm " + std::to_string(job) + ".0");
    CHECK((port >= 20000 && port < 30000));
    ports.insert(port);
  }
  CHECK(ports.size() > 180);
}

TEST_CASE("places to meet at") {
  CHECK(parse_host_port("node-1:29500")->host == "node-1");
  CHECK(parse_host_port("10.0.0.1:1")->port == 1);
  for (const auto* text : {"", ":1", "node", "node:", "node:0", "node:65536", "fd00::1:80", "[]:80"}) {
    INFO(text);
    CHECK_FALSE(parse_host_port(text));
  }
}
