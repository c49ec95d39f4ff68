#include "log.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

namespace nccl_double {

namespace {

std::string host_name() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  return name;
}

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string file_name() {
  const std::string pattern = setting("NCCL_DEBUG_FILE");
  std::string name;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const auto mark = pattern.substr(at, 2);
    if (mark == "%h") name += host_name();
    if (mark == "%p") name += std::to_string(::getpid());
    if (mark == "%h" || mark == "%p") {
      ++at;
    } else {
      name += pattern[at];
    }
  }
  return name;
}

void write_line(const std::string& line) {
  const auto name = file_name();
  const int file =
      name.empty() ? STDOUT_FILENO : ::open(name.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) return;
  const auto written = ::write(file, line.data(), line.size());
  static_cast<void>(written);
  if (!name.empty()) ::close(file);
}

std::string prefix() {
  const auto process = std::to_string(::getpid());
  return host_name() + ":" + process + ":" + process + " [0] ";
}

}  // namespace

void log_info(const std::string& text) {
  if (setting("NCCL_DEBUG") == "INFO") write_line(prefix() + "NCCL INFO " + text + "\n");
}

void log_warning(const std::string& place, const std::string& text) {
  const auto level = setting("NCCL_DEBUG");
  if (level == "INFO" || level == "WARN") write_line("\n" + prefix() + place + " NCCL WARN " + text + "\n");
}

void log_version(const std::string& text) {
  if (!setting("NCCL_DEBUG").empty()) write_line("NCCL version " + text + "\n");
}

}  // namespace nccl_double
