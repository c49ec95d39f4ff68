// PCI Express configuration space (PCI Express Base Specification, chapter 7).
#pragma once

#include <string_view>

namespace preflight::probe {

// Whether the Access Control Services of a device redirect peer-to-peer requests to the root complex.
enum class AcsRedirect {
  on,
  off,
  none,       // the device has no such capability
  not_shown,  // the bytes end before that can be told: only root sees more than the first 64
};

// Of the bytes of a device's config file in sysfs. Capability lists that loop or lead outside end there.
AcsRedirect acs_redirect(std::string_view config);

}  // namespace preflight::probe
