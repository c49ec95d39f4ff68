// The Xid lines of a log, brought together by GPU and code, so that a flood of one code doesn't hide another.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "facts/writer.hpp"
#include "live/log_record.hpp"
#include "live/xid.hpp"

namespace preflight::live {

class XidLog {
 public:
  // The newest of this many pairs of GPU and code are kept.
  static constexpr std::size_t kMostPairs = 100;

  // The log's records in their order. What programs wrote into the log is left out.
  void add(const LogRecord& record);

  // All facts of kernel_log.
  void write(facts::SubjectWriter& host, std::string_view source) const;

 private:
  struct Entry {
    Xid newest;
    std::int64_t count = 0;
    std::int64_t first = 0;  // seconds from the boot
    std::int64_t last = 0;
    bool is_current = true;  // since the driver's module was loaded
  };

  void add(Xid xid, std::int64_t seconds);

  std::vector<Entry> entries_;  // by their last line
  std::int64_t lines_ = 0;
  std::optional<std::int64_t> since_;
};

}  // namespace preflight::live
