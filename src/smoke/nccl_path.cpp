#include "smoke/nccl_path.hpp"

#include <string>

#include "support/text.hpp"
#include "support/utf8.hpp"

namespace preflight::smoke {

namespace {

constexpr long long kMostChannel = 1024;

// The number that the text begins with; the text then begins after it.
std::optional<int> take_number(std::string_view& text, long long most) {
  std::size_t size = 0;
  while (size < text.size() && size < 9 && text[size] >= '0' && text[size] <= '9') ++size;
  const auto number = to_integer(text.substr(0, size));
  if (!number || *number > most) return std::nullopt;
  text.remove_prefix(size);
  return static_cast<int>(*number);
}

NcclTransport find_transport(std::string_view name) {
  if (name == "P2P") return NcclTransport::p2p;
  if (name == "SHM") return NcclTransport::shared_memory;
  if (name == "NET") return NcclTransport::net;
  if (name == "COLLNET") return NcclTransport::coll_net;
  return NcclTransport::other;
}

// "NET/IB/3/GDRDMA/Shared", "NET/AWS Libfabric/0(1)/GDRDMA", "P2P/CUMEM/read", "SHM/direct/direct".
void read_way(std::string_view text, NcclPath& path) {
  const auto parts = split(trim(text).substr(0, 200), '/');
  if (parts.empty()) return;
  path.transport = find_transport(parts[0]);
  if (parts.size() > 1) path.via = to_valid_utf8(parts[1]);
  if (path.transport != NcclTransport::net && path.transport != NcclTransport::coll_net) return;
  if (parts.size() > 2) path.device = to_valid_utf8(parts[2].substr(0, parts[2].find('(')));
  for (const auto part : parts) path.gpu_direct = path.gpu_direct || part == "GDRDMA";
}

}  // namespace

std::optional<NcclPath> parse_nccl_path(std::string_view text) {
  const bool collective = text.starts_with("CollNet ");
  if (!collective && !text.starts_with("Channel ")) return std::nullopt;
  text.remove_prefix(8);
  const auto via = text.find(" via ");
  const auto colon = text.find(" : ");
  if (via == std::string_view::npos || colon == std::string_view::npos || colon > via) return std::nullopt;
  auto channel_text = text;
  const auto channel = take_number(channel_text, kMostChannel);
  auto ends = text.substr(colon + 3, via - colon - 3);
  const auto from = take_number(ends, kMostNcclRank);
  if (!channel || !from) return std::nullopt;
  NcclPath path;
  path.from = *from;
  path.to = *from;
  if (!collective) {
    const auto arrow = ends.find(" -> ");
    if (arrow == std::string_view::npos) return std::nullopt;
    ends.remove_prefix(arrow + 4);
    const auto to = take_number(ends, kMostNcclRank);
    if (!to) return std::nullopt;
    path.to = *to;
  }
  path.channels.insert(*channel);
  read_way(text.substr(via + 5), path);
  return path;
}

}  // namespace preflight::smoke
