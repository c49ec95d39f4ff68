#include "support/json_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include "support/json.hpp"
#include "support/text.hpp"
#include "support/utf8.hpp"

namespace preflight {

namespace {

// Whether an odd number of backslashes stands before a byte.
bool is_escaped(std::string_view text, std::size_t offset) {
  std::size_t begin = offset;
  while (begin > 0 && text[begin - 1] == '\\') --begin;
  return (offset - begin) % 2 == 1;
}

constexpr std::uint32_t kFirstSurrogate = 0xD800;
constexpr std::uint32_t kFirstLowSurrogate = 0xDC00;
constexpr std::uint32_t kAfterSurrogates = 0xE000;

// What stands for itself in a string.
constexpr auto kIsPlain = [] {
  std::array<bool, 256> is_plain{};
  for (std::size_t byte = 0x20; byte < is_plain.size(); ++byte) is_plain[byte] = byte != '"' && byte != '\\';
  return is_plain;
}();

}  // namespace

bool JsonReader::fail(std::size_t offset, std::string message) {
  if (!problem_) problem_ = Issue{offset, std::move(message)};
  return false;
}

void JsonReader::skip_space() {
  while (offset_ < text_.size() && (text_[offset_] == ' ' || text_[offset_] == '\n' ||
                                    text_[offset_] == '\t' || text_[offset_] == '\r')) {
    ++offset_;
  }
}

std::size_t JsonReader::offset() {
  skip_space();
  return offset_;
}

JsonKind JsonReader::peek() {
  skip_space();
  if (problem_ || offset_ >= text_.size()) return JsonKind::bad;
  switch (text_[offset_]) {
    case '{':
      return JsonKind::object;
    case '[':
      return JsonKind::array;
    case '"':
      return JsonKind::text;
    case 't':
    case 'f':
      return JsonKind::boolean;
    case 'n':
      return JsonKind::null;
    default:
      return text_[offset_] == '-' || is_digit(text_[offset_]) ? JsonKind::number : JsonKind::bad;
  }
}

bool JsonReader::take(char character) {
  skip_space();
  if (problem_ || offset_ >= text_.size() || text_[offset_] != character) return false;
  ++offset_;
  return true;
}

bool JsonReader::expect(char character) {
  if (take(character)) return true;
  const std::string wanted = std::string("'") + character + "' is missing here";
  return fail(offset_, offset_ >= text_.size() ? "the text ends too early: " + wanted : wanted);
}

bool JsonReader::enter() {
  if (++depth_ <= kMostJsonDepth) return true;
  return fail(offset_, "nested deeper than " + std::to_string(kMostJsonDepth) + " levels");
}

bool JsonReader::end() {
  skip_space();
  if (problem_) return false;
  return offset_ == text_.size() || fail(offset_, "nothing may follow the value");
}

void JsonReader::skip_plain() {
  while (offset_ < text_.size() && kIsPlain[static_cast<unsigned char>(text_[offset_])]) ++offset_;
}

bool JsonReader::string(JsonString& result) {
  if (!expect('"')) return false;
  const std::size_t begin = offset_;
  result.offset = begin - 1;
  skip_plain();
  if (offset_ >= text_.size() || text_[offset_] != '"') return string_with_escapes(begin, result.value);
  result.value = text_.substr(begin, offset_ - begin);
  ++offset_;
  return true;
}

// The rest of a string that begins at `begin`, from where it is no longer plain.
bool JsonReader::string_with_escapes(std::size_t begin, std::string_view& value) {
  std::string& decoded = decoded_.emplace_back(text_.substr(begin, offset_ - begin));
  while (offset_ < text_.size()) {
    if (text_[offset_] == '"') {
      ++offset_;
      value = decoded;
      return true;
    }
    if (text_[offset_] != '\\') return fail(offset_, "a control character in a string");
    if (!escape(decoded)) return false;
    const std::size_t plain = offset_;
    skip_plain();
    decoded.append(text_, plain, offset_ - plain);
  }
  return fail(begin - 1, "this string does not end");
}

bool JsonReader::hexadecimal(std::uint32_t& code) {
  constexpr std::size_t kHexadecimalDigits = 4;
  if (text_.size() - offset_ < kHexadecimalDigits) return false;
  const char* begin = text_.data() + offset_;
  if (std::from_chars(begin, begin + kHexadecimalDigits, code, 16).ptr != begin + kHexadecimalDigits)
    return false;
  offset_ += kHexadecimalDigits;
  return true;
}

// An escape, at its backslash.
bool JsonReader::escape(std::string& value) {
  static constexpr std::string_view kLetters = "\"\\/bfnrt";
  static constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
  const std::size_t begin = offset_++;
  const char letter = offset_ < text_.size() ? text_[offset_++] : '\0';
  if (const auto place = kLetters.find(letter); place != std::string_view::npos) {
    value += kValues[place];
    return true;
  }
  std::uint32_t code = 0;
  if (letter != 'u' || !hexadecimal(code)) return fail(begin, "not an escape of JSON");
  if (code >= kFirstSurrogate && code < kFirstLowSurrogate && text_.substr(offset_, 2) == "\\u") {
    offset_ += 2;
    std::uint32_t low = 0;
    if (!hexadecimal(low) || low < kFirstLowSurrogate || low >= kAfterSurrogates) {
      return fail(begin, "half of a surrogate pair");
    }
    code = 0x10000 + ((code - kFirstSurrogate) << 10) + (low - kFirstLowSurrogate);
  }
  if (code >= kFirstSurrogate && code < kAfterSurrogates) return fail(begin, "half of a surrogate pair");
  if (code == 0) return fail(begin, "a NUL in a string");
  return append_utf8(value, code);
}

bool JsonReader::literal(std::string_view word) {
  if (text_.substr(offset_, word.size()) != word) return fail(offset_, "not a value of JSON");
  offset_ += word.size();
  return true;
}

bool JsonReader::number() {
  const std::size_t begin = offset_;
  const auto digits = [&] {
    const std::size_t first = offset_;
    while (offset_ < text_.size() && is_digit(text_[offset_])) ++offset_;
    return offset_ - first;
  };
  const auto is_here = [&](std::string_view characters) {
    return offset_ < text_.size() && characters.find(text_[offset_]) != std::string_view::npos;
  };
  if (is_here("-")) ++offset_;
  const bool begins_with_zero = is_here("0");
  const std::size_t whole = digits();
  bool is_good = whole > 0 && (!begins_with_zero || whole == 1);
  if (is_here(".")) {
    ++offset_;
    is_good = digits() > 0 && is_good;
  }
  if (is_here("eE")) {
    ++offset_;
    if (is_here("+-")) ++offset_;
    is_good = digits() > 0 && is_good;
  }
  return is_good || fail(begin, "not a number of JSON");
}

bool JsonReader::integer(std::int64_t& result) {
  const std::size_t begin = offset();
  if (peek() != JsonKind::number || !number()) return fail(begin, "an integer is wanted here");
  const char* end = text_.data() + offset_;
  const auto read = std::from_chars(text_.data() + begin, end, result);
  return (read.ec == std::errc{} && read.ptr == end) || fail(begin, "not an integer of 64 bits");
}

bool JsonReader::boolean(bool& result) {
  if (peek() != JsonKind::boolean) return fail(offset_, "true or false is wanted here");
  result = text_[offset_] == 't';
  return literal(result ? "true" : "false");
}

void JsonReader::pass_object() {
  const auto quote_from = [&](std::size_t offset) { return std::min(text_.find('"', offset), text_.size()); };
  std::size_t open = 0;
  while (offset_ < text_.size()) {
    const char character = text_[offset_++];
    if (character == '{') ++open;
    if (character == '}' && --open == 0) return;
    if (character != '"') continue;
    std::size_t end = quote_from(offset_);
    while (end < text_.size() && is_escaped(text_, end)) end = quote_from(end + 1);
    offset_ = std::min(end + 1, text_.size());
  }
}

bool JsonReader::skip() {
  switch (peek()) {
    case JsonKind::object:
      return object([&](const JsonString&) { skip(); });
    case JsonKind::array:
      return array([&] { skip(); });
    case JsonKind::text: {
      JsonString ignored;
      return string(ignored);
    }
    case JsonKind::number:
      return number();
    case JsonKind::boolean:
      return literal(text_[offset_] == 't' ? "true" : "false");
    case JsonKind::null:
      return literal("null");
    case JsonKind::bad:
      break;
  }
  return fail(offset_, offset_ >= text_.size() ? "the text ends too early: a value is missing here"
                                               : "a value is missing here");
}

std::size_t offset_in_string(std::string_view text, std::size_t quote, std::size_t decoded) {
  constexpr std::size_t kUnicodeEscape = 6;  // \u0041
  std::size_t offset = quote + 1;
  std::size_t done = 0;
  while (done < decoded && offset < text.size()) {
    if (text[offset] != '\\') {
      ++offset;
      ++done;
    } else if (offset + 1 < text.size() && text[offset + 1] == 'u') {
      // The value of one escape, or of a pair, read on its own.
      const bool is_pair = text.substr(offset + kUnicodeEscape, 2) == "\\u";
      const std::string pair = "\"" + std::string(text.substr(offset, kUnicodeEscape * 2)) + "\"";
      const std::string single = "\"" + std::string(text.substr(offset, kUnicodeEscape)) + "\"";
      DecodedStrings strings;
      JsonString value;
      const bool is_single = JsonReader(single, strings).string(value);
      if (!is_single && !(is_pair && JsonReader(pair, strings).string(value))) break;
      if (done + value.value.size() > decoded) break;
      done += value.value.size();
      offset += is_single ? kUnicodeEscape : 2 * kUnicodeEscape;
    } else {
      offset += 2;
      ++done;
    }
  }
  return std::min(offset, text.size());
}

namespace {

// Whether all bytes are ASCII and not NUL, as in most files: eight are looked at at a time.
bool is_plain_ascii(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::uint64_t word = 0;
  std::uint64_t suspect = 0;
  for (; text.size() >= sizeof word; text.remove_prefix(sizeof word)) {
    std::memcpy(&word, text.data(), sizeof word);
    suspect |= word | (word - kOnes);  // the high bit of a byte is set when it is not ASCII, or NUL
  }
  return (suspect & kHighBits) == 0 && std::ranges::all_of(text, [](char byte) { return byte > 0; });
}

}  // namespace

std::size_t first_bad_byte(std::string_view text) {
  if (is_plain_ascii(text)) return std::string_view::npos;
  const std::string valid = to_valid_utf8(text);
  const auto [wrong, right] = std::ranges::mismatch(text, valid);
  return wrong == text.end() ? std::string_view::npos : static_cast<std::size_t>(wrong - text.begin());
}

}  // namespace preflight
