// A reader of JSON text (RFC 8259) that goes forward once, keeps places, and makes no tree: the rules and
// tables are read at every run, and what is wrong in them is reported by line and column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "support/position.hpp"

namespace preflight {

enum class JsonKind { object, array, text, number, boolean, null, bad };

struct JsonString {
  std::string_view value;  // of the text that is read; decoded, when it is written with escapes
  std::size_t offset = 0;  // of the opening quote
};

// Strings that were written with escapes, decoded. They stay where they are when it grows or is moved.
using DecodedStrings = std::deque<std::string>;

// After a problem every function returns false and reads nothing.
class JsonReader {
 public:
  // `text` and `decoded` must outlive what is read. `offset`: where the value begins.
  JsonReader(std::string_view text, DecodedStrings& decoded, std::size_t offset = 0)
      : text_(text), decoded_(decoded), offset_(offset) {}

  // The kind of the next value, and where it begins.
  JsonKind peek();
  std::size_t offset();

  // Calls `member(key)` for each member; it must read or skip the value.
  template <class Member>
  bool object(const Member& member);
  // Calls `item()` for each item; it must read or skip the value.
  template <class Item>
  bool array(const Item& item);

  bool string(JsonString& result);
  bool integer(std::int64_t& result);
  bool boolean(bool& result);
  bool skip();
  // As skip(), of an object that is known to be good: nothing is checked, and it is several times as fast.
  void pass_object();

  // Only white space may follow the value.
  bool end();

  const std::optional<Issue>& problem() const { return problem_; }
  bool fail(std::size_t offset, std::string message);

 private:
  void skip_space();
  bool take(char character);
  bool expect(char character);
  bool enter();
  bool literal(std::string_view word);
  bool number();
  void skip_plain();
  bool string_with_escapes(std::size_t begin, std::string_view& value);
  bool escape(std::string& value);
  bool hexadecimal(std::uint32_t& code);

  std::string_view text_;
  DecodedStrings& decoded_;
  std::size_t offset_ = 0;
  std::size_t depth_ = 0;
  std::optional<Issue> problem_;
};

// Where in the JSON text the byte `decoded` of a string's value comes from; `quote` is where the string
// opens.
std::size_t offset_in_string(std::string_view text, std::size_t quote, std::size_t decoded);

// The first byte that is not part of valid UTF-8, or is NUL; npos when there is none.
std::size_t first_bad_byte(std::string_view text);

template <class Member>
bool JsonReader::object(const Member& member) {
  if (!expect('{') || !enter()) return false;
  if (!take('}')) {
    do {
      JsonString key;
      if (!string(key) || !expect(':')) return false;
      member(key);
      if (problem_) return false;
    } while (take(','));
    if (!expect('}')) return false;
  }
  --depth_;
  return true;
}

template <class Item>
bool JsonReader::array(const Item& item) {
  if (!expect('[') || !enter()) return false;
  if (!take(']')) {
    do {
      item();
      if (problem_) return false;
    } while (take(','));
    if (!expect(']')) return false;
  }
  --depth_;
  return true;
}

}  // namespace preflight
