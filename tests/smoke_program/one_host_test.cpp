// All ranks on this host, forked by the program.
#include "catch.hpp"
#include "smoke_run.hpp"

using namespace preflight::smoke;

namespace {

using Rules = std::vector<std::string>;

const Arguments kQuick = {"--iterations", "0", "--stage-deadline", deadline(2), "--no-retry"};

}  // namespace

TEST_CASE("eight GPUs all-reduce") {
  const Doubles doubles("gpus 8\n", "");
  const auto run = run_smoke(doubles, {"--iterations", "2", "--size", "64Ki"});
  CHECK(run.outcome.exit_status == 0);
  CHECK(run.left_nothing);
  CHECK(fact_in(run.out, "outcome") == "passed");
  CHECK(fact_in(run.out, "world_size") == "8");
  CHECK(fact_in(run.out, "nodes") == "1");
  CHECK(fact_in(run.out, "launcher") == "none");
  CHECK(fact_in(run.out, "troubles") == "[]");
  CHECK(fact_in(run.out, "differences") == "[]");
  CHECK(fact_in(run.out, "nccl.version") == "2.21.5");
  CHECK(fact_in(run.out, "nccl.transports") == R"(["P2P/CUMEM"])");
  CHECK(std::stoll(fact_in(run.out, "bandwidth.bus")) > 0);
  CHECK(rules_in(run.out) == Rules{});
}

TEST_CASE("what fails on one rank is told with its rank and stage") {
  struct Row {
    const char *driver, *nccl, *stage, *rule;
  };
  const auto row = GENERATE(values<Row>({
      {"cuInit error 802\n", "", "init", "smoke-gpu-not-usable"},
      {"cuMemAlloc_v2 error 2\n", "", "context", "smoke-gpu-not-usable"},
      {"", "rank=2 ncclCommInitRank crash\n", "communicator", "smoke-nccl-fails"},
      {"", "rank=2 ncclAllReduce error 1\n", "all-reduce", "smoke-nccl-fails"},
      {"", "rank=2 ncclAllReduce hang\n", "all-reduce", "smoke-collective-hangs"},
      {"", "rank=2 ncclCommDestroy hang\n", "teardown", "smoke-collective-hangs"},
  }));
  INFO(row.driver << row.nccl);
  const Doubles doubles("gpus 4\n" + std::string(row.driver), row.nccl);
  const auto run = run_smoke(doubles, kQuick);
  CHECK(run.outcome.exit_status == 1);
  CHECK(run.left_nothing);
  CHECK(fact_in(run.out, "outcome") == "failed");
  CHECK(fact_in(run.out, "failed_stage") == row.stage);
  const auto rules = rules_in(run.out);
  CHECK(std::find(rules.begin(), rules.end(), row.rule) != rules.end());
}

TEST_CASE("a wrong sum is found and told with its size") {
  const Doubles doubles("gpus 2\n", "rank=1 ncclAllReduce wrong-from 1000000\n");
  const auto run = run_smoke(doubles, kQuick);
  CHECK(run.outcome.exit_status == 1);
  CHECK(fact_in(run.out, "outcome") == "wrong");
  CHECK(fact_in(run.out, "wrong_sums").find("all-reduce of 1048576 bytes") != std::string::npos);
  CHECK(fact_in(run.out, "wrong_sums").find("of 4096 bytes") == std::string::npos);
  CHECK(rules_in(run.out) == Rules{"smoke-sum-wrong"});
}

TEST_CASE("the way that hangs is found by switching it off") {
  struct Row {
    const char *setting, *rule;
  };
  const auto row = GENERATE(values<Row>({{"NCCL_P2P_DISABLE=1", "smoke-cured-without-p2p"},
                                         {"NCCL_SHM_DISABLE=1", "smoke-cured-without-shared-memory"},
                                         {"NCCL_NVLS_ENABLE=0", "smoke-cured-without-nvls"},
                                         {"NCCL_CUMEM_ENABLE=0", "smoke-cured-without-cumem"}}));
  const Doubles doubles("gpus 2\n", "all ncclAllReduce hang unless " + std::string(row.setting) + "\n");
  const auto run = run_smoke(doubles, {"--iterations", "0", "--stage-deadline", deadline(1)});
  CHECK(run.outcome.exit_status == 1);
  CHECK(run.left_nothing);
  CHECK(fact_in(run.out, "cured_by") == row.setting);
  CHECK(rules_in(run.out) == Rules{row.rule, "smoke-collective-hangs"});
}

TEST_CASE("bandwidth is judged only when it is asked for") {
  const Doubles doubles("gpus 2\n", "");
  const auto run = run_smoke(doubles, {"--iterations", "1", "--size", "4Ki", "--min-busbw", "100000"});
  CHECK(run.outcome.exit_status == 1);
  CHECK(fact_in(run.out, "outcome") == "passed");
  CHECK(rules_in(run.out) == Rules{"smoke-bandwidth-low"});
  const auto unmeasured = run_smoke(doubles, {"--iterations", "0", "--min-busbw", "1"});
  CHECK(unmeasured.outcome.exit_status == 64);
}
