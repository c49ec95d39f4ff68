// The kernel's command line, as /proc/cmdline shows it.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace preflight::probe {

// The options that concern GPUs, by name; a flag without a value has an empty one. Double quotes keep spaces
// together (the kernel's "Command-line parameters" document). An option that is given twice has its values
// joined by a space. Names with "-" are written with "_", which the kernel takes for the same.
std::map<std::string, std::string, std::less<>> parse_gpu_kernel_options(std::string_view text);

}  // namespace preflight::probe
