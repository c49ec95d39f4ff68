// Ranks that real launchers start, and ranks that have the variables of torchrun and of Kubernetes.
#include <algorithm>
#include <cstdlib>
#include <unistd.h>

#include "catch.hpp"
#include "fault_case.hpp"
#include "smoke/socket.hpp"
#include "smoke_run.hpp"

using namespace preflight::smoke;

namespace {

const Environment kAlone;

Arguments operator+(Arguments left, const Arguments& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

const Arguments kSmokeInText = {PREFLIGHT_PROGRAM, "smoke", "--iterations", "0", "--no-retry"};
const Arguments kSmoke = kSmokeInText + Arguments{"--format", "json"};

// One process for each environment, all at once, and what became of each.
std::vector<SmokeRun> run_together(const Doubles& doubles, const Arguments& words,
                                   const std::vector<Environment>& environments) {
  const auto file = [&](const char* name, std::size_t index) {
    return doubles.folder().path(name + std::to_string(index));
  };
  Children children;
  for (std::size_t index = 0; index < environments.size(); ++index) {
    Environment environment = environments[index];
    environment.merge(doubles.environment());
    // For Open MPI's own files.
    environment.insert({{"HOME", doubles.folder().path("")}, {"TMPDIR", doubles.folder().path("")}});
    children.start([=] { return become(words, environment, file("out", index), file("err", index)); });
  }
  std::vector<SmokeRun> runs;
  for (const auto& outcome : children.wait(Milliseconds(90'000))) {
    SmokeRun run;
    run.outcome = outcome;
    run.out = doubles.folder().read("out" + std::to_string(runs.size()));
    run.err = doubles.folder().read("err" + std::to_string(runs.size()));
    runs.push_back(std::move(run));
  }
  const bool left_nothing = Children::nothing_left();
  for (auto& run : runs) run.left_nothing = left_nothing;
  return runs;
}

// A text that is more than one report can't be read as one.
void check_report(const SmokeRun& run, const std::string& launcher) {
  INFO(run.err);
  CHECK(fact_in(run.out, "outcome") == "passed");
  CHECK(fact_in(run.out, "launcher") == launcher);
  CHECK(fact_in(run.out, "world_size") == "8");
  CHECK(fact_in(run.out, "troubles") == "[]");
  CHECK(fact_in(run.out, "wrong_sums") == "[]");
}

void check_ranks(const std::vector<SmokeRun>& runs, const std::string& launcher) {
  for (const auto& run : runs) {
    INFO(run.err);
    REQUIRE(run.outcome.exit_status);
    CHECK(*run.outcome.exit_status == 0);
    CHECK(run.left_nothing);
  }
  check_report(runs.front(), launcher);
  CHECK(std::all_of(runs.begin() + 1, runs.end(), [](const auto& run) { return run.out.empty(); }));
}

struct Launcher {
  const char* name;
  Arguments programs;  // that must be there
  Arguments words;
};

// Slurm's own cluster is there for one command.
const std::vector<Launcher> kLaunchers = {
    {"Open MPI",
     {"mpirun.openmpi"},
     {"mpirun.openmpi", "--allow-run-as-root", "--oversubscribe", "-np", "8"}},
    {"MPICH", {"mpiexec.hydra"}, {"mpiexec.hydra", "-n", "8"}},
    {"Slurm",
     {"srun", "slurmctld", "slurmd", "munged"},
     {PREFLIGHT_SOURCE_DIR "/tests/smoke_program/slurm.sh", "srun", "--kill-on-bad-exit", "-n", "8"}}};

bool is_there(const Launcher& launcher) {
  for (const auto& program : launcher.programs) {
    if (std::system(("command -v " + program + " >/dev/null").c_str()) == 0) continue;
    WARN("skipped: no " << program);
    return false;
  }
  if (launcher.programs.size() > 1 && ::geteuid() != 0) {
    WARN("skipped: root is needed for " << launcher.name);
    return false;
  }
  return true;
}

bool has_word(const std::string& text, const std::string& word) {
  return text.find(word) != std::string::npos;
}

std::vector<Environment> torchrun_ranks(std::uint16_t port) {
  std::vector<Environment> ranks;
  for (int rank = 0; rank < 8; ++rank) {
    const auto number = std::to_string(rank);
    ranks.push_back({{"RANK", number},
                     {"WORLD_SIZE", "8"},
                     {"LOCAL_RANK", number},
                     {"LOCAL_WORLD_SIZE", "8"},
                     {"MASTER_ADDR", "127.0.0.1"},
                     {"MASTER_PORT", std::to_string(port)}});
  }
  return ranks;
}

}  // namespace

TEST_CASE("eight ranks that a launcher starts all-reduce") {
  const auto& launcher = kLaunchers[GENERATE(range(std::size_t{0}, std::size_t{3}))];
  SUCCEED(launcher.name);
  if (!is_there(launcher)) return;
  const Doubles doubles("gpus 8\n", "");
  check_ranks(run_together(doubles, launcher.words + kSmoke, {kAlone}), launcher.name);
}

// Each of these launchers ends all ranks as soon as one has failed; rank 0 has told by then.
TEST_CASE("a rank that crashes is told in rank 0's report under a launcher") {
  const auto& launcher = kLaunchers[GENERATE(range(std::size_t{0}, std::size_t{3}))];
  SUCCEED(launcher.name);
  if (!is_there(launcher)) return;
  const Doubles doubles("gpus 8\n", "rank=5 ncclAllReduce crash\n");
  const auto run = run_together(doubles, launcher.words + kSmoke, {kAlone}).front();
  INFO(run.err);
  REQUIRE(run.outcome.exit_status);
  CHECK(*run.outcome.exit_status != 0);
  CHECK(run.left_nothing);
  CHECK(fact_in(run.out, "outcome") == "failed");
  CHECK(fact_in(run.out, "launcher") == launcher.name);
  CHECK(fact_in(run.out, "failed_stage") == "all-reduce");
  const auto summary = fact_in(run.out, "summary");
  CHECK(summary.starts_with(R"(["rank 5 on )"));
  CHECK(has_word(summary, "failed at 'all-reduce': its process "));
}

TEST_CASE("a report is without colours where only a launcher's terminal shows it") {
  const auto& open_mpi = kLaunchers.front();
  SUCCEED();
  if (!is_there(open_mpi)) return;
  const Doubles doubles("gpus 8\n", "");
  const auto run = run_together(doubles, open_mpi.words + kSmokeInText, {{{"TERM", "xterm"}}}).front();
  CHECK(has_word(run.out, "READY: "));
  CHECK(!has_word(run.out, "\x1b"));
}

TEST_CASE("eight ranks with torchrun's variables all-reduce") {
  const Doubles doubles("gpus 8\n", "");
  SECTION("at the port that is set by hand") {
    check_ranks(run_together(doubles, kSmoke, torchrun_ranks(preflight::smoke::free_port())), "torchrun");
  }
  SECTION("beside the agent's store, which listens at MASTER_PORT") {
    const auto agent = listen_on(Listen::everywhere, 0);
    REQUIRE(agent);
    auto ranks = torchrun_ranks(local_port(*agent));
    for (auto& rank : ranks) {
      rank.insert({{"TORCHELASTIC_USE_AGENT_STORE", "True"}, {"TORCHELASTIC_RUN_ID", "none"}});
    }
    check_ranks(run_together(doubles, kSmoke, ranks), "torchrun");
  }
}

TEST_CASE("two pods of an indexed Job all-reduce with the GPUs of each") {
  const Doubles doubles[] = {{"gpus 4\nhost 0\n", ""}, {"gpus 4\nhost 1\n", ""}};
  const auto place = "127.0.0.1:" + std::to_string(preflight::smoke::free_port());
  std::vector<Environment> pods;
  for (const auto& node : doubles) {
    Environment pod = node.environment();
    pod.insert({{"JOB_COMPLETION_INDEX", std::to_string(pods.size())},
                {"WORLD_SIZE", "2"},
                {"GPU_PREFLIGHT_RENDEZVOUS", place}});
    pods.push_back(std::move(pod));
  }
  check_ranks(run_together(doubles[0], kSmoke, pods), "Kubernetes");
}
