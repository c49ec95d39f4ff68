#include "support/user_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "support/descriptor.hpp"

namespace preflight {

namespace {

Error system_failure() {
  const ErrorKind kind = errno == ENOENT                     ? ErrorKind::not_found
                         : errno == EACCES || errno == EPERM ? ErrorKind::not_permitted
                                                             : ErrorKind::io;
  return {kind, std::strerror(errno)};
}

Error too_large(std::size_t limit) {
  return {ErrorKind::too_large, "larger than " + std::to_string(limit >> 20) + " MiB"};
}

Result<std::string> read_all(int file, std::size_t limit) {
  constexpr std::size_t kChunk = std::size_t{64} << 10;
  struct stat status {};
  if (::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && std::cmp_greater(status.st_size, limit)) {
    return too_large(limit);
  }
  std::string text;
  for (;;) {
    const std::size_t before = text.size();
    text.resize(before + kChunk);
    const auto count = ::read(file, text.data() + before, kChunk);
    if (count < 0 && errno != EINTR) return system_failure();
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count == 0) return text;
    if (text.size() > limit) return too_large(limit);
  }
}

Result<bool> stream_all(int file, const std::function<void(std::string_view)>& take) {
  std::vector<char> piece(std::size_t{256} << 10);
  for (;;) {
    const auto count = ::read(file, piece.data(), piece.size());
    if (count < 0 && errno != EINTR) return system_failure();
    if (count == 0) return true;
    if (count > 0) take({piece.data(), static_cast<std::size_t>(count)});
  }
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

Result<std::string> read_user_file(const std::string& path, std::size_t limit) {
  if (path == "-") return read_all(STDIN_FILENO, limit);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return system_failure();
  return read_all(file.number(), limit);
}

Result<bool> stream_user_file(const std::string& path, const std::function<void(std::string_view)>& take) {
  if (path == "-") return stream_all(STDIN_FILENO, take);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return system_failure();
  return stream_all(file.number(), take);
}

Result<bool> write_user_file(const std::string& path, std::string_view text) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file || !write_all(file.number(), text)) return system_failure();
    return true;
  }
  const std::string temporary = path + "." + std::to_string(::getpid()) + ".tmp";
  const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file) return system_failure();
  if (!write_all(file.number(), text) || ::rename(temporary.c_str(), path.c_str()) != 0) {
    const Error failure = system_failure();
    ::unlink(temporary.c_str());
    return failure;
  }
  return true;
}

}  // namespace preflight
