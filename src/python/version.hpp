// PEP 440 versions. Behaviour follows Python's `packaging.version.Version`.
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

#include "support/result.hpp"

namespace preflight::python {

// A valid version, kept as its normalized text and the places where its segments end. Numbers of any length
// are compared as digit strings. The default is "0".
class Version {
 public:
  // "1!2.3rc4.post5.dev6+local.7": what `str(Version)` prints.
  [[nodiscard]] const std::string& text() const { return text_; }

  // The text without "+local", and further without pre, post and dev segments.
  [[nodiscard]] std::string_view public_text() const { return view(0, dev_end_); }
  [[nodiscard]] std::string_view base_text() const { return view(0, release_end_); }

  // Digits; "0" where the version names no epoch.
  [[nodiscard]] std::string_view epoch() const;
  // "2.3": numbers and dots, trailing zeros kept.
  [[nodiscard]] std::string_view release() const { return view(release_begin_, release_end_); }
  // "a1", "b1", "rc1"; empty when there is none.
  [[nodiscard]] std::string_view pre() const { return view(release_end_, pre_end_); }
  // The number alone; empty when there is none.
  [[nodiscard]] std::string_view post() const;
  [[nodiscard]] std::string_view dev() const;
  // "ubuntu.1" without the plus sign; empty when there is none.
  [[nodiscard]] std::string_view local() const;

  [[nodiscard]] bool is_prerelease() const { return !pre().empty() || is_devrelease(); }
  [[nodiscard]] bool is_postrelease() const { return post_end_ != pre_end_; }
  [[nodiscard]] bool is_devrelease() const { return dev_end_ != post_end_; }

 private:
  friend class VersionScanner;
  [[nodiscard]] std::string_view view(std::size_t begin, std::size_t end) const {
    return std::string_view(text_).substr(begin, end - begin);
  }

  // Segments lie in the order release, pre ("rc4"), post (".post5"), dev (".dev6"), local ("+local.7"); each
  // begins where the one before ends, and an absent one is empty.
  std::string text_ = "0";
  std::size_t release_begin_ = 0;
  std::size_t release_end_ = 1;
  std::size_t pre_end_ = 1;
  std::size_t post_end_ = 1;
  std::size_t dev_end_ = 1;
};

// Accepts every spelling that PEP 440 allows, with white space around it; anything else is malformed.
Result<Version> parse_version(std::string_view text);

// PEP 440's total order. "1.0" and "1.0.0" are equal, though their texts differ.
std::weak_ordering operator<=>(const Version& left, const Version& right);
inline bool operator==(const Version& left, const Version& right) {
  return (left <=> right) == 0;
}

// The same order without regard to local segments.
std::weak_ordering compare_public(const Version& left, const Version& right);

// The order of two releases ("2.3"), missing numbers counted as zero.
std::weak_ordering compare_releases(std::string_view left, std::string_view right);

// True when `release` begins with all the numbers of `prefix`, missing ones counted as zero.
bool release_starts_with(std::string_view release, std::string_view prefix);

}  // namespace preflight::python
