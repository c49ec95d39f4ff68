#include "target/contained_open.hpp"

#include <array>
#include <cerrno>
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

constexpr int kMostLinks = 40;  // the kernel's own limit (path_resolution(7))
constexpr std::size_t kMostComponents = 4096;

// Text of a symbolic link that an O_PATH descriptor stands for.
Result<std::string> link_text(const Descriptor& link) {
  std::array<char, 4096> buffer{};
  const auto size = ::readlinkat(link.number(), "", buffer.data(), buffer.size());
  if (size < 0) return system_error(errno);
  return std::string(buffer.data(), static_cast<std::size_t>(size));
}

bool is_link(const Descriptor& file) {
  struct stat status {};
  return ::fstat(file.number(), &status) == 0 && S_ISLNK(status.st_mode);
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
  std::deque<std::string> todo;
  for (const auto piece : split(path, '/')) todo.emplace_back(piece);
  std::vector<std::string> names;       // where we are, below the root
  std::vector<Descriptor> directories;  // one for each name
  int links = 0;
  while (!todo.empty()) {
    const std::string name = std::move(todo.front());
    todo.pop_front();
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      if (!names.empty()) {
        names.pop_back();
        directories.pop_back();
      }
      continue;
    }
    const Descriptor& directory = directories.empty() ? root : directories.back();
    Descriptor next(::openat(directory.number(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!next) return system_error(errno);
    if (is_link(next) && (last == LastLink::follow || !todo.empty())) {
      if (++links > kMostLinks) return system_error(ELOOP);
      auto text = link_text(next);
      if (!text) return text.error();
      const auto pieces = split(*text, '/');
      if (todo.size() + pieces.size() > kMostComponents) return system_error(ENAMETOOLONG);
      todo.insert(todo.begin(), pieces.begin(), pieces.end());
      if (text->starts_with('/')) {
        names.clear();
        directories.clear();
      }
      continue;
    }
    if (names.size() >= 256) return system_error(ENAMETOOLONG);  // one descriptor a level
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
