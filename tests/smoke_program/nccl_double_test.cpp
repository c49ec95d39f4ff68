// The double of libnccl, by itself: several processes, loaded as the smoke test loads it.
#include <cstdlib>
#include <dlfcn.h>
#include <numeric>
#include <vector>

#include "catch.hpp"
#include "children.hpp"
#include "doubles/hidden_symbols.hpp"
#include "doubles/nccl/nccl.hpp"
#include "smoke/nccl_log.hpp"

using namespace preflight::smoke;

namespace {

constexpr int kFloat = 7;
constexpr int kSum = 0;
constexpr int kWrongSum = 50;

template <class Function>
Function* symbol(void* library, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(library, name));
}

// One rank: 0 when all sums are right, kWrongSum, or NCCL's result.
int take_part(const ncclUniqueId& id, void* library, int rank, int count) {
  auto* const init = symbol<decltype(ncclCommInitRank)>(library, "ncclCommInitRank");
  auto* const all_reduce = symbol<decltype(ncclAllReduce)>(library, "ncclAllReduce");
  auto* const destroy = symbol<decltype(ncclCommDestroy)>(library, "ncclCommDestroy");
  ncclComm_t comm = nullptr;
  if (const auto result = init(&comm, count, id, rank); result != ncclSuccess) return result;
  for (const std::size_t size : {std::size_t{1}, std::size_t{1000}, std::size_t{300'000}}) {
    std::vector<float> values(size);
    std::iota(values.begin(), values.end(), static_cast<float>(rank));
    const auto result = all_reduce(values.data(), values.data(), size, kFloat, kSum, comm, nullptr);
    if (result != ncclSuccess) return result;
    const auto ranks = static_cast<float>(count * (count - 1) / 2);
    for (std::size_t index = 0; index < size; ++index) {
      if (values[index] != static_cast<float>(count) * static_cast<float>(index) + ranks) return kWrongSum;
    }
  }
  return destroy(comm);
}

std::vector<ChildOutcome> reduce(int count, const std::string& scenario,
                                 Milliseconds limit = Milliseconds(20'000)) {
  const TemporaryFolder folder;
  ::setenv("PREFLIGHT_NCCL_SCENARIO", folder.write("scenario", scenario).c_str(), 1);
  void* library = ::dlopen(PREFLIGHT_NCCL_DOUBLE, RTLD_NOW | RTLD_LOCAL);
  REQUIRE(library != nullptr);
  ncclUniqueId id{};
  REQUIRE(symbol<decltype(ncclGetUniqueId)>(library, "ncclGetUniqueId")(&id) == ncclSuccess);
  Children ranks;
  for (int rank = 0; rank < count; ++rank) {
    ranks.start([&, rank] { return take_part(id, library, rank, count); });
  }
  auto outcomes = ranks.wait(limit);
  ::unsetenv("PREFLIGHT_NCCL_SCENARIO");
  return outcomes;
}

}  // namespace

TEST_CASE("the double sums the memory of four processes") {
  for (const auto& outcome : reduce(4, "")) CHECK(outcome.exit_status == 0);
  for (const auto& outcome : reduce(1, "")) CHECK(outcome.exit_status == 0);
}

TEST_CASE("the double fails as its scenario says") {
  SECTION("an error code of one rank") {
    const auto outcomes = reduce(3, "rank=2 ncclAllReduce error 3\n");
    CHECK(outcomes[2].exit_status == ncclInternalError);
    CHECK(outcomes[0].exit_status == ncclRemoteError);
    CHECK(outcomes[1].exit_status == ncclRemoteError);
  }
  SECTION("a crash") {
    const auto outcomes = reduce(3, "rank=1 ncclAllReduce crash\n");
    CHECK((outcomes[1].signal.has_value() || outcomes[1].exit_status != 0));
    CHECK(outcomes[0].exit_status == ncclRemoteError);
  }
  SECTION("a hang") {
    for (const auto& outcome : reduce(2, "rank=1 ncclCommInitRank hang\n", Milliseconds(300))) {
      CHECK(outcome.signal == 9);
    }
  }
  SECTION("a delay") {
    for (const auto& outcome : reduce(2, "rank=1 ncclCommInitRank delay 200 # slow\n")) {
      CHECK(outcome.exit_status == 0);
      CHECK(outcome.took >= Milliseconds(200));
    }
  }
  SECTION("a sum that is wrong from a size on, and right with a setting") {
    const std::string scenario = "all ncclAllReduce wrong-from 524288 unless NCCL_P2P_DISABLE=1\n";
    for (const auto& outcome : reduce(2, scenario)) CHECK(outcome.exit_status == kWrongSum);
    for (const auto& outcome : reduce(2, "all ncclAllReduce wrong-from 99999999\n")) {
      CHECK(outcome.exit_status == 0);
    }
    ::setenv("NCCL_P2P_DISABLE", "1", 1);
    for (const auto& outcome : reduce(2, scenario)) CHECK(outcome.exit_status == 0);
    ::unsetenv("NCCL_P2P_DISABLE");
  }
}

TEST_CASE("the double's log reads like NCCL's") {
  const TemporaryFolder folder;
  ::setenv("NCCL_DEBUG", "INFO", 1);
  ::setenv("NCCL_DEBUG_FILE", folder.path("log").c_str(), 1);
  for (const auto& outcome :
       reduce(2, "set version 22705\nset cuda 12.9\nset path NET/IB/0/GDRDMA\nset warning be warned\n")) {
    CHECK(outcome.exit_status == 0);
  }
  ::unsetenv("NCCL_DEBUG");
  ::unsetenv("NCCL_DEBUG_FILE");
  const auto log = parse_nccl_log(folder.read("log"));
  CHECK(log.version == "2.27.5+cuda12.9");
  CHECK(log.network == "Socket");
  CHECK(log.bootstrap.size() == 1);
  CHECK(log.ranks_started == std::set<int>{0, 1});
  CHECK(log.ranks_complete == std::set<int>{0, 1});
  REQUIRE(log.paths.size() == 2);
  CHECK(log.paths[0].gpu_direct);
  REQUIRE(log.warnings.size() == 2);
  CHECK(log.warnings[0].text == "be warned");
}

TEST_CASE("a copy of the double lacks the symbols of newer releases") {
  const TemporaryFolder folder;
  const auto old = folder.path("libnccl.so.2");
  preflight::copy_without_symbols(PREFLIGHT_NCCL_DOUBLE, old, {"ncclCommInitRankConfig", "ncclGetLastError"});
  void* library = ::dlopen(old.c_str(), RTLD_NOW | RTLD_LOCAL);
  REQUIRE(library != nullptr);
  CHECK(::dlsym(library, "ncclCommInitRankConfig") == nullptr);
  CHECK(::dlsym(library, "ncclGetLastError") == nullptr);
  CHECK(::dlsym(library, "ncclCommInitRank") != nullptr);
  ::dlclose(library);
  CHECK_THROWS(preflight::copy_without_symbols(PREFLIGHT_NCCL_DOUBLE, old, {"ncclNoSuchThing"}));
}
