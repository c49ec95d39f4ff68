#include "catch.hpp"
#include "run_probe.hpp"

using namespace preflight;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

namespace {

// job.nodes with these variables, each followed by a newline here.
std::string nodes(std::string variables) {
  std::ranges::replace(variables, '\n', '\0');
  MemoryTree files;
  files.file("/proc/self/environ", std::move(variables));
  return host_state(run_probe("launcher", files), "job.nodes");
}

}  // namespace

TEST_CASE("launchers that name the number of nodes") {
  CHECK(nodes("SLURM_JOB_NUM_NODES=4\nSLURM_NNODES=4\n") == "4");
  CHECK(nodes("SLURM_STEP_NUM_NODES=1\nSLURM_JOB_NUM_NODES=4\n") == "1");
  CHECK(nodes("PET_NNODES=2\n") == "2");
}

TEST_CASE("nodes follow from the ranks of all and of this node, rounded up") {
  CHECK(nodes("WORLD_SIZE=16\nLOCAL_WORLD_SIZE=8\n") == "2");
  CHECK(nodes("WORLD_SIZE=9\nLOCAL_WORLD_SIZE=8\n") == "2");
  CHECK(nodes("WORLD_SIZE=8\nLOCAL_WORLD_SIZE=8\n") == "1");
  CHECK(nodes("WORLD_SIZE=4\nLOCAL_WORLD_SIZE=8\n") == "1");
  CHECK(nodes("OMPI_COMM_WORLD_SIZE=32\nOMPI_COMM_WORLD_LOCAL_SIZE=4\n") == "8");
  CHECK(nodes("PMI_SIZE=6\nMPI_LOCALNRANKS=2\n") == "3");
  CHECK(nodes("WORLD_SIZE=16\n") == "absent");
}

TEST_CASE("what is no number of nodes is passed over") {
  for (const auto* variables :
       {"", "SLURM_NNODES=\n", "SLURM_NNODES=0\n", "SLURM_NNODES=-4\n", "SLURM_NNODES=4x\n",
        "PET_NNODES=1:4\n", "SLURM_NNODES=99999999999999999999\n", "WORLD_SIZE=16\nLOCAL_WORLD_SIZE=0\n",
        "WORLD_SIZE=-16\nLOCAL_WORLD_SIZE=8\n"}) {
    INFO(variables);
    CHECK(nodes(variables) == "absent");
  }
  CHECK(nodes("SLURM_NNODES=x\nPET_NNODES=2\n") == "2");
  CHECK(nodes("WORLD_SIZE=9223372036854775807\nLOCAL_WORLD_SIZE=1\n") == "9223372036854775807");
}

TEST_CASE("variables that can't be read leave the nodes unknown") {
  MemoryTree files;
  files.fail("/proc/self/environ", {ErrorKind::not_permitted, "permission denied"});
  CHECK(host_state(run_probe("launcher", files), "job.nodes") == "unreadable");
}
