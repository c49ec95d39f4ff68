#include "report/layout.hpp"

#include <array>
#include <cstdio>

#include "support/text.hpp"

namespace preflight::report {

namespace {

// Columns that UTF-8 text takes, counting one for each character.
std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  for (const char byte : text) count += (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

std::string_view escape_of(Ink ink) {
  switch (ink) {
    case Ink::plain:
      return "";
    case Ink::bold:
      return "\x1b[1m";
    case Ink::dim:
      return "\x1b[2m";
    case Ink::red:
      return "\x1b[1;31m";
    case Ink::yellow:
      return "\x1b[1;33m";
    case Ink::green:
      return "\x1b[1;32m";
    case Ink::blue:
      return "\x1b[1;34m";
  }
  return "";
}

}  // namespace

std::string paint(std::string_view text, Ink ink, const Style& style) {
  if (style.colour == Colour::off || ink == Ink::plain) return std::string(text);
  return std::string(escape_of(ink)) + std::string(text) + "\x1b[0m";
}

std::string printable(std::string_view text) {
  std::string clean;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte >= 0x20 && byte != 0x7F) {
      clean += character;
    } else if (character == '\n' || character == '\t') {
      clean += ' ';
    }
  }
  return clean;
}

std::string wrap(std::string_view text, std::size_t indent, std::size_t width) {
  const std::string clean = printable(text);
  std::string wrapped;
  std::size_t used = 0;
  for (const auto word : words(clean)) {
    const std::size_t length = columns(word);
    if (used != 0 && used + 1 + length > width) {
      wrapped += '\n';
      used = 0;
    }
    if (used == 0) {
      wrapped.append(indent, ' ');
      used = indent;
    } else {
      wrapped += ' ';
      ++used;
    }
    wrapped += word;
    used += length;
  }
  return wrapped.empty() ? wrapped : wrapped + '\n';
}

std::string bytes_text(std::int64_t bytes) {
  constexpr std::array kUnits = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= 1024 && unit + 1 < kUnits.size()) {
    size /= 1024;
    ++unit;
  }
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", size, kUnits.at(unit));
  return text.data();
}

}  // namespace preflight::report
