#include "probe/listening_ports.hpp"

#include "support/text.hpp"

namespace preflight::probe {

void add_listening_ports(std::string_view text, std::set<int>& ports) {
  constexpr std::string_view kListening = "0A";  // TCP_LISTEN
  for (const auto line : lines(text)) {
    const auto columns = words(line);  // number, local address, remote address, state, ...
    if (columns.size() < 4 || columns[3] != kListening) continue;
    const auto colon = columns[1].find(':');
    if (colon == std::string_view::npos) continue;
    const auto port = hexadecimal_number(columns[1].substr(colon + 1));
    if (port && *port <= 0xffff) ports.insert(static_cast<int>(*port));
  }
}

}  // namespace preflight::probe
