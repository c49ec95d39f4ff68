// The real program on four hosts: network namespaces, with a driver and an NCCL of its own on each.
#include <algorithm>
#include <csignal>
#include <deque>
#include <map>
#include <thread>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "network_spaces.hpp"
#include "smoke_run.hpp"

using namespace preflight::smoke;

namespace {

using Rules = std::vector<std::string>;

constexpr int kRanksPerHost = 2;
constexpr int kWorld = kHosts * kRanksPerHost;
// For a machine with more to do.
constexpr Milliseconds kSlack{3'000};

class Job {
 public:
  explicit Job(const NetworkSpaces& spaces) : spaces_(spaces), nccl_(kHosts), driver_(kHosts, "gpus 2\n") {
    for (int host = 0; host < kHosts; ++host) play_driver(host, "host " + std::to_string(host) + "\n");
  }

  void play_nccl(int host, const std::string& scenario) { nccl_[index(host)] += scenario; }
  void play_driver(int host, const std::string& scenario) { driver_[index(host)] += scenario; }

  // Its ranks begin so much later.
  void start_late(int host, Milliseconds delay) { late_[host] = delay; }

  // Each rank begins its first all-reduce before wait_for_all_reduces returns: any of them may be looked at
  // then.
  void mark_all_reduces() {
    for (int host = 0; host < kHosts; ++host)
      play_nccl(host, "all ncclAllReduce mark " + marks_.path("mark") + "\n");
  }
  void wait_for_all_reduces() const {
    const auto begun = [&] {
      const auto marks = marks_.read("mark");
      return std::count(marks.begin(), marks.end(), '\n');
    };
    const Time end = Clock::now() + Milliseconds(20'000);
    while (begun() < kWorld && Clock::now() < end) std::this_thread::sleep_for(Milliseconds(5));
    REQUIRE(begun() == kWorld);
  }

  void start(const Arguments& options, const std::string& server = NetworkSpaces::address(0)) {
    for (int host = 0; host < kHosts; ++host) doubles_.emplace_back(driver_[index(host)], nccl_[index(host)]);
    for (int rank = 0; rank < kWorld; ++rank) start_rank(rank, options, server);
    begin_ = Clock::now();
  }

  void kill(int rank) {
    ::kill(processes_.process(index(rank)), SIGKILL);
    killed_ = rank;
  }

  // Every process ends by itself with the status, before the limit, and leaves nothing behind. Rank 0's may
  // be another, where it only finds fault with the facts.
  void expect(int status, Milliseconds limit) { expect(status, status, limit); }
  void expect(int status, int status_of_rank_0, Milliseconds limit) {
    const auto outcomes = processes_.wait(limit + kSlack - between(begin_, Clock::now()));
    for (int rank = 0; rank < kWorld; ++rank) {
      if (rank == killed_) continue;
      INFO("rank " << rank << ": " << read(rank, "err"));
      CHECK(outcomes[index(rank)].exit_status.value_or(-1) == (rank == 0 ? status_of_rank_0 : status));
    }
    CHECK(Children::nothing_left());
    // Rank 0 alone has a report.
    for (int rank = 1; rank < kWorld; ++rank) CHECK(read(rank, "out").empty());
  }

  std::string report() const { return read(0, "out"); }
  std::string errors(int rank) const { return read(rank, "err"); }

 private:
  static std::size_t index(int number) { return static_cast<std::size_t>(number); }

  static std::string file(int rank, const std::string& name) { return name + "-" + std::to_string(rank); }

  std::string read(int rank, const std::string& name) const {
    return doubles_[index(rank / kRanksPerHost)].folder().read(file(rank, name));
  }

  void start_rank(int rank, const Arguments& options, const std::string& server) {
    const int host = rank / kRanksPerHost;
    const auto& doubles = doubles_[index(host)];
    Arguments arguments{"smoke", "--format", "json", "--iterations", "0"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    auto environment = doubles.environment();
    environment["GPU_PREFLIGHT_RANK"] = std::to_string(rank);
    environment["GPU_PREFLIGHT_WORLD_SIZE"] = std::to_string(kWorld);
    environment["GPU_PREFLIGHT_LOCAL_RANK"] = std::to_string(rank % kRanksPerHost);
    environment["GPU_PREFLIGHT_LOCAL_WORLD_SIZE"] = std::to_string(kRanksPerHost);
    environment["MASTER_ADDR"] = server;
    environment["MASTER_PORT"] = "29431";
    const auto& folder = doubles.folder();
    processes_.start([&, host, rank] {
      if (const auto late = late_.find(host); late != late_.end()) std::this_thread::sleep_for(late->second);
      if (!spaces_.enter(host)) return 3;
      return become_program(arguments, environment, folder.path(file(rank, "out")),
                            folder.path(file(rank, "err")));
    });
  }

  const NetworkSpaces& spaces_;
  std::vector<std::string> nccl_, driver_;
  std::deque<Doubles> doubles_;
  std::map<int, Milliseconds> late_;
  TemporaryFolder marks_;
  Children processes_;
  int killed_ = -1;
  Time begin_;
};

// "silent 4 node-3 all-reduce" of each rank in trouble, in the report's order.
std::vector<std::string> troubles_in(const std::string& report) {
  std::vector<std::string> texts;
  const auto troubles = nlohmann::json::parse(fact_in(report, "troubles"), nullptr, false);
  if (!troubles.is_array()) return {"no troubles"};
  for (const auto& trouble : troubles) {
    texts.push_back(trouble["kind"].get<std::string>() + " " + std::to_string(trouble["rank"].get<int>()) +
                    " " + trouble["host"].get<std::string>() + " " + trouble["stage"].get<std::string>());
  }
  return texts;
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// The sanitizers leave no room in these deadlines; the same code runs under them in the tests of one host.
bool are_missing(const NetworkSpaces& hosts) {
  if (hosts.available() && !kSanitized) return false;
  WARN("skipped: " << (kSanitized ? "under sanitizers" : hosts.missing()));
  SUCCEED();
  return true;
}

}  // namespace

TEST_CASE("four hosts with two GPUs each all-reduce") {
  const NetworkSpaces hosts;
  if (are_missing(hosts)) return;
  Job job(hosts);
  const bool over_ipv6 = GENERATE(false, true);
  if (over_ipv6 && !hosts.have_ipv6()) {
    WARN("skipped: no IPv6 here");
    SUCCEED();
    return;
  }
  job.start({}, over_ipv6 ? NetworkSpaces::ipv6_address(0) : NetworkSpaces::address(0));
  job.expect(0, Milliseconds(20'000));
  CHECK(fact_in(job.report(), "outcome") == "passed");
  CHECK(fact_in(job.report(), "world_size") == "8");
  CHECK(fact_in(job.report(), "nodes") == "4");
  CHECK(troubles_in(job.report()).empty());
  CHECK(rules_in(job.report()) == Rules{});
}

TEST_CASE("a host that is cut off from the beginning") {
  const NetworkSpaces hosts;
  if (are_missing(hosts)) return;
  hosts.cut_off(2);
  Job job(hosts);
  job.start({"--arrival-deadline", "3"});
  job.expect(1, Milliseconds(3'000));
  CHECK(troubles_in(job.report()) == std::vector<std::string>{"never arrived 4  ", "never arrived 5  "});
  CHECK(fact_in(job.report(), "summary") == R"(["ranks 4-5 never arrived"])");
  CHECK(fact_in(job.report(), "failed_stage") == "rendezvous");
  CHECK(rules_in(job.report()) == Rules{"smoke-ranks-missing"});
  CHECK(job.errors(1).empty());
  CHECK(job.errors(4).find("rank 0 (10.213.7.1:29431) can't be reached") != std::string::npos);
}

TEST_CASE("a host that is cut off in mid all-reduce") {
  const NetworkSpaces hosts;
  if (are_missing(hosts)) return;
  Job job(hosts);
  job.mark_all_reduces();
  job.play_nccl(2, "all ncclAllReduce delay 10000\n");
  job.play_nccl(0, "set warning NET/Socket : retrying\n");
  job.start({"--stage-deadline", "2.5"});
  job.wait_for_all_reduces();
  SECTION("another than rank 0's") {
    hosts.cut_off(2);
    job.expect(1, Milliseconds(5'000));
    auto troubles = troubles_in(job.report());
    REQUIRE(troubles.size() == 8);
    std::sort(troubles.begin(), troubles.begin() + 2);
    CHECK(troubles[0] == "silent 4 node-3 all-reduce");
    CHECK(troubles[1] == "silent 5 node-3 all-reduce");
    CHECK(troubles[2] == "stuck 0 node-1 all-reduce");
    const auto summary = fact_in(job.report(), "summary");
    CHECK(summary.find("ranks 4-5 on node-3 are not heard any more at 'all-reduce'") == 2);
    CHECK(summary.find("ranks 0-3,6-7 on node-1, node-2, node-4 did not get through 'all-reduce': "
                       "ncclAllReduce; NCCL on rank 0: NET/Socket : retrying") != std::string::npos);
    CHECK(job.errors(4).find("rank 0's host is cut off") != std::string::npos);
  }
  SECTION("rank 0's") {
    hosts.cut_off(0);
    job.expect(1, Milliseconds(5'000));
    const auto summary = fact_in(job.report(), "summary");
    CHECK(summary.find("ranks 2-7 on node-2, node-3, node-4 are not heard any more at 'all-reduce'") == 2);
    for (const int rank : {2, 4, 7}) {
      CHECK(job.errors(rank).find("rank 0's host is cut off") != std::string::npos);
    }
  }
  CHECK(fact_in(job.report(), "failed_stage") == "all-reduce");
  CHECK(contains(rules_in(job.report()), "smoke-host-cut-off"));
}

TEST_CASE("a host that is slow") {
  const NetworkSpaces hosts;
  if (are_missing(hosts)) return;
  Job job(hosts);
  SECTION("in a collective call: all wait there") {
    job.play_nccl(3, "all ncclCommInitRank delay 10000\n");
    job.start({"--stage-deadline", "1", "--no-retry"});
    job.expect(1, Milliseconds(3'000));
    CHECK(fact_in(job.report(), "failed_stage") == "communicator");
    CHECK(contains(troubles_in(job.report()), "stuck 7 node-4 communicator"));
    CHECK(rules_in(job.report()) == Rules{"smoke-collective-hangs"});
  }
  SECTION("and the whole run is over before the stage's deadline") {
    job.play_nccl(3, "all ncclAllReduce delay 10000\n");
    job.start({"--deadline", "2"});
    job.expect(1, Milliseconds(3'000));
    CHECK(contains(troubles_in(job.report()), "stuck 7 node-4 all-reduce"));
  }
  SECTION("to start, and in time") {
    job.start_late(3, Milliseconds(700));
    job.start({});
    job.expect(0, Milliseconds(20'000));
    CHECK(fact_in(job.report(), "outcome") == "passed");
  }
  SECTION("by itself: it alone is named") {
    job.play_driver(3, "cuDevicePrimaryCtxRetain delay 10000\n");
    job.start({"--stage-deadline", "1", "--no-retry"});
    job.expect(1, Milliseconds(3'000));
    auto troubles = troubles_in(job.report());
    std::ranges::sort(troubles);
    CHECK(troubles == std::vector<std::string>{"failed 6 node-4 context", "failed 7 node-4 context"});
    CHECK(fact_in(job.report(), "summary").find("cuDevicePrimaryCtxRetain did not return within 1 s") !=
          std::string::npos);
  }
}

TEST_CASE("a host with another NCCL is named, whether or not it hangs then") {
  const NetworkSpaces hosts;
  if (are_missing(hosts)) return;
  Job job(hosts);
  job.play_nccl(1, "set version 21903\n");
  SECTION("it works") {
    job.start({});
    job.expect(0, 1, Milliseconds(20'000));
    CHECK(fact_in(job.report(), "outcome") == "passed");
  }
  SECTION("it hangs") {
    job.play_nccl(1, "all ncclCommInitRank hang\n");
    job.start({"--stage-deadline", "1", "--no-retry"});
    job.expect(1, Milliseconds(3'000));
    CHECK(fact_in(job.report(), "failed_stage") == "communicator");
  }
  CHECK(contains(rules_in(job.report()), "ranks-have-different-nccl"));
  CHECK(
      fact_in(job.report(), "differences").find("2.21.5 (ranks 0-1,4-7), but 2.19.3 (ranks 2-3 on node-2)") !=
      std::string::npos);
}

TEST_CASE("a rank whose worker dies in mid all-reduce") {
  const NetworkSpaces hosts;
  if (are_missing(hosts)) return;
  Job job(hosts);
  // The ranks of node-3 are 4 and 5.
  job.play_nccl(2, "rank=5 ncclAllReduce crash\n");
  job.start({"--stage-deadline", "5", "--no-retry"});
  job.expect(1, Milliseconds(5'000));
  CHECK(fact_in(job.report(), "failed_stage") == "all-reduce");
  REQUIRE_FALSE(troubles_in(job.report()).empty());
  CHECK(troubles_in(job.report()).front() == "failed 5 node-3 all-reduce");
  CAPTURE(fact_in(job.report(), "summary"));
  CHECK(fact_in(job.report(), "summary").find("its process crashed (Segmentation fault), in ncclAllReduce") !=
        std::string::npos);
}

TEST_CASE("a rank whose whole process is killed in mid all-reduce") {
  const NetworkSpaces hosts;
  if (are_missing(hosts)) return;
  Job job(hosts);
  job.mark_all_reduces();
  job.play_nccl(2, "all ncclAllReduce delay 10000\n");
  job.start({"--stage-deadline", "8", "--no-retry"});
  job.wait_for_all_reduces();
  SECTION("another's") {
    job.kill(4);
    job.expect(1, Milliseconds(8'000));
  }
  SECTION("rank 0's: the others say so, there is no report") {
    job.kill(0);
    job.expect(1, Milliseconds(8'000));
    CHECK(job.errors(7).find("was lost at 'all-reduce'") != std::string::npos);
    CHECK(job.errors(7).find("the process of rank 0 died") != std::string::npos);
    return;
  }
  REQUIRE_FALSE(troubles_in(job.report()).empty());
  CHECK(troubles_in(job.report()).front() == "died 4 node-3 all-reduce");
  CHECK(contains(rules_in(job.report()), "smoke-process-died"));
}

TEST_CASE("the host whose NCCL hangs is found") {
  const NetworkSpaces hosts;
  if (are_missing(hosts)) return;
  Job job(hosts);
  job.play_nccl(2, "all ncclAllReduce hang\n");
  job.start({"--stage-deadline", "1", "--bisect"});
  job.expect(1, Milliseconds(15'000));
  CHECK(fact_in(job.report(), "bad_hosts") == R"(["node-3"])");
  CHECK(fact_in(job.report(), "bad_pairs") == "[]");
  CHECK(contains(rules_in(job.report()), "smoke-bad-host"));
}

TEST_CASE("the hosts that only fail together are found") {
  const NetworkSpaces hosts;
  if (are_missing(hosts)) return;
  Job job(hosts);
  job.play_nccl(1, "all ncclAllReduce hang with node-3\n");
  job.start({"--stage-deadline", "1", "--bisect"});
  job.expect(1, Milliseconds(15'000));
  CHECK(fact_in(job.report(), "bad_hosts") == "[]");
  CHECK(fact_in(job.report(), "bad_pairs") == R"(["node-2 and node-3"])");
  CHECK(contains(rules_in(job.report()), "smoke-bad-pair"));
}
