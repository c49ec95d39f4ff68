#include "live/kernel_log.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <system_error>

#include "support/descriptor.hpp"

namespace preflight::live {

namespace {

constexpr std::chrono::milliseconds kMostTime(500);

Error error_of(int number) {
  if (number == ENOENT) return {ErrorKind::not_found, "it is not shown here"};
  if (number == EPERM || number == EACCES) {
    return {ErrorKind::not_permitted,
            "reading it is not permitted: that takes CAP_SYSLOG, or kernel.dmesg_restrict=0"};
  }
  return {ErrorKind::io, std::generic_category().message(number)};
}

// Some containers have another device, or a file, under this name.
bool is_kernel_log(const struct stat& status) {
  constexpr unsigned kMajor = 1;
  constexpr unsigned kMinor = 11;
  return S_ISCHR(status.st_mode) && major(status.st_rdev) == kMajor && minor(status.st_rdev) == kMinor;
}

Result<Descriptor> open_log(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return error_of(errno);
  if (!is_kernel_log(status)) return Error{ErrorKind::wrong_type, "it is something else here"};
  Descriptor log(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!log) return error_of(errno);
  return log;
}

Result<XidLog> read_log(const std::string& path) {
  const auto log = open_log(path);
  if (!log) return log.error();
  const auto read = [&log](std::span<char> buffer) {
    return ::read(log->number(), buffer.data(), buffer.size());
  };
  LogLimits limits;
  limits.until = Clock::now() + kMostTime;
  return read_xids(read, limits);
}

}  // namespace

Result<XidLog> read_xids(const ReadRecord& read, const LogLimits& limits) {
  // More than the kernel's longest record; a longer one would be skipped (EINVAL).
  std::array<char, std::size_t{16} << 10> buffer;
  XidLog log;
  std::size_t bytes = 0;
  for (std::size_t count = 0; count < limits.records && bytes <= limits.bytes; ++count) {
    if (Clock::now() > limits.until) return Error{ErrorKind::too_large, "it was not read to its end in time"};
    const auto size = read(buffer);
    if (size < 0 && (errno == EPIPE || errno == EINVAL || errno == EINTR)) continue;
    if (size == 0 || (size < 0 && errno == EAGAIN)) return log;
    if (size < 0) return error_of(errno);
    bytes += static_cast<std::size_t>(size);
    const auto record = parse_log_record({buffer.data(), static_cast<std::size_t>(size)});
    if (record) log.add(*record);
  }
  return Error{ErrorKind::too_large, "it is too long"};
}

void read_kernel_log(facts::Document& document, const std::string& path) {
  facts::SubjectWriter host(document, "host", "host");
  const auto log = read_log(path);
  if (log) {
    log->write(host, path);
    return;
  }
  const auto gap =
      log.error().kind == ErrorKind::not_found ? facts::Gap::not_observable : facts::Gap::unreadable;
  host.rest_unknown("kernel_log.", {path + ": " + log.error().message, gap}, path);
}

}  // namespace preflight::live
