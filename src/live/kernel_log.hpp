// What the kernel of this host has logged about its GPUs. No driver is called, and nothing waits: the log is
// in memory, and the device is opened so that its end is an answer.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <sys/types.h>

#include "facts/document.hpp"
#include "live/xid_log.hpp"
#include "support/result.hpp"
#include "support/worker.hpp"

namespace preflight::live {

constexpr const char* kKernelLog = "/dev/kmsg";

// Reads the next record as read(2) of /dev/kmsg does: -1 and errno EAGAIN at the end, EPIPE after records
// that were overwritten.
using ReadRecord = std::function<ssize_t(std::span<char>)>;

struct LogLimits {
  std::size_t records = 1'000'000;
  std::size_t bytes = std::size_t{128} << 20;
  Clock::time_point until;
};

// The log from its oldest record to its end. An error when a limit is reached before: what is missing then
// would be the newest.
Result<XidLog> read_xids(const ReadRecord& read, const LogLimits& limits);

// Writes the facts of kernel_log, in half a second at most.
void read_kernel_log(facts::Document& document, const std::string& path = kKernelLog);

}  // namespace preflight::live
