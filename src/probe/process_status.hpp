// What /proc/PID/status and /proc/PID/limits say (proc(5)).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace preflight::probe {

constexpr std::string_view kStatusPath = "/proc/self/status";

// The text after "NAME:" in /proc/PID/status; empty when there is no such line.
std::optional<std::string_view> status_field(std::string_view status, std::string_view name);

// Names of the capabilities in a mask as CapEff has it, sorted by number; empty when it is no such mask. Bits
// that have no name here are called CAP_41 and so on.
std::optional<std::vector<std::string>> capability_names(std::string_view mask);

// "disabled", "strict" or "filter" of the number after "Seccomp:"; empty for any other.
std::string_view seccomp_mode(std::string_view number);

struct Unlimited {
  friend bool operator==(Unlimited, Unlimited) = default;
};
using Limit = std::variant<Unlimited, std::int64_t>;

// The soft limit in the line of /proc/PID/limits that begins with `name` ("Max locked memory").
std::optional<Limit> soft_limit(std::string_view limits, std::string_view name);

}  // namespace preflight::probe
