#include "probe/pci_config.hpp"

#include <cstdint>

namespace preflight::probe {

namespace {

constexpr std::size_t kConventionalSize = 256;  // all that a device without extended capabilities has
constexpr std::size_t kExtendedSize = 4096;
constexpr std::uint32_t kAcsCapability = 0x000d;
constexpr std::size_t kAcsControl = 6;                // offset of its control register
constexpr std::uint32_t kRequestRedirect = 1U << 2U;  // P2P Request Redirect Enable

std::uint32_t word_at(std::string_view config, std::size_t offset) {
  const auto byte = [&](std::size_t at) {
    return std::uint32_t{static_cast<unsigned char>(config[offset + at])};
  };
  return byte(0) | byte(1) << 8U;
}

}  // namespace

AcsRedirect acs_redirect(std::string_view config) {
  if (config.size() < kConventionalSize) return AcsRedirect::not_shown;
  if (config.size() == kConventionalSize) return AcsRedirect::none;
  // Capabilities start at multiples of four: no list without a loop has more.
  constexpr std::size_t kMostCapabilities = (kExtendedSize - kConventionalSize) / 4;
  std::size_t offset = kConventionalSize;
  for (std::size_t count = 0; count < kMostCapabilities; ++count) {
    if (offset < kConventionalSize || offset + kAcsControl + 2 > config.size()) return AcsRedirect::none;
    const auto id = word_at(config, offset);
    if (id == kAcsCapability) {
      const bool on = (word_at(config, offset + kAcsControl) & kRequestRedirect) != 0;
      return on ? AcsRedirect::on : AcsRedirect::off;
    }
    offset = word_at(config, offset + 2) >> 4U & 0xffcU;
    if (offset == 0) return AcsRedirect::none;
  }
  return AcsRedirect::none;
}

}  // namespace preflight::probe
