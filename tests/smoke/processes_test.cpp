// Ranks as real processes, over the loopback and across network namespaces as four hosts.
#include <cstdlib>
#include <signal.h>
#include <thread>

#include "catch.hpp"
#include "children.hpp"
#include "network_spaces.hpp"
#include "party.hpp"
#include "rank_process.hpp"

using namespace preflight::smoke;

namespace {

constexpr std::uint16_t kPort = 29431;

class Run {
 public:
  explicit Run(const std::string& scenario = "") {
    ::setenv("PREFLIGHT_NCCL_SCENARIO", folder_.write("scenario", scenario).c_str(), 1);
  }
  ~Run() { ::unsetenv("PREFLIGHT_NCCL_SCENARIO"); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  RankPlan plan(int rank, int world) const {
    RankPlan plan;
    plan.rank = rank;
    plan.world = world;
    plan.port = kPort;
    plan.own_host = "node-" + std::to_string(rank);
    plan.facts = R"({"host":"node-)" + std::to_string(rank) + R"(","nccl":"2.21.5"})";
    plan.report = folder_.path("report");
    return plan;
  }

  // One rank a host.
  void start_on(int host, RankPlan plan) {
    plan.server_host = NetworkSpaces::address(0);
    ranks_.start([=] { return NetworkSpaces::enter(host) ? run_rank(plan) : 3; });
  }

  void start(const RankPlan& plan) {
    ranks_.start([=] { return run_rank(plan); });
  }

  // Every rank ends by itself, with the status, and leaves no process behind.
  void expect(int status) {
    const auto outcomes = ranks_.wait(Milliseconds(20'000));
    for (std::size_t rank = 0; rank < outcomes.size(); ++rank) {
      INFO("rank " << rank);
      if (rank == killed_) continue;
      CHECK(outcomes[rank].exit_status == status);
    }
    CHECK(Children::nothing_left());
  }

  void kill(std::size_t rank) {
    ::kill(ranks_.process(rank), SIGKILL);
    killed_ = rank;
  }

  std::string report() const { return folder_.read("report"); }

 private:
  TemporaryFolder folder_;
  Children ranks_;
  std::size_t killed_ = 1000;
};

bool mentions(const std::string& text, const std::string& part) {
  INFO(text);
  INFO(part);
  const bool found = text.find(part) != std::string::npos;
  CHECK(found);
  return found;
}

bool first_line_mentions(const std::string& text, const std::string& part) {
  return mentions(text.substr(0, text.find('\n')), part);
}

void pause(long long milliseconds) {
  std::this_thread::sleep_for(Milliseconds(milliseconds));
}

}  // namespace

TEST_CASE("eight processes on one machine") {
  SECTION("sum and leave") {
    Run run;
    for (int rank = 0; rank < 8; ++rank) run.start(run.plan(rank, 8));
    run.expect(0);
    CHECK(run.report().empty());
  }
  SECTION("one hangs in the communicator's making: all others wait for it there") {
    Run run("rank=5 ncclCommInitRank hang\n");
    for (int rank = 0; rank < 8; ++rank) run.start(run.plan(rank, 8));
    run.expect(1);
    mentions(run.report(), "rank 5 on node-5");
    mentions(run.report(), "did not get through 'communicator'");
  }
  SECTION("one crashes in the all-reduce: it's named first") {
    Run run("rank=3 ncclAllReduce crash\n");
    for (int rank = 0; rank < 8; ++rank) run.start(run.plan(rank, 8));
    run.expect(1);
    mentions(run.report(), "rank 3 on node-3");
    mentions(run.report(), "failed at");
  }
}

TEST_CASE("four hosts") {
  const NetworkSpaces hosts;
  if (!hosts.available()) {
    WARN("skipped: " << hosts.missing());
    SUCCEED();
    return;
  }
  SECTION("sum and leave") {
    Run run;
    for (int host = 0; host < kHosts; ++host) run.start_on(host, run.plan(host, kHosts));
    run.expect(0);
    CHECK(run.report().empty());
  }
  SECTION("one is cut off from the beginning") {
    hosts.cut_off(2);
    Run run;
    for (int host = 0; host < kHosts; ++host) run.start_on(host, run.plan(host, kHosts));
    run.expect(1);
    CHECK(run.report() == "rank 2 never arrived\n");
  }
  SECTION("one is cut off in mid all-reduce") {
    Run run("rank=2 ncclAllReduce hang\n");
    for (int host = 0; host < kHosts; ++host) run.start_on(host, run.plan(host, kHosts));
    pause(800);
    hosts.cut_off(2);
    run.expect(1);
    first_line_mentions(run.report(), "rank ");
    mentions(run.report(), "rank 2 on node-2 (10.213.7.3");
    mentions(run.report(), "is not heard any more at 'all-reduce'");
  }
  SECTION("one comes late, and in time") {
    Run run;
    for (int host = 0; host < kHosts; ++host) {
      auto plan = run.plan(host, kHosts);
      if (host == 3) plan.late = Milliseconds(700);
      run.start_on(host, plan);
    }
    run.expect(0);
  }
  SECTION("one comes too late") {
    Run run;
    for (int host = 0; host < kHosts; ++host) {
      auto plan = run.plan(host, kHosts);
      if (host == 3) plan.late = Milliseconds(2'400);
      run.start_on(host, plan);
    }
    run.expect(1);
    CHECK(run.report() == "rank 3 never arrived\n");
  }
  SECTION("one has another NCCL") {
    Run run;
    for (int host = 0; host < kHosts; ++host) {
      auto plan = run.plan(host, kHosts);
      if (host == 1) plan.facts = R"({"host":"node-1","nccl":"2.19.3"})";
      run.start_on(host, plan);
    }
    run.expect(0);
    CHECK(run.report() == "nccl.version: 2.21.5 (ranks 0,2-3), but 2.19.3 (rank 1 on node-1)\n");
  }
  SECTION("the process of one dies in mid all-reduce") {
    Run run("all ncclAllReduce delay 1200\n");
    for (int host = 0; host < kHosts; ++host) run.start_on(host, run.plan(host, kHosts));
    pause(900);
    run.kill(3);
    run.expect(1);
    first_line_mentions(run.report(), "rank 3 on node-3 (10.213.7.4");
    first_line_mentions(run.report(), "died at 'all-reduce'");
  }
}
