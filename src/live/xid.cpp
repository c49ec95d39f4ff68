#include "live/xid.hpp"

#include "live/parts.hpp"
#include "support/text.hpp"

namespace preflight::live {

namespace {

constexpr std::size_t kMostText = 300;     // bytes
constexpr std::size_t kMostProcess = 100;  // bytes; the driver's own limit
constexpr long long kMostCode = 99'999;

// "PCI:0000:3b:00 GPU-I:05" -> "0000:3b:00.0". The driver leaves the function out: a GPU's is 0.
std::string address_of(std::string_view place) {
  constexpr std::string_view kBus = "PCI:";
  if (place.starts_with(kBus)) place.remove_prefix(kBus.size());
  const std::string device(place.substr(0, place.find(' ')));
  return pci_address(device.find('.') == std::string::npos ? device + ".0" : device);
}

// Takes "NAME=value, " from the front of the text; empty when it doesn't begin so.
std::string_view take_field(std::string_view& text, std::string_view name) {
  if (!text.starts_with(name)) return {};
  constexpr std::string_view kEnd = ", ";
  const auto end = text.find(kEnd);
  const auto value = text.substr(0, end).substr(name.size());
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + kEnd.size());
  return value;
}

}  // namespace

std::optional<Xid> parse_xid(std::string_view line) {
  constexpr std::string_view kBegin = "NVRM: Xid (";
  constexpr std::string_view kEndOfPlace = "): ";
  if (!line.starts_with(kBegin)) return std::nullopt;
  line.remove_prefix(kBegin.size());
  const auto end = line.find(kEndOfPlace);
  if (end == std::string_view::npos) return std::nullopt;
  auto rest = line.substr(end + kEndOfPlace.size());
  const auto comma = rest.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const auto code = to_integer(rest.substr(0, comma));
  if (!code || *code < 0 || *code > kMostCode) return std::nullopt;
  rest.remove_prefix(comma + 1);
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  Xid xid;
  xid.address = address_of(line.substr(0, end));
  xid.code = static_cast<int>(*code);
  const auto pid = to_integer(take_field(rest, "pid="));
  if (pid && *pid > 0) xid.pid = *pid;
  const auto process = take_field(rest, "name=");
  if (process != "<unknown>") xid.process = process.substr(0, kMostProcess);
  xid.text = rest.substr(0, kMostText);
  return xid;
}

bool tells_of_module_load(std::string_view line) {
  return line.starts_with("NVRM: loading NVIDIA UNIX ");
}

}  // namespace preflight::live
