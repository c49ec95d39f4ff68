#include "live/xid_log.hpp"

#include <algorithm>
#include <utility>

namespace preflight::live {

void XidLog::add(const LogRecord& record) {
  if (!since_) since_ = record.seconds;
  if (!record.is_of_kernel) return;
  if (tells_of_module_load(record.text)) {
    for (auto& entry : entries_) entry.is_current = false;
  } else if (auto xid = parse_xid(record.text)) {
    add(std::move(*xid), record.seconds);
  }
}

void XidLog::add(Xid xid, std::int64_t seconds) {
  ++lines_;
  const auto same = std::find_if(entries_.begin(), entries_.end(), [&xid](const Entry& entry) {
    return entry.newest.code == xid.code && entry.newest.address == xid.address;
  });
  Entry entry;
  entry.first = seconds;
  if (same != entries_.end()) {
    entry = std::move(*same);
    entries_.erase(same);
  } else if (entries_.size() == kMostPairs) {
    entries_.erase(entries_.begin());
  }
  entry.newest = std::move(xid);
  ++entry.count;
  entry.last = seconds;
  entry.is_current = true;
  entries_.push_back(std::move(entry));
}

void XidLog::write(facts::SubjectWriter& host, std::string_view source) const {
  facts::List xids;
  for (const auto& entry : entries_) {
    xids.emplace_back(facts::Map{{"address", entry.newest.address},
                                 {"xid", entry.newest.code},
                                 {"count", entry.count},
                                 {"first", entry.first},
                                 {"last", entry.last},
                                 {"current", entry.is_current},
                                 {"pid", entry.newest.pid},
                                 {"process", entry.newest.process},
                                 {"text", entry.newest.text}});
  }
  host.set("kernel_log.xids", std::move(xids), source);
  host.set("kernel_log.xid_lines", lines_, source);
  if (since_) host.set("kernel_log.since", *since_, source);
  if (!since_) host.absent("kernel_log.since", source);
}

}  // namespace preflight::live
