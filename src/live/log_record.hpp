// One record of the kernel's log, in the form that Documentation/ABI/testing/dev-kmsg of the kernel gives
// /dev/kmsg: "6,1571,20967769557,-;text", then lines of keys and values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace preflight::live {

struct LogRecord {
  bool is_of_kernel = false;  // facility 0, which no program can give to what it writes there
  std::int64_t seconds = 0;   // from the boot
  std::string_view text;      // part of what was parsed; the kernel escapes what is not printable ASCII
};

// Nothing for what is no record.
std::optional<LogRecord> parse_log_record(std::string_view record);

}  // namespace preflight::live
