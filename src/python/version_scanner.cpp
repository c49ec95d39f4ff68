#include "python/version_scanner.hpp"

#include <algorithm>
#include <array>

#include "python/characters.hpp"
#include "support/text.hpp"

namespace preflight::python {

namespace {

struct Spelling {
  std::string_view written;
  std::string_view normalized;
};

// A word that begins another stands after it.
constexpr std::array<Spelling, 8> kPreSpellings = {{{"alpha", "a"},
                                                    {"beta", "b"},
                                                    {"preview", "rc"},
                                                    {"pre", "rc"},
                                                    {"a", "a"},
                                                    {"b", "b"},
                                                    {"c", "rc"},
                                                    {"rc", "rc"}}};
constexpr std::array<std::string_view, 3> kPostSpellings = {"post", "rev", "r"};

bool is_separator(char c) {
  return c == '.' || c == '_' || c == '-';
}

std::string_view skip_separator(std::string_view text) {
  if (!text.empty() && is_separator(text.front())) text.remove_prefix(1);
  return text;
}

std::string_view without_leading_zeros(std::string_view digits) {
  const std::size_t first = digits.find_first_not_of('0');
  return first == std::string_view::npos ? "0" : digits.substr(first);
}

}  // namespace

std::string_view VersionScanner::take_digits() {
  const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_digit);
  const std::string_view digits = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
  rest_.remove_prefix(digits.size());
  return digits;
}

void VersionScanner::append_number(std::string_view digits) {
  version_.text_ += without_leading_zeros(digits);
}

bool VersionScanner::read_release() {
  version_.text_.clear();
  if (!rest_.empty() && lower(rest_.front()) == 'v') rest_.remove_prefix(1);
  std::string_view number = take_digits();
  if (number.empty()) return false;
  if (rest_.size() >= 2 && rest_[0] == '!' && is_digit(rest_[1])) {
    const std::string_view epoch = without_leading_zeros(number);
    if (epoch != "0") version_.text_.append(epoch).push_back('!');
    rest_.remove_prefix(1);
    number = take_digits();
  }
  version_.release_begin_ = version_.text_.size();
  append_number(number);
  while (rest_.size() >= 2 && rest_[0] == '.' && is_digit(rest_[1])) {
    rest_.remove_prefix(1);
    version_.text_ += '.';
    append_number(take_digits());
  }
  version_.release_end_ = version_.pre_end_ = version_.post_end_ = version_.dev_end_ = version_.text_.size();
  return true;
}

// Takes `word` from the front of `text` (which may stand behind a separator in `rest_`), and the separator
// after it.
bool VersionScanner::take_word(std::string_view text, std::string_view word) {
  if (!equal_ignoring_case(text.substr(0, word.size()), word)) return false;
  rest_ = skip_separator(text.substr(word.size()));
  return true;
}

void VersionScanner::read_pre() {
  const std::string_view text = skip_separator(rest_);
  if (text.empty() || !is_letter(text.front())) return;
  for (const Spelling& spelling : kPreSpellings) {
    if (!take_word(text, spelling.written)) continue;
    version_.text_ += spelling.normalized;
    append_number(take_digits());
    return;
  }
}

void VersionScanner::read_post() {
  if (rest_.size() >= 2 && rest_[0] == '-' && is_digit(rest_[1])) {
    rest_.remove_prefix(1);
    version_.text_ += ".post";
    append_number(take_digits());
    return;
  }
  const std::string_view text = skip_separator(rest_);
  for (const std::string_view word : kPostSpellings) {
    if (!take_word(text, word)) continue;
    version_.text_ += ".post";
    append_number(take_digits());
    return;
  }
}

void VersionScanner::read_dev() {
  if (!take_word(skip_separator(rest_), "dev")) return;
  version_.text_ += ".dev";
  append_number(take_digits());
}

void VersionScanner::read_suffixes() {
  if (!rest_.empty()) read_pre();
  version_.pre_end_ = version_.text_.size();
  if (!rest_.empty()) read_post();
  version_.post_end_ = version_.text_.size();
  if (!rest_.empty()) read_dev();
  version_.dev_end_ = version_.text_.size();
}

void VersionScanner::read_local() {
  char separator = '+';
  while (rest_.size() >= 2 && (separator == '+' ? rest_[0] == '+' : is_separator(rest_[0])) &&
         is_alphanumeric(rest_[1])) {
    rest_.remove_prefix(1);
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_alphanumeric);
    const std::string_view segment = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    version_.text_ += separator;
    if (std::all_of(segment.begin(), segment.end(), is_digit)) {
      append_number(segment);
    } else {
      version_.text_ += to_lower(segment);
    }
    rest_.remove_prefix(segment.size());
    separator = '.';
  }
}

}  // namespace preflight::python
