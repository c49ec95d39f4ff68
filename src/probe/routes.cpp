#include "probe/routes.hpp"

#include <bit>
#include <optional>

#include "support/text.hpp"

namespace preflight::probe {

namespace {

// Columns of the file, and the kernel's flags (RTF_UP, RTF_GATEWAY, RTF_REJECT of linux/route.h).
constexpr std::size_t kInterface = 0;
constexpr std::size_t kDestination = 1;
constexpr std::size_t kGateway = 2;
constexpr std::size_t kFlags = 3;
constexpr std::size_t kMetric = 6;
constexpr std::size_t kMask = 7;
constexpr std::uint64_t kUp = 0x1;
constexpr std::uint64_t kHasGateway = 0x2;
constexpr std::uint64_t kReject = 0x200;

// The file prints addresses in network order as numbers of this machine, which are little-endian here.
std::string address_text(std::uint64_t address) {
  std::string text;
  for (unsigned shift = 0; shift < 32; shift += 8) {
    if (shift > 0) text += '.';
    text += std::to_string(address >> shift & 0xffU);
  }
  return text;
}

std::optional<std::uint64_t> parse_address(std::string_view text) {
  const auto address = hexadecimal_number(text);
  return address && *address <= 0xffff'ffffU ? address : std::nullopt;
}

std::optional<Route> parse_route(std::string_view line) {
  const auto columns = words(line);
  if (columns.size() <= kMask) return std::nullopt;
  const auto destination = parse_address(columns[kDestination]);
  const auto gateway = parse_address(columns[kGateway]);
  const auto flags = hexadecimal_number(columns[kFlags]);
  const auto metric = to_integer(columns[kMetric]);
  const auto mask = parse_address(columns[kMask]);
  if (!destination || !gateway || !flags || !metric || !mask) return std::nullopt;
  if ((*flags & kUp) == 0 || (*flags & kReject) != 0) return std::nullopt;
  Route route;
  route.interface = columns[kInterface];
  route.subnet = address_text(*destination) + "/" + std::to_string(std::popcount(*mask));
  if ((*flags & kHasGateway) != 0) route.gateway = address_text(*gateway);
  route.metric = *metric;
  return route;
}

}  // namespace

std::vector<Route> parse_routes(std::string_view text) {
  std::vector<Route> routes;
  for (const auto line : lines(text)) {
    if (auto route = parse_route(line)) routes.push_back(std::move(*route));
  }
  return routes;
}

}  // namespace preflight::probe
