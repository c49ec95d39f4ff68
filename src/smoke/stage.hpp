// The stages of the smoke test, in their order. A stall is reported by the stage's name.
#pragma once

#include <optional>
#include <string_view>

namespace preflight::smoke {

enum class Stage {
  load,          // libcuda and libnccl by dlopen
  init,          // cuInit
  context,       // a context and buffers on this rank's GPU
  rendezvous,    // every rank has arrived
  compare,       // the ranks' facts are side by side
  communicator,  // ncclCommInitRank
  all_reduce,
  verify,     // element by element
  bandwidth,  // many more of them, against the clock
  teardown
};

// "all-reduce".
std::string_view stage_name(Stage stage);

std::optional<Stage> find_stage(std::string_view name);

}  // namespace preflight::smoke
