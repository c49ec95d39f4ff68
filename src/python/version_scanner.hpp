// Reads a version at the beginning of a text, as specifiers need it: what follows is the caller's.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "python/version.hpp"

namespace preflight::python {

// Each read_* step takes what its segment can get, in PEP 440's order, and leaves the rest. Only the first
// can fail.
class VersionScanner {
 public:
  explicit VersionScanner(std::string_view text) : rest_(text) {}

  // "v", epoch and release. False when there is no release.
  bool read_release();
  void read_suffixes();  // pre, post, dev
  void read_local();

  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] Version take() { return std::move(version_); }

 private:
  void read_pre();
  void read_post();
  void read_dev();
  std::string_view take_digits();
  bool take_word(std::string_view text, std::string_view word);
  void append_number(std::string_view digits);

  std::string_view rest_;
  Version version_;
};

}  // namespace preflight::python
