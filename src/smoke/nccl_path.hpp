// One line of NCCL's log about a connection.
#pragma once

#include <optional>
#include <string_view>

#include "smoke/nccl_log.hpp"

namespace preflight::smoke {

constexpr int kMostNcclRank = 1'000'000;

// "Channel 00/0 : 0[0] -> 1[1] [send] via NET/IB/3/GDRDMA", "Channel 02 : 2[c7000] -> 0[87000] via
// SHM/direct/direct", "CollNet 00/0 : 3 [send] via COLLNET/SHARP/0/GDRDMA" (from 3 to 3).
std::optional<NcclPath> parse_nccl_path(std::string_view text);

}  // namespace preflight::smoke
