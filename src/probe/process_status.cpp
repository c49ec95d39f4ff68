#include "probe/process_status.hpp"

#include <array>
#include <charconv>

#include "support/text.hpp"

namespace preflight::probe {

namespace {

// By number (capabilities(7), include/uapi/linux/capability.h).
constexpr auto kCapabilities = std::to_array<std::string_view>({"CHOWN",
                                                                "DAC_OVERRIDE",
                                                                "DAC_READ_SEARCH",
                                                                "FOWNER",
                                                                "FSETID",
                                                                "KILL",
                                                                "SETGID",
                                                                "SETUID",
                                                                "SETPCAP",
                                                                "LINUX_IMMUTABLE",
                                                                "NET_BIND_SERVICE",
                                                                "NET_BROADCAST",
                                                                "NET_ADMIN",
                                                                "NET_RAW",
                                                                "IPC_LOCK",
                                                                "IPC_OWNER",
                                                                "SYS_MODULE",
                                                                "SYS_RAWIO",
                                                                "SYS_CHROOT",
                                                                "SYS_PTRACE",
                                                                "SYS_PACCT",
                                                                "SYS_ADMIN",
                                                                "SYS_BOOT",
                                                                "SYS_NICE",
                                                                "SYS_RESOURCE",
                                                                "SYS_TIME",
                                                                "SYS_TTY_CONFIG",
                                                                "MKNOD",
                                                                "LEASE",
                                                                "AUDIT_WRITE",
                                                                "AUDIT_CONTROL",
                                                                "SETFCAP",
                                                                "MAC_OVERRIDE",
                                                                "MAC_ADMIN",
                                                                "SYSLOG",
                                                                "WAKE_ALARM",
                                                                "BLOCK_SUSPEND",
                                                                "AUDIT_READ",
                                                                "PERFMON",
                                                                "BPF",
                                                                "CHECKPOINT_RESTORE"});

}  // namespace

std::optional<std::string_view> status_field(std::string_view status, std::string_view name) {
  for (const auto line : lines(status)) {
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':') {
      return trim(line.substr(name.size() + 1));
    }
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> capability_names(std::string_view mask) {
  std::uint64_t bits = 0;
  const auto [end, failed] = std::from_chars(mask.data(), mask.data() + mask.size(), bits, 16);
  if (mask.empty() || failed != std::errc{} || end != mask.data() + mask.size()) return std::nullopt;
  std::vector<std::string> names;
  for (std::size_t number = 0; number < 64; ++number) {
    if ((bits >> number & 1U) == 0) continue;
    std::string name = "CAP_";
    name += number < kCapabilities.size() ? kCapabilities[number] : std::to_string(number);
    names.push_back(std::move(name));
  }
  return names;
}

std::string_view seccomp_mode(std::string_view number) {
  if (number == "0") return "disabled";
  if (number == "1") return "strict";
  if (number == "2") return "filter";
  return {};
}

std::optional<Limit> soft_limit(std::string_view limits, std::string_view name) {
  for (const auto line : lines(limits)) {
    if (!line.starts_with(name) || !line.substr(name.size()).starts_with(' ')) continue;
    const auto columns = words(line.substr(name.size()));
    if (columns.empty()) return std::nullopt;
    if (columns[0] == "unlimited") return Unlimited{};
    const auto number = to_integer(columns[0]);
    if (!number || *number < 0) return std::nullopt;
    return std::int64_t{*number};
  }
  return std::nullopt;
}

}  // namespace preflight::probe
