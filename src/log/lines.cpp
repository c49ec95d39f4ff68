#include "log/lines.hpp"

#include <algorithm>

namespace preflight::log {

namespace {

constexpr char kEscape = '\x1b';
constexpr char kBell = '\a';

bool is_control(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return (byte < 0x20 && character != '\t') || byte == 0x7F;
}

// Where an escape sequence of ECMA-48 that begins at `begin` ends.
std::size_t after_escape(std::string_view text, std::size_t begin) {
  std::size_t place = begin + 1;
  if (place == text.size()) return place;
  const auto ends_at = [&](auto is_last) {
    while (place < text.size() && !is_last(text[place])) ++place;
    return std::min(place + 1, text.size());
  };
  const char kind = text[place++];
  if (kind == '[') return ends_at([](char character) { return character >= '@' && character <= '~'; });
  if (kind != ']') return place;
  const std::size_t end = ends_at([](char character) { return character == kBell || character == kEscape; });
  return end < text.size() && text[end - 1] == kEscape ? end + 1 : end;
}

void append_clean(std::string_view text, std::string& clean) {
  for (std::size_t place = 0; place < text.size();) {
    if (text[place] == kEscape) {
      place = after_escape(text, place);
      continue;
    }
    if (!is_control(text[place])) clean += text[place];
    ++place;
  }
}

}  // namespace

void LineReader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const bool is_whole = end != std::string_view::npos;
    std::string_view part = bytes.substr(0, end);
    bytes.remove_prefix(is_whole ? end + 1 : bytes.size());
    while (begun_.size() + part.size() > kMostLineBytes) {
      const std::size_t taken = kMostLineBytes - begun_.size();
      begun_ += part.substr(0, taken);
      part.remove_prefix(taken);
      pass_on(begun_);
      begun_.clear();
    }
    if (is_whole && begun_.empty()) {
      end_line(part);
      continue;
    }
    begun_ += part;
    is_open_ = true;
    if (is_whole) {
      end_line(begun_);
      begun_.clear();
    }
  }
}

void LineReader::finish() {
  if (!is_open_) return;
  end_line(begun_);
  begun_.clear();
}

void LineReader::end_line(std::string_view text) {
  pass_on(text);
  ++number_;
  is_open_ = false;
}

void LineReader::pass_on(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\r');
    std::string_view part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (std::ranges::any_of(part, is_control)) {
      clean_.clear();
      append_clean(part, clean_);
      part = clean_;
    }
    if (!part.empty()) sink_({number_ + 1, part});
  }
}

}  // namespace preflight::log
