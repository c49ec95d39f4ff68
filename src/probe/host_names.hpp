// The addresses that /etc/hosts gives to a name: hosts(5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace preflight::probe {

// In their order, each once. Names are compared without regard to case.
std::vector<std::string> addresses_of_name(std::string_view hosts, std::string_view name);

}  // namespace preflight::probe
