#include "target/directory_tree.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include "target/contained_open.hpp"

namespace preflight::target {

namespace {

constexpr std::size_t kMostEntries = 100'000;

FileKind kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return FileKind::directory;
  if (S_ISLNK(mode)) return FileKind::link;
  if (S_ISCHR(mode)) return FileKind::character_device;
  if (S_ISBLK(mode)) return FileKind::block_device;
  if (S_ISFIFO(mode)) return FileKind::fifo;
  if (S_ISSOCK(mode)) return FileKind::socket;
  return FileKind::regular;
}

// The path by which the kernel reopens what an O_PATH descriptor stands for.
std::string descriptor_path(const Descriptor& file) {
  return "/proc/self/fd/" + std::to_string(file.number());
}

// The file is there, so that only a missing /proc can be "not found": its facts must not become "absent".
Error reopening_error(int number) {
  if (number == ENOENT || number == ENOTDIR) return {ErrorKind::io, "/proc is not mounted"};
  return system_error(number);
}

// The absolute path of what a descriptor stands for, as the kernel has it.
std::optional<std::string> descriptor_target(const Descriptor& file) {
  std::array<char, 4096> buffer;  // NOLINT(*-init): filled by readlink
  const auto size = ::readlink(descriptor_path(file).c_str(), buffer.data(), buffer.size());
  if (size <= 0 || static_cast<std::size_t>(size) == buffer.size()) return std::nullopt;
  std::string path(buffer.data(), static_cast<std::size_t>(size));
  if (path.ends_with(" (deleted)")) return std::nullopt;
  return path;
}

bool is_below(const std::string& root, const std::string& path) {
  if (root.empty()) return false;
  return root == "/" ? path.starts_with('/')
                     : path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
}

Result<struct stat> stat_of(const Descriptor& file) {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return system_error(errno);
  return status;
}

// Opens for reading what an O_PATH descriptor stands for, when it is of the wanted kind: the kind is known
// before anything is opened, so that no FIFO blocks and no device notices.
Result<Descriptor> reopen(const Descriptor& file, FileKind wanted) {
  const auto status = stat_of(file);
  if (!status) return status.error();
  if (kind_of(status->st_mode) != wanted) {
    return Error{ErrorKind::wrong_type,
                 wanted == FileKind::directory ? "not a directory" : "not a regular file"};
  }
  const int flags = O_RDONLY | O_CLOEXEC | (wanted == FileKind::directory ? O_DIRECTORY : O_NONBLOCK);
  Descriptor opened(::open(descriptor_path(file).c_str(), flags));
  if (!opened) return reopening_error(errno);
  return opened;
}

class FileSource final : public ByteSource {
 public:
  FileSource(Descriptor file, std::uint64_t size) : file_(std::move(file)), size_(size) {}

  std::uint64_t size() const override { return size_; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) const override {
    std::size_t filled = 0;
    while (filled < buffer.size()) {
      const auto count = ::pread(file_.number(), buffer.data() + filled, buffer.size() - filled,
                                 static_cast<off_t>(offset + filled));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return system_error(errno);
      if (count == 0) break;
      filled += static_cast<std::size_t>(count);
    }
    return filled;
  }

 private:
  Descriptor file_;
  std::uint64_t size_;
};

}  // namespace

Result<std::unique_ptr<DirectoryTree>> DirectoryTree::make(const std::string& root) {
  Descriptor directory(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) {
    if (errno == ENOTDIR) return Error{ErrorKind::wrong_type, "not a directory"};
    return system_error(errno);
  }
  std::string path = descriptor_target(directory).value_or("");
  return std::unique_ptr<DirectoryTree>(new DirectoryTree(std::move(directory), std::move(path)));
}

Result<FileStatus> DirectoryTree::status(std::string_view path) const {
  const auto file = open_contained(root_, std::string(path), LastLink::follow);
  if (!file) return file.error();
  const auto status = stat_of(*file);
  if (!status) return status.error();
  return FileStatus{kind_of(status->st_mode), static_cast<std::uint64_t>(status->st_size),
                    status->st_mode & 07777U, major(status->st_rdev), minor(status->st_rdev)};
}

Result<std::string> DirectoryTree::resolve(std::string_view path) const {
  const auto file = open_contained(root_, std::string(path), LastLink::follow);
  if (!file) return file.error();
  // The kernel knows where it came to. What lies behind a mount that hides the root's own name is walked to.
  const auto here = descriptor_target(*file);
  if (here && is_below(root_path_, *here)) {
    std::string inside = root_path_ == "/" ? *here : here->substr(root_path_.size());
    return inside.empty() ? std::string("/") : inside;
  }
  std::string resolved;
  const auto walked = walk_contained(root_, std::string(path), LastLink::follow, &resolved);
  if (!walked) return walked.error();
  return resolved;
}

Result<std::string> DirectoryTree::read_link(std::string_view path) const {
  const auto file = open_contained(root_, std::string(path), LastLink::keep);
  if (!file) return file.error();
  std::array<char, 4096> buffer{};
  const auto size = ::readlinkat(file->number(), "", buffer.data(), buffer.size());
  if (size < 0) {
    if (errno == EINVAL || errno == ENOENT) return Error{ErrorKind::wrong_type, "not a symbolic link"};
    return system_error(errno);
  }
  return std::string(buffer.data(), static_cast<std::size_t>(size));
}

Result<std::vector<DirectoryEntry>> DirectoryTree::list(std::string_view path) const {
  const auto file = open_contained(root_, std::string(path), LastLink::follow);
  if (!file) return file.error();
  auto opened = reopen(*file, FileKind::directory);
  if (!opened) return opened.error();
  const int number = ::dup(opened->number());
  const auto close_directory = [](DIR* stream) { ::closedir(stream); };
  const std::unique_ptr<DIR, decltype(close_directory)> stream(number < 0 ? nullptr : ::fdopendir(number),
                                                               close_directory);
  if (!stream) return system_error(errno);
  std::vector<DirectoryEntry> entries;
  errno = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (entries.size() == kMostEntries) return Error{ErrorKind::too_large, "more than 100,000 entries"};
    auto mode = static_cast<mode_t>(DTTOIF(entry->d_type));
    struct stat status {};
    if (entry->d_type == DT_UNKNOWN &&
        ::fstatat(opened->number(), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
      mode = status.st_mode;
    }
    entries.push_back({std::string(name), kind_of(mode)});
    errno = 0;
  }
  if (errno != 0) return system_error(errno);
  std::ranges::sort(entries, {}, &DirectoryEntry::name);
  return entries;
}

Result<std::string> DirectoryTree::read_head(std::string_view path, std::size_t limit) const {
  const auto file = open_contained(root_, std::string(path), LastLink::follow);
  if (!file) return file.error();
  const auto opened = reopen(*file, FileKind::regular);
  if (!opened) return opened.error();
  // Files below /proc and /sys state no size, so the size is not asked for.
  std::array<char, std::size_t{16} << 10> chunk;  // NOLINT(*-init): filled by read
  std::string text;
  while (text.size() < limit) {
    const auto count = ::read(opened->number(), chunk.data(), std::min(chunk.size(), limit - text.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno);
    if (count == 0) break;
    text.append(chunk.data(), static_cast<std::size_t>(count));
  }
  return text;
}

Result<std::unique_ptr<ByteSource>> DirectoryTree::open(std::string_view path) const {
  const auto file = open_contained(root_, std::string(path), LastLink::follow);
  if (!file) return file.error();
  const auto status = stat_of(*file);
  if (!status) return status.error();
  auto opened = reopen(*file, FileKind::regular);
  if (!opened) return opened.error();
  return std::unique_ptr<ByteSource>(
      new FileSource(std::move(*opened), static_cast<std::uint64_t>(status->st_size)));
}

Result<Access> DirectoryTree::access(std::string_view path) const {
  const auto file = open_contained(root_, std::string(path), LastLink::follow);
  if (!file) return file.error();
  const std::string reopened = descriptor_path(*file);
  if (::faccessat(AT_FDCWD, reopened.c_str(), R_OK, AT_EACCESS) != 0) {
    if (errno == EACCES || errno == EPERM) return Access::none;
    return reopening_error(errno);
  }
  return ::faccessat(AT_FDCWD, reopened.c_str(), W_OK, AT_EACCESS) == 0 ? Access::read_write
                                                                        : Access::read_only;
}

Result<Usage> DirectoryTree::usage(std::string_view path) const {
  const auto file = open_contained(root_, std::string(path), LastLink::follow);
  if (!file) return file.error();
  struct statvfs room {};
  if (::fstatvfs(file->number(), &room) != 0) return system_error(errno);
  const auto block = static_cast<std::uint64_t>(room.f_frsize);
  return Usage{room.f_blocks * block, (room.f_blocks - room.f_bfree) * block};
}

}  // namespace preflight::target
