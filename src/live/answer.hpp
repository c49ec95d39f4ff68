// Calling a vendor's function, and what its answer means for a fact.
#pragma once

#include <array>
#include <optional>
#include <span>
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

// A text that a library wrote into a buffer, which it may have left without an end.
template <class Buffer>
std::string text_in(const Buffer& buffer) {
  const std::string_view all(buffer.data(), buffer.size());
  return std::string(all.substr(0, all.find('\0')));
}

// 12020 -> "12.2", as both APIs encode the version of CUDA.
std::string cuda_version_text(int number);

std::string hexadecimal(std::span<const unsigned char> bytes);

// The usual form: b4a6c0de-....
std::string uuid_text(const std::array<unsigned char, 16>& bytes);

// "default", ...; empty for what is no mode. The numbers of both APIs are the same.
std::string_view compute_mode_text(int mode);

}  // namespace preflight::live
