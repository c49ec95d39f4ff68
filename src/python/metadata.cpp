#include "python/metadata.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "python/characters.hpp"
#include "support/utf8.hpp"

namespace preflight::python {

namespace {

// Lines that end in "\n", "\r\n" or "\r".
class LineReader {
 public:
  explicit LineReader(std::string_view text)
      : text_(text), has_returns_(text.find('\r') != std::string_view::npos) {}

  std::optional<std::string_view> next() {
    if (!in_chunk_ && !take_chunk()) return std::nullopt;
    const std::size_t end = has_returns_ ? std::min(chunk_.find('\r'), chunk_.size()) : chunk_.size();
    const std::string_view line = chunk_.substr(0, end);
    in_chunk_ = end < chunk_.size();
    chunk_.remove_prefix(std::min(end + 1, chunk_.size()));
    return line;
  }

 private:
  // Up to the next "\n"; it holds more than one line where "\r" stands alone.
  bool take_chunk() {
    if (text_.empty()) return false;
    const std::size_t end = std::min(text_.find('\n'), text_.size());
    chunk_ = text_.substr(0, end);
    if (chunk_.ends_with('\r')) chunk_.remove_suffix(1);
    text_.remove_prefix(std::min(end + 1, text_.size()));
    return true;
  }

  std::string_view text_;
  bool has_returns_;
  std::string_view chunk_;
  bool in_chunk_ = false;
};

// The name of the header that a line begins, which may be empty (RFC 5322, 3.6.8); nothing for another line.
std::optional<std::string_view> header_name(std::string_view line) {
  const auto end =
      std::find_if(line.begin(), line.end(), [](char c) { return c <= ' ' || c == ':' || c >= '\x7f'; });
  if (end == line.end() || *end != ':') return std::nullopt;
  return line.substr(0, static_cast<std::size_t>(end - line.begin()));
}

// Gathers the lines of one header after the other.
class HeaderSink {
 public:
  void begin(std::string_view name, std::string_view value) {
    flush();
    current_ = place_of(name);
    if (current_ != nullptr) value_ = strip(value);
  }

  void continue_with(std::string_view line) {
    if (current_ == nullptr) return;
    line = strip(line);
    if (!value_.empty() && !line.empty()) value_ += ' ';
    value_ += line;
  }

  Metadata take() {
    flush();
    const auto first = [](std::vector<std::string>& values) {
      return values.empty() ? std::string() : std::move(values.front());
    };
    return {first(names_), first(versions_), first(pythons_), std::move(requirements_), std::move(extras_)};
  }

 private:
  void flush() {
    if (current_ != nullptr) current_->push_back(to_valid_utf8(value_));
    current_ = nullptr;
  }

  std::vector<std::string>* place_of(std::string_view name) {
    if (equal_ignoring_case(name, "Requires-Dist")) return &requirements_;
    if (equal_ignoring_case(name, "Provides-Extra")) return &extras_;
    if (equal_ignoring_case(name, "Name")) return &names_;
    if (equal_ignoring_case(name, "Version")) return &versions_;
    if (equal_ignoring_case(name, "Requires-Python")) return &pythons_;
    return nullptr;
  }

  std::vector<std::string>* current_ = nullptr;
  std::string value_;
  std::vector<std::string> names_;
  std::vector<std::string> versions_;
  std::vector<std::string> pythons_;
  std::vector<std::string> requirements_;
  std::vector<std::string> extras_;
};

}  // namespace

Metadata parse_metadata(std::string_view text) {
  HeaderSink sink;
  LineReader reader(text);
  while (const std::optional<std::string_view> next = reader.next()) {
    const std::string_view line = *next;
    if (line.starts_with(' ') || line.starts_with('\t')) {
      sink.continue_with(line);
      continue;
    }
    const std::optional<std::string_view> name = header_name(line);
    if (!name) break;
    sink.begin(*name, line.substr(name->size() + 1));
  }
  return sink.take();
}

}  // namespace preflight::python
