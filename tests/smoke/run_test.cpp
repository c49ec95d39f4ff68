#include "smoke/run.hpp"

#include "catch.hpp"

using namespace preflight::smoke;

namespace {

using Texts = std::vector<std::string>;

Texts texts_of(const std::vector<Setting>& settings) {
  Texts texts;
  for (const auto& [variable, value] : settings) texts.push_back(std::string(variable) + "=" + value);
  return texts;
}

}  // namespace

TEST_CASE("each of NCCL's ways is tried, but for those that are off already") {
  const Texts all{"NCCL_P2P_DISABLE=1", "NCCL_SHM_DISABLE=1", "NCCL_NVLS_ENABLE=0", "NCCL_CUMEM_ENABLE=0"};
  CHECK(texts_of(settings_to_try({})) == all);
  CHECK(texts_of(settings_to_try({{"NCCL_P2P_DISABLE", "0"}, {"NCCL_IB_DISABLE", "1"}})) == all);
  CHECK(texts_of(settings_to_try({{"NCCL_P2P_DISABLE", "1"}, {"NCCL_NVLS_ENABLE", "0"}})) ==
        Texts{"NCCL_SHM_DISABLE=1", "NCCL_CUMEM_ENABLE=0"});
  CHECK(settings_to_try({{"NCCL_P2P_DISABLE", "1"},
                         {"NCCL_SHM_DISABLE", "1"},
                         {"NCCL_NVLS_ENABLE", "0"},
                         {"NCCL_CUMEM_ENABLE", "0"}})
            .empty());
}

TEST_CASE("a round has passed when it came to an outcome without a wrong sum") {
  RoundResult round;
  CHECK_FALSE(passed(round));
  round.outcome.emplace();
  CHECK(passed(round));
  round.outcome->wrong.emplace_back();
  CHECK_FALSE(passed(round));
  round.outcome->wrong.clear();
  round.troubles.emplace_back();
  CHECK_FALSE(passed(round));
}
