#include "probe/rdma_gids.hpp"

#include <algorithm>

#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

constexpr std::int64_t kMostPlaces = 32;

bool is_empty(std::string_view gid) {
  return gid.find_first_not_of("0:") == std::string_view::npos;
}

// "IB/RoCE v1" is what sysfs calls both: it depends on the link.
std::string type_text(const target::FileTree& files, const std::string& path) {
  const auto type = read_trimmed(files, path);
  if (!type) return "";
  return *type == "IB/RoCE v1" ? "RoCE v1" : *type;
}

}  // namespace

Result<facts::List> read_gids(const target::FileTree& files, const std::string& port, std::int64_t number) {
  facts::List gids;
  for (std::int64_t index = 0; index < kMostPlaces; ++index) {
    const auto place = std::to_string(index);
    const auto gid = read_trimmed(files, port + "/gids/" + place);
    if (!gid && gid.error().kind == ErrorKind::not_found) break;  // the table ends
    if (!gid && gid.error().kind == ErrorKind::io) continue;      // a place of another network namespace
    if (!gid) return gid.error();
    if (is_empty(*gid)) continue;
    const auto interface = read_trimmed(files, port + "/gid_attrs/ndevs/" + place);
    gids.emplace_back(facts::Map{{"port", number},
                                 {"index", index},
                                 {"gid", *gid},
                                 {"type", type_text(files, port + "/gid_attrs/types/" + place)},
                                 {"interface", interface ? *interface : std::string()}});
  }
  return gids;
}

}  // namespace preflight::probe
