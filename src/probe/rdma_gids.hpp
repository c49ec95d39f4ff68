// The addresses (GIDs) in the tables of an RDMA device's ports.
#pragma once

#include <string>
#include <vector>

#include "facts/value.hpp"
#include "target/file_tree.hpp"

namespace preflight::probe {

// Records of the fact rdma.gids, of one port whose directory in sysfs this is. Empty places are left out, and
// so is what lies beyond the first 32: tables have up to 256.
Result<facts::List> read_gids(const target::FileTree& files, const std::string& port, std::int64_t number);

}  // namespace preflight::probe
