// A stream of bytes into lines that can be matched: whatever the bytes are, with bounded memory.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace preflight::log {

// A longer line is read in pieces of this size, all of the line's number.
constexpr std::size_t kMostLineBytes = std::size_t{16} << 10;

struct Line {
  std::int64_t number = 0;  // from 1: of line feeds, as editors count
  std::string_view text;    // good until the sink returns
};

// Terminals' escape sequences and other control characters are taken out, NULs too, so that UTF-16 reads as
// ASCII. What carriage returns part (progress bars) comes as lines of one number. Empty lines are counted and
// not passed on.
class LineReader {
 public:
  using Sink = std::function<void(const Line&)>;
  explicit LineReader(Sink sink) : sink_(std::move(sink)) {}

  void feed(std::string_view bytes);
  // After the last bytes: what stands after the last line feed is a line, too.
  void finish();

  std::int64_t lines() const { return number_ + (is_open_ ? 1 : 0); }

 private:
  void end_line(std::string_view text);
  void pass_on(std::string_view text);

  Sink sink_;
  std::string begun_;  // of the line that is not at its end yet
  std::string clean_;
  std::int64_t number_ = 0;
  bool is_open_ = false;  // bytes came after the last line feed
};

}  // namespace preflight::log
