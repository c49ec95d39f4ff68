// The file tree of a target. Probes see nothing else: a live host, a directory, later an archive or an image
// serve the same probes. Paths are absolute ("/etc/os-release") and always mean "inside the target": symbolic
// links are resolved there and cannot lead out of it. Nothing here writes, executes, or opens a FIFO, socket
// or device.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/byte_source.hpp"
#include "support/result.hpp"

namespace preflight::target {

enum class FileKind { regular, directory, link, character_device, block_device, fifo, socket };

struct FileStatus {
  FileKind kind = FileKind::regular;
  std::uint64_t size = 0;     // bytes
  unsigned permissions = 0;   // the lower twelve mode bits
  unsigned device_major = 0;  // of device nodes
  unsigned device_minor = 0;
};

struct DirectoryEntry {
  std::string name;
  FileKind kind = FileKind::regular;  // of the entry itself: links are not followed
};

// What this process may do with a file by its permission bits.
enum class Access { none, read_only, read_write };

// Room in a file system, in bytes.
struct Usage {
  std::uint64_t size = 0;
  std::uint64_t used = 0;
};

class FileTree {
 public:
  virtual ~FileTree() = default;

  // Status of what the path leads to, links followed. A link that dangles is not_found; one in a cycle
  // malformed.
  virtual Result<FileStatus> status(std::string_view path) const = 0;

  // The path with every link resolved, inside the target.
  virtual Result<std::string> resolve(std::string_view path) const = 0;

  // The text of a symbolic link; wrong_type when it is none.
  virtual Result<std::string> read_link(std::string_view path) const = 0;

  // Entries without "." and "..", sorted by name. At most 100,000; more is too_large.
  virtual Result<std::vector<DirectoryEntry>> list(std::string_view path) const = 0;

  // The first `limit` bytes of a regular file (all of a shorter one).
  virtual Result<std::string> read_head(std::string_view path, std::size_t limit) const = 0;

  // A regular file for reading at any place. The source owns what it opened. May be called from several
  // threads at once; each source is for one.
  virtual Result<std::unique_ptr<ByteSource>> open(std::string_view path) const = 0;

  // What this process may do with the file; for device nodes. `unsupported` where the target has no process.
  virtual Result<Access> access(std::string_view path) const = 0;

  // The file system that the path is in; `unsupported` where it is not mounted.
  virtual Result<Usage> usage(std::string_view path) const = 0;

  // The whole of a regular file; too_large over `limit` bytes.
  Result<std::string> read(std::string_view path, std::size_t limit = kDefaultLimit) const;

  bool exists(std::string_view path) const { return static_cast<bool>(status(path)); }

  static constexpr std::size_t kDefaultLimit = std::size_t{1} << 20;
};

// "/a/b" of "/a" and "b"; `name` may have several components.
std::string join_path(std::string_view directory, std::string_view name);

// Everything before the last "/" ("/" for a top-level path), and what follows it.
std::string_view parent_path(std::string_view path);
std::string_view base_name(std::string_view path);

}  // namespace preflight::target
