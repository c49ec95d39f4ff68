// Opening a path so that symbolic links are resolved below a root directory and never lead out of it.
#pragma once

#include <string>

#include "support/descriptor.hpp"
#include "support/result.hpp"

namespace preflight::target {

enum class LastLink { follow, keep };

// An O_PATH descriptor of `path` below `root`. Uses openat2(2) with RESOLVE_IN_ROOT, and walks the components
// itself where the kernel (before 5.6) or a system call filter doesn't offer that.
Result<Descriptor> open_contained(const Descriptor& root, const std::string& path, LastLink last);

// The walk alone: the same result without openat2, but for paths of more than 256 levels, which are
// malformed. `resolved`, when given, receives the path inside the root.
Result<Descriptor> walk_contained(const Descriptor& root, const std::string& path, LastLink last,
                                  std::string* resolved = nullptr);

// The error of a failed system call.
Error system_error(int number);

}  // namespace preflight::target
