#include "support/hexadecimal.hpp"

namespace preflight {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

}  // namespace

std::string to_hexadecimal(std::span<const unsigned char> bytes) {
  std::string text;
  for (const auto byte : bytes) text += {kDigits[byte >> 4U], kDigits[byte & 15U]};
  return text;
}

std::vector<unsigned char> from_hexadecimal(std::string_view text) {
  std::vector<unsigned char> bytes;
  if (text.size() % 2 != 0) return bytes;
  for (std::size_t place = 0; place < text.size(); place += 2) {
    const auto high = kDigits.find(text[place]);
    const auto low = kDigits.find(text[place + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return {};
    bytes.push_back(static_cast<unsigned char>(high << 4U | low));
  }
  return bytes;
}

}  // namespace preflight
