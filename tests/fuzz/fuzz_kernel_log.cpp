// The kernel's log is read whatever it holds: each line of the input is a record.
#include <cstddef>
#include <cstdint>

#include "live/xid_log.hpp"
#include "support/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace preflight;
  live::XidLog log;
  for (const auto line : lines({reinterpret_cast<const char*>(data), size})) {
    const auto record = live::parse_log_record(line);
    if (record) log.add(*record);
    static_cast<void>(live::parse_xid(line));
  }
  facts::Document document;
  facts::SubjectWriter host(document, "host", "host");
  log.write(host, "input");
  return 0;
}
