#include "live/log_record.hpp"

#include "support/text.hpp"

namespace preflight::live {

std::optional<LogRecord> parse_log_record(std::string_view record) {
  constexpr unsigned kFacilityShift = 3;  // the lower bits are the level
  constexpr std::int64_t kMicroseconds = 1'000'000;
  const auto semicolon = record.find(';');
  if (semicolon == std::string_view::npos) return std::nullopt;
  const auto fields = split(record.substr(0, semicolon), ',');
  if (fields.size() < 3) return std::nullopt;
  const auto priority = to_integer(fields[0]);
  const auto time = to_integer(fields[2]);
  if (!priority || *priority < 0 || !time || *time < 0) return std::nullopt;
  const auto text = record.substr(semicolon + 1);
  return LogRecord{*priority >> kFacilityShift == 0, *time / kMicroseconds, text.substr(0, text.find('\n'))};
}

}  // namespace preflight::live
