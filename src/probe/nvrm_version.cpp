#include "probe/nvrm_version.hpp"

#include "support/text.hpp"
#include "support/version.hpp"

namespace preflight::probe {

std::optional<NvrmVersion> parse_nvrm_version(std::string_view text) {
  for (const auto line : lines(text)) {
    if (!line.starts_with("NVRM version:")) continue;
    constexpr std::string_view kModule = "Kernel Module";
    const auto module = line.find(kModule);
    if (module == std::string_view::npos) return std::nullopt;
    // "Kernel Module  535.104.05  Sat Aug ..." or "Kernel Module for x86_64  535.104.05  Release Build ...".
    for (const auto word : words(line.substr(module + kModule.size()))) {
      const auto version = parse_dotted_version(word);
      if (!version || version->numbers.size() < 2) continue;
      return NvrmVersion{std::string(word), line.substr(0, module).ends_with("Open ")};
    }
  }
  return std::nullopt;
}

}  // namespace preflight::probe
