// The NVIDIA kernel module that is installed for a kernel.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "support/byte_source.hpp"
#include "support/result.hpp"

namespace preflight::probe {

// Path of the nvidia module in the text of a modules.dep(5), as it stands there:
// "updates/dkms/nvidia.ko.zst". Debian names it nvidia-current and the like. Of several the one that depmod
// prefers by default.
std::optional<std::string> find_nvidia_module(std::string_view modules_dep);

// The "version=" of a module's .modinfo section; not_found when it states none.
Result<std::string> read_module_version(const ByteSource& module);

// Whether a signature follows the module: the kernel's mark stands at the very end (kernel/module/signing.c).
Result<bool> is_signed_module(const ByteSource& module);

}  // namespace preflight::probe
