#include "smoke/record.hpp"

#include <cmath>

#include "catch.hpp"
#include "facts/writer.hpp"

using namespace preflight;
using namespace preflight::smoke;
using facts::Document;
using facts::SubjectWriter;

namespace {

using TextMap = std::map<std::string, std::string>;

constexpr const char* kSource = "by hand";

void add_interface(Document& document, const std::string& name, const std::string& state,
                   const std::string& kind) {
  SubjectWriter writer(document, "interface", name);
  writer.set("state", state, kSource);
  writer.set("kind", kind, kSource);
}

void add_environment(Document& document, const std::string& prefix, bool requested, bool active,
                     bool has_torch = true) {
  SubjectWriter writer(document, "environment", prefix);
  writer.set("requested", requested, kSource);
  writer.set("active", active, kSource);
  if (has_torch) writer.set("torch.version", "2.6.0", kSource);
  for (const auto* name : {"libcudart", "libnccl"}) {
    const auto path = prefix + "/" + name + ".so";
    SubjectWriter library(document, "loaded_library", path);
    library.set("environment", prefix, kSource);
    library.set("name", name, kSource);
    library.set("path", path, kSource);
  }
}

struct Measured {
  RunPlan plan;
  RunResult result;

  Measured(int world, std::size_t size, std::optional<double> nanoseconds) {
    plan.work.bandwidth_size = size;
    result.world = world;
    result.round.outcome.emplace();
    result.round.outcome->nanoseconds = nanoseconds;
  }
};

}  // namespace

TEST_CASE("the bus bandwidth is nccl-tests' of an all-reduce: 2(n-1)/n of the algorithm's") {
  struct Row {
    int world;
    long long bus;
  };
  const auto row =
      GENERATE(values<Row>({{1, 0}, {2, 1'000'000'000}, {4, 1'500'000'000}, {8, 1'750'000'000}}));
  const Measured measured(row.world, 1'000'000, 1e6);  // bytes, in a millisecond
  const auto found = bandwidths(measured.plan, measured.result);
  REQUIRE(found);
  CHECK(std::llround(found->algorithm) == 1'000'000'000);
  CHECK(std::llround(found->bus) == row.bus);
}

TEST_CASE("what was not measured is no bandwidth") {
  const Measured untimed(8, 4096, std::nullopt);
  CHECK_FALSE(bandwidths(untimed.plan, untimed.result));
  const Measured no_time(8, 4096, 0);
  CHECK_FALSE(bandwidths(no_time.plan, no_time.result));
  Measured failed(8, 4096, 1);
  failed.result.round.outcome.reset();
  CHECK_FALSE(bandwidths(failed.plan, failed.result));
}

TEST_CASE("a bandwidth fails the run only where one was asked for and less was measured") {
  const Measured measured(2, 1'000'000, 1e6);
  CHECK(passed(Recording{measured.plan, measured.result, std::nullopt}));
  CHECK(passed(Recording{measured.plan, measured.result, 0.99e9}));
  CHECK_FALSE(passed(Recording{measured.plan, measured.result, 1.01e9}));
  Measured wrong(2, 1'000'000, 1e6);
  wrong.result.round.outcome->wrong.emplace_back();
  CHECK_FALSE(passed(Recording{wrong.plan, wrong.result, 0.99e9}));
}

TEST_CASE("ranks compare the kernel module, what steers NCCL, and the interfaces that are up") {
  Document document;
  SubjectWriter host(document, "host", "host");
  host.set("driver.module_version", "550.54.15", kSource);
  host.set("variables",
           facts::Map{{"NCCL_P2P_DISABLE", "1"},
                      {"NCCL_DEBUG", "INFO"},
                      {"NCCL_DEBUG_SUBSYS", "ALL"},
                      {"NCCL_DEBUG_FILE", "/tmp/x"},
                      {"NCCL_HOSTID", "7"},
                      {"LD_LIBRARY_PATH", "/x"}},
           kSource);
  add_interface(document, "ib0", "up", "physical");
  add_interface(document, "eth0", "up", "physical");
  add_interface(document, "eth1", "down", "physical");
  add_interface(document, "veth7", "up", "virtual");
  CHECK(comparable_facts(document) == TextMap{{"driver.module_version", "550.54.15"},
                                              {"NCCL_P2P_DISABLE", "1"},
                                              {"interfaces", "eth0 ib0"}});
}

TEST_CASE("what isn't known is not compared") {
  Document document;
  SubjectWriter(document, "host", "host").unknown("driver.module_version", {"unreadable"}, kSource);
  CHECK(comparable_facts(document) == TextMap{{"interfaces", ""}});
}

TEST_CASE("the NCCL of the environment that was asked for comes first, then the active one's") {
  Document document;
  CHECK(nccl_to_load(document) == "libnccl.so.2");
  add_environment(document, "/idle", false, false);
  CHECK(nccl_to_load(document) == "libnccl.so.2");
  add_environment(document, "/active", false, true);
  CHECK(nccl_to_load(document) == "/active/libnccl.so");
  add_environment(document, "/no-torch", true, false, false);
  CHECK(nccl_to_load(document) == "/active/libnccl.so");
  add_environment(document, "/requested", true, false);
  CHECK(nccl_to_load(document) == "/requested/libnccl.so");
}

TEST_CASE("a torch that loads no NCCL leaves the choice to the loader") {
  Document document;
  SubjectWriter writer(document, "environment", "/cpu");
  writer.set("active", true, kSource);
  writer.set("torch.version", "2.6.0+cpu", kSource);
  CHECK(nccl_to_load(document) == "libnccl.so.2");
}
