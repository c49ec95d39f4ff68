// What the test tells of NCCL's logs, of one rank or of many.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "smoke/nccl_log.hpp"

namespace preflight::smoke {

// By topic: "network" (Socket, IB), "transport" (P2P/CUMEM, SHM, NET/IB/GDRDMA, NET/Socket, NVLS),
// "interface", "infiniband" (mlx5_0:1/IB), "plugin" (net AWS Libfabric), "warning".
using LogSummary = std::map<std::string, std::set<std::string>>;

LogSummary summary_of(const NcclLog& log);

void add(LogSummary& all, const LogSummary& more);

std::string to_json_text(const LogSummary& summary);
// Empty for what isn't one.
LogSummary log_summary_from(std::string_view json);

// The last few, joined; empty when there are none.
std::string last_warnings(const NcclLog& log);

}  // namespace preflight::smoke
