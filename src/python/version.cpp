#include "python/version.hpp"

#include <algorithm>

#include "python/characters.hpp"
#include "python/version_scanner.hpp"

namespace preflight::python {

namespace {

// Digit strings without leading zeros.
std::weak_ordering compare_numbers(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return left.size() <=> right.size();
  return left.compare(right) <=> 0;
}

// Cuts the text up to the next dot off the front.
std::string_view take_component(std::string_view& text) {
  const std::size_t dot = std::min(text.find('.'), text.size());
  const std::string_view component = text.substr(0, dot);
  text.remove_prefix(std::min(dot + 1, text.size()));
  return component;
}

std::string_view take_number_or_zero(std::string_view& release) {
  return release.empty() ? "0" : take_component(release);
}

// A version with only a dev segment comes before the alpha releases, a final one after the candidates.
int pre_rank(const Version& version) {
  if (!version.pre().empty()) {
    return version.pre().front() == 'a' ? 1 : (version.pre().front() == 'b' ? 2 : 3);
  }
  return version.is_devrelease() && !version.is_postrelease() ? 0 : 4;
}

std::string_view pre_number(const Version& version) {
  const std::string_view pre = version.pre();
  return pre.substr(std::min(pre.size(), std::size_t{pre.starts_with("rc") ? 2U : 1U}));
}

// None < words < numbers; a shorter label comes before a longer one that begins with it.
std::weak_ordering compare_locals(std::string_view left, std::string_view right) {
  while (!left.empty() && !right.empty()) {
    const std::string_view a = take_component(left);
    const std::string_view b = take_component(right);
    const bool a_is_number = std::all_of(a.begin(), a.end(), is_digit);
    const bool b_is_number = std::all_of(b.begin(), b.end(), is_digit);
    if (a_is_number != b_is_number) return a_is_number <=> b_is_number;
    const std::weak_ordering order = a_is_number ? compare_numbers(a, b) : a.compare(b) <=> 0;
    if (order != 0) return order;
  }
  return !left.empty() <=> !right.empty();
}

}  // namespace

std::string_view Version::epoch() const {
  return release_begin_ == 0 ? std::string_view("0") : view(0, release_begin_ - 1);
}

std::string_view Version::post() const {
  return is_postrelease() ? view(pre_end_ + std::string_view(".post").size(), post_end_) : std::string_view();
}

std::string_view Version::dev() const {
  return is_devrelease() ? view(post_end_ + std::string_view(".dev").size(), dev_end_) : std::string_view();
}

std::string_view Version::local() const {
  return dev_end_ < text_.size() ? view(dev_end_ + 1, text_.size()) : std::string_view();
}

Result<Version> parse_version(std::string_view text) {
  VersionScanner scanner(strip(text));
  if (scanner.read_release()) {
    scanner.read_suffixes();
    scanner.read_local();
    if (scanner.rest().empty()) return scanner.take();
  }
  return Error{ErrorKind::malformed, "not a PEP 440 version"};
}

std::weak_ordering compare_releases(std::string_view left, std::string_view right) {
  while (!left.empty() || !right.empty()) {
    const std::weak_ordering order = compare_numbers(take_number_or_zero(left), take_number_or_zero(right));
    if (order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

bool release_starts_with(std::string_view release, std::string_view prefix) {
  while (!prefix.empty()) {
    if (take_number_or_zero(release) != take_component(prefix)) return false;
  }
  return true;
}

std::weak_ordering compare_public(const Version& left, const Version& right) {
  if (left.public_text() == right.public_text()) return std::weak_ordering::equivalent;
  if (const auto order = compare_numbers(left.epoch(), right.epoch()); order != 0) return order;
  if (const auto order = compare_releases(left.release(), right.release()); order != 0) return order;
  if (const auto order = pre_rank(left) <=> pre_rank(right); order != 0) return order;
  if (const auto order = compare_numbers(pre_number(left), pre_number(right)); order != 0) return order;
  // An absent post number is empty, thus shorter than any.
  if (const auto order = compare_numbers(left.post(), right.post()); order != 0) return order;
  if (left.is_devrelease() != right.is_devrelease()) return right.is_devrelease() <=> left.is_devrelease();
  return compare_numbers(left.dev(), right.dev());
}

std::weak_ordering operator<=>(const Version& left, const Version& right) {
  const std::weak_ordering order = compare_public(left, right);
  return order != 0 ? order : compare_locals(left.local(), right.local());
}

}  // namespace preflight::python
