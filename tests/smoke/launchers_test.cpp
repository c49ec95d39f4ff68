// Ranks that real launchers start: this program is started again, once for each rank, as the hidden test case
// "[rank]".
#include <climits>
#include <cstdlib>
#include <unistd.h>

#include "catch.hpp"
#include "children.hpp"
#include "rank_process.hpp"
#include "smoke/launcher.hpp"

extern char** environ;

using namespace preflight::smoke;

namespace {

Variables own_variables() {
  Variables variables;
  for (char** item = environ; *item != nullptr; ++item) {
    const std::string_view text = *item;
    const auto equals = text.find('=');
    variables.emplace(text.substr(0, equals), text.substr(std::min(equals + 1, text.size())));
  }
  return variables;
}

std::string host_name() {
  char name[HOST_NAME_MAX + 1] = "";
  ::gethostname(name, HOST_NAME_MAX);
  return name;
}

int run_as_launched(const Variables& variables, const std::string& host, const std::string& report) {
  const auto placement = read_placement(variables, host);
  if (!placement || placement->launcher == Launcher::none) return 9;
  RankPlan plan;
  plan.rank = placement->index;
  plan.world = placement->count;
  plan.server_host = placement->server_host;
  plan.port = placement->server_port;
  plan.own_host = host;
  plan.stage_deadline = Milliseconds(10'000);
  plan.report = report;
  return run_rank(plan);
}

std::string this_program() {
  char path[PATH_MAX] = "";
  return ::readlink("/proc/self/exe", path, sizeof path - 1) > 0 ? path : "";
}

bool succeeds(const std::string& command) {
  return std::system(("(" + command + ") >/dev/null 2>&1").c_str()) == 0;
}

}  // namespace

TEST_CASE("one rank, as a launcher has started it", "[.][rank]") {
  const char* report = std::getenv("PREFLIGHT_TEST_REPORT");
  CHECK(run_as_launched(own_variables(), host_name(), report == nullptr ? "" : report) == 0);
}

TEST_CASE("ranks under Open MPI's and MPICH's mpirun") {
  for (const std::string launcher :
       {"mpirun.openmpi --allow-run-as-root --oversubscribe -np 8 ", "mpiexec.hydra -n 8 "}) {
    if (succeeds("command -v " + launcher.substr(0, launcher.find(' ')))) {
      CHECK(succeeds("timeout 60 " + launcher + this_program() + " '[rank]'"));
    } else {
      WARN("skipped: no " << launcher);
      SUCCEED();
    }
  }
}

TEST_CASE("ranks under srun") {
  if (!succeeds("command -v srun && timeout 5 scontrol ping | grep -q UP")) {
    WARN("skipped: no Slurm controller answers");
    SUCCEED();
    return;
  }
  CHECK(succeeds("timeout 60 srun --overcommit -n 8 " + this_program() + " '[rank]'"));
}

TEST_CASE("ranks as torchrun and an indexed Job start them") {
  Children ranks;
  for (int rank = 0; rank < 4; ++rank) {
    const auto number = std::to_string(rank);
    ranks.start([=] {
      return run_as_launched({{"RANK", number},
                              {"LOCAL_RANK", number},
                              {"WORLD_SIZE", "4"},
                              {"LOCAL_WORLD_SIZE", "4"},
                              {"MASTER_ADDR", "127.0.0.1"},
                              {"MASTER_PORT", "29432"}},
                             "node", "");
    });
  }
  for (const auto& outcome : ranks.wait(Milliseconds(20'000))) CHECK(outcome.exit_status == 0);

  Children pods;
  for (int index = 0; index < 4; ++index) {
    const auto number = std::to_string(index);
    pods.start([=] {
      return run_as_launched(
          {{"JOB_COMPLETION_INDEX", number}, {"WORLD_SIZE", "4"}, {"MASTER_ADDR", "127.0.0.1"}},
          "check-" + number, "");
    });
  }
  for (const auto& outcome : pods.wait(Milliseconds(20'000))) CHECK(outcome.exit_status == 0);
}
