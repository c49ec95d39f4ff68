#include "smoke/launch_variables.hpp"

#include <vector>

#include "support/text.hpp"

namespace preflight::smoke {

std::optional<std::string_view> LaunchVariables::text(std::string_view name) const {
  const auto found = variables_.find(name);
  if (found == variables_.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

std::optional<std::string_view> LaunchVariables::first_text(
    std::initializer_list<std::string_view> names) const {
  for (const auto name : names) {
    if (const auto value = text(name)) return value;
  }
  return std::nullopt;
}

std::optional<int> LaunchVariables::number(std::string_view name) {
  constexpr long long kMost = 1'000'000;
  const auto value = text(name);
  if (!value) return std::nullopt;
  const auto number = to_integer(*value);
  if (!number || *number < 0 || *number > kMost) {
    fail(ErrorKind::malformed, std::string(name) + " is '" + std::string(value->substr(0, 80)) +
                                   "', not a whole number up to a million");
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

int LaunchVariables::needed_number(std::initializer_list<std::string_view> names, std::string_view remedy) {
  std::vector<std::string> listed;
  for (const auto name : names) {
    if (has(name)) return number(name).value_or(0);
    listed.emplace_back(name);
  }
  std::string message = join(listed, " or ") + " is not set";
  if (!remedy.empty()) message += ": " + std::string(remedy);
  fail(ErrorKind::not_found, std::move(message));
  return 0;
}

void LaunchVariables::fail(ErrorKind kind, std::string message) {
  if (!problem_) problem_ = Error{kind, std::move(message)};
}

}  // namespace preflight::smoke
