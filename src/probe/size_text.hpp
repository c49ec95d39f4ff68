// Sizes as mount options have them: "65536k", "2g", "1048576".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace preflight::probe {

// Bytes; the units k, m and g (of either case) are powers of 1024. Empty for anything else, "50%" included.
std::optional<std::int64_t> parse_size(std::string_view text);

}  // namespace preflight::probe
