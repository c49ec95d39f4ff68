#include "probe/nccl_settings.hpp"

#include "support/text.hpp"

namespace preflight::probe {

Variables parse_nccl_settings(std::string_view text) {
  constexpr std::size_t kLongestText = 1023;
  Variables settings;
  for (const auto line : split(text, '\n')) {
    const auto equals = line.find('=');
    if (line.starts_with('#') || equals == std::string_view::npos || equals == 0) continue;
    settings.emplace(line.substr(0, equals).substr(0, kLongestText),
                     line.substr(equals + 1).substr(0, kLongestText));
  }
  return settings;
}

}  // namespace preflight::probe
