// Calling a vendor's function, and what its answer means for a fact.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "facts/writer.hpp"
#include "gpu/function.hpp"
#include "support/worker.hpp"

namespace preflight::live {

// What a call returned; no code when the library lacks the function.
struct Answer {
  const char* function = "";
  std::optional<int> code;

  bool is_success() const { return code == 0; }  // of all three libraries
};

// Calls the function, after telling that this is the stage now. `subject` names what it is about; empty for
// the whole machine.
template <class... Parameters, class... Arguments>
Answer ask(WorkerReport& report, std::string_view subject, const gpu::Function<int(Parameters...)>& function,
           Arguments&&... arguments) {
  if (!function) return {function.name(), std::nullopt};
  std::string stage = function.name();
  if (!subject.empty()) stage += " of " + std::string(subject);
  report.stage(stage);
  return {function.name(), function(std::forward<Arguments>(arguments)...)};
}

// "default", ...; empty for what is no mode. The numbers of both APIs are the same.
std::string_view compute_mode_text(int mode);

}  // namespace preflight::live
