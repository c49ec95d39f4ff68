// The kernel's IPv4 routes, as /proc/net/route shows them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace preflight::probe {

struct Route {
  std::string interface;
  std::string subnet;   // "10.1.0.0/16"
  std::string gateway;  // empty where the subnet is on the link itself
  std::int64_t metric = 0;

  friend bool operator==(const Route&, const Route&) = default;
};

// Routes that are in use. Lines that are none, and routes that refuse, are passed over.
std::vector<Route> parse_routes(std::string_view text);

}  // namespace preflight::probe
