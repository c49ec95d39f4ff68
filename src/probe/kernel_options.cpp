#include "probe/kernel_options.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace preflight::probe {

namespace {

constexpr std::size_t kMostOptions = 1000;

// Options of the kernel itself, by their whole name.
constexpr std::array<std::string_view, 14> kNames = {"iommu",
                                                     "intel_iommu",
                                                     "amd_iommu",
                                                     "pci",
                                                     "pcie_aspm",
                                                     "pcie_acs_override",
                                                     "nomodeset",
                                                     "module_blacklist",
                                                     "modprobe.blacklist",
                                                     "rdblacklist",
                                                     "iommu.passthrough",
                                                     "iommu.strict",
                                                     "numa_balancing",
                                                     "nokaslr"};
// Options of modules, by how they begin.
constexpr std::array<std::string_view, 5> kPrefixes = {"nouveau.", "nvidia", "vfio", "nova", "rd.driver."};

bool concerns_gpus(std::string_view name) {
  return std::ranges::find(kNames, name) != kNames.end() ||
         std::ranges::any_of(kPrefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

// The words of the line, quotes removed.
std::vector<std::string> option_words(std::string_view text) {
  std::vector<std::string> found;
  std::string word;
  bool quoted = false;
  const auto finish = [&] {
    if (!word.empty() && found.size() < kMostOptions) found.push_back(std::move(word));
    word.clear();
  };
  for (const char character : text) {
    if (character == '"') {
      quoted = !quoted;
    } else if (!quoted && (character == ' ' || character == '\t' || character == '\n')) {
      finish();
    } else {
      word += character;
    }
  }
  finish();
  return found;
}

}  // namespace

std::map<std::string, std::string, std::less<>> parse_gpu_kernel_options(std::string_view text) {
  std::map<std::string, std::string, std::less<>> options;
  for (const auto& word : option_words(text)) {
    if (word == "--") break;  // what follows is for init
    const auto equals = word.find('=');
    std::string name = word.substr(0, equals);
    std::ranges::replace(name, '-', '_');
    if (!concerns_gpus(name)) continue;
    const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
    auto& known = options[name];
    known += (known.empty() || value.empty() ? "" : " ") + value;
  }
  return options;
}

}  // namespace preflight::probe
