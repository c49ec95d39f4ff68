#include "live/answer.hpp"

namespace preflight::live {

std::string cuda_version_text(int number) {
  return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}

std::string hexadecimal(std::span<const unsigned char> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const auto byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xfU];
  }
  return text;
}

std::string uuid_text(const std::array<unsigned char, 16>& bytes) {
  auto text = hexadecimal(bytes);
  for (const std::size_t place : {20U, 16U, 12U, 8U}) text.insert(place, 1, '-');
  return text;
}

std::string_view compute_mode_text(int mode) {
  constexpr std::array<std::string_view, 4> kModes = {"default", "exclusive_thread", "prohibited",
                                                      "exclusive_process"};
  return mode >= 0 && static_cast<std::size_t>(mode) < kModes.size() ? kModes[static_cast<std::size_t>(mode)]
                                                                     : std::string_view();
}

}  // namespace preflight::live
