#include "support/hexadecimal.hpp"

namespace preflight {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

}  // namespace

std::string to_hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    const auto number = static_cast<unsigned char>(byte);
    text += {kDigits[number >> 4U], kDigits[number & 15U]};
  }
  return text;
}

std::string from_hexadecimal(std::string_view text) {
  std::string bytes;
  if (text.size() % 2 != 0) return bytes;
  for (std::size_t place = 0; place < text.size(); place += 2) {
    const auto high = kDigits.find(text[place]);
    const auto low = kDigits.find(text[place + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return {};
    bytes += static_cast<char>(high << 4U | low);
  }
  return bytes;
}

}  // namespace preflight
