// Reads a launcher's variables and remembers the first thing that is wrong with them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "smoke/launcher.hpp"

namespace preflight::smoke {

class LaunchVariables {
 public:
  // `variables` must outlive this.
  explicit LaunchVariables(const Variables& variables) : variables_(variables) {}

  // The value; an empty one counts as not set.
  std::optional<std::string_view> text(std::string_view name) const;

  // The first of the names that is set.
  std::optional<std::string_view> first_text(std::initializer_list<std::string_view> names) const;

  bool has(std::string_view name) const { return text(name).has_value(); }

  // A whole number from 0 to a million; nothing when not set. What isn't one is a problem.
  std::optional<int> number(std::string_view name);

  // The first of the names that is set; it is a problem when none is.
  int needed_number(std::initializer_list<std::string_view> names, std::string_view remedy);

  void fail(ErrorKind kind, std::string message);
  const std::optional<Error>& problem() const { return problem_; }

 private:
  const Variables& variables_;
  std::optional<Error> problem_;
};

}  // namespace preflight::smoke
