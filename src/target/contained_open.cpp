#include "target/contained_open.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <vector>

#include "support/text.hpp"

namespace preflight::target {

namespace {

constexpr int kMostLinks = 40;            // the kernel's own limit (path_resolution(7))
constexpr std::size_t kMostLevels = 256;  // one descriptor each

// Text of a symbolic link that an O_PATH descriptor stands for.
Result<std::string> link_text(const Descriptor& link) {
  std::array<char, 4096> buffer{};
  const auto size = ::readlinkat(link.number(), "", buffer.data(), buffer.size());
  if (size < 0) return system_error(errno);
  return std::string(buffer.data(), static_cast<std::size_t>(size));
}

bool is_of_type(const Descriptor& file, mode_t type) {
  struct stat status {};
  return ::fstat(file.number(), &status) == 0 && (status.st_mode & S_IFMT) == type;
}

// What the kernel refuses before it looks at any file. A NUL would end the path early.
int refusal_of(const std::string& path) {
  if (path.empty() || path.find('\0') != std::string::npos) return ENOENT;
  return path.size() >= PATH_MAX ? ENAMETOOLONG : 0;
}

}  // namespace

Error system_error(int number) {
  const std::string message = std::strerror(number);
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return {ErrorKind::not_found, message};
    case EACCES:
    case EPERM:
      return {ErrorKind::not_permitted, message};
    case EISDIR:
    case ENXIO:
      return {ErrorKind::wrong_type, message};
    case ELOOP:
    case ENAMETOOLONG:
      return {ErrorKind::malformed, message};
    default:
      return {ErrorKind::io, message};
  }
}

Result<Descriptor> open_contained(const Descriptor& root, const std::string& path, LastLink last) {
  if (const int refused = refusal_of(path); refused != 0) return system_error(refused);
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC | (last == LastLink::keep ? O_NOFOLLOW : 0U);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const long number = ::syscall(SYS_openat2, root.number(), path.c_str(), &how, sizeof how);
  if (number >= 0) return Descriptor(static_cast<int>(number));
  if (errno == ENOSYS || errno == EPERM || errno == EAGAIN) return walk_contained(root, path, last);
  return system_error(errno);
}

Result<Descriptor> walk_contained(const Descriptor& root, const std::string& path, LastLink last,
                                  std::string* resolved) {
  if (const int refused = refusal_of(path); refused != 0) return system_error(refused);
  std::deque<std::string> todo;
  for (const auto piece : split(path, '/')) todo.emplace_back(piece);
  std::vector<std::string> names;       // where we are, below the root
  std::vector<Descriptor> directories;  // one for each name
  int links = 0;
  while (!todo.empty()) {
    const std::string name = std::move(todo.front());
    todo.pop_front();
    const Descriptor& directory = directories.empty() ? root : directories.back();
    if (name.empty()) {  // a slash follows
      if (!is_of_type(directory, S_IFDIR)) return system_error(ENOTDIR);
      continue;
    }
    if (name == "." || name == "..") {
      // Fails where the kernel would: below what is no directory or may not be searched.
      const Descriptor same(::openat(directory.number(), ".", O_PATH | O_CLOEXEC));
      if (!same) return system_error(errno);
      if (name == ".." && !names.empty()) {
        names.pop_back();
        directories.pop_back();
      }
      continue;
    }
    Descriptor next(::openat(directory.number(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!next) return system_error(errno);
    if (is_of_type(next, S_IFLNK) && (last == LastLink::follow || !todo.empty())) {
      if (++links > kMostLinks) return system_error(ELOOP);
      auto text = link_text(next);
      if (!text) return text.error();
      const auto pieces = split(*text, '/');
      todo.insert(todo.begin(), pieces.begin(), pieces.end());
      if (text->starts_with('/')) {
        names.clear();
        directories.clear();
      }
      continue;
    }
    if (names.size() >= kMostLevels) return system_error(ENAMETOOLONG);
    names.push_back(name);
    directories.push_back(std::move(next));
  }
  if (resolved != nullptr) *resolved = "/" + join(names, "/");
  if (!directories.empty()) return std::move(directories.back());
  Descriptor top(::openat(root.number(), ".", O_PATH | O_CLOEXEC));
  if (!top) return system_error(errno);
  return top;
}

}  // namespace preflight::target
