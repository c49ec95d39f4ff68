// The TCP ports on which someone listens, as /proc/net/tcp and /proc/net/tcp6 show them.
#pragma once

#include <set>
#include <string_view>

namespace preflight::probe {

// Adds the ports of one of the files.
void add_listening_ports(std::string_view text, std::set<int>& ports);

}  // namespace preflight::probe
