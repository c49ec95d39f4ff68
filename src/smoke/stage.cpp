#include "smoke/stage.hpp"

#include <iterator>

namespace preflight::smoke {

namespace {

constexpr std::string_view kStageNames[] = {"load",      "init",         "context",    "rendezvous",
                                            "compare",   "communicator", "all-reduce", "verify",
                                            "bandwidth", "teardown"};

}  // namespace

std::string_view stage_name(Stage stage) {
  return kStageNames[static_cast<std::size_t>(stage)];
}

std::optional<Stage> find_stage(std::string_view name) {
  for (std::size_t index = 0; index < std::size(kStageNames); ++index) {
    if (kStageNames[index] == name) return static_cast<Stage>(index);
  }
  return std::nullopt;
}

}  // namespace preflight::smoke
