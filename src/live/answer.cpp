#include "live/answer.hpp"

#include <array>

namespace preflight::live {

std::string_view compute_mode_text(int mode) {
  constexpr std::array<std::string_view, 4> kModes = {"default", "exclusive_thread", "prohibited",
                                                      "exclusive_process"};
  return mode >= 0 && static_cast<std::size_t>(mode) < kModes.size() ? kModes[static_cast<std::size_t>(mode)]
                                                                     : std::string_view();
}

}  // namespace preflight::live
