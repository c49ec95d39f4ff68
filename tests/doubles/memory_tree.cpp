#include "doubles/memory_tree.hpp"

#include <algorithm>
#include <deque>
#include <vector>

#include "support/text.hpp"

namespace preflight::test {

using target::DirectoryEntry;
using target::FileKind;
using target::FileStatus;

namespace {

class OwnedSource final : public ByteSource {
 public:
  explicit OwnedSource(std::string text) : text_(std::move(text)) {}
  std::uint64_t size() const override { return text_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) const override {
    return BufferSource(std::as_bytes(std::span(text_))).read_at(offset, buffer);
  }

 private:
  std::string text_;
};

}  // namespace

MemoryTree& MemoryTree::add(const std::string& path, Node node) {
  const std::string parent(target::parent_path(path));
  if (!nodes_.contains(parent)) directory(parent);
  node.status.kind = node.kind;
  node.status.size = node.text.size();
  nodes_.insert_or_assign(path, std::move(node));
  return *this;
}

MemoryTree& MemoryTree::file(const std::string& path, std::string text, unsigned permissions) {
  return add(path,
             {FileKind::regular, std::move(text), {.permissions = permissions}, target::Access::read_only});
}

MemoryTree& MemoryTree::program(const std::string& path) {
  return add(path, {FileKind::regular, "", {.permissions = 0755}, target::Access::read_only});
}

MemoryTree& MemoryTree::link(const std::string& path, const std::string& text) {
  return add(path, {FileKind::link, text, {}, {}});
}

MemoryTree& MemoryTree::directory(const std::string& path) {
  return add(path, {FileKind::directory, "", {.permissions = 0755}, {}});
}

MemoryTree& MemoryTree::device(const std::string& path, unsigned major, unsigned minor, target::Access access,
                               unsigned permissions) {
  return add(path, {FileKind::character_device,
                    "",
                    {.permissions = permissions, .device_major = major, .device_minor = minor},
                    access});
}

MemoryTree& MemoryTree::fifo(const std::string& path) {
  return add(path, {FileKind::fifo, "", {}, {}});
}

MemoryTree& MemoryTree::fail(const std::string& path, Error error) {
  if (!nodes_.contains(path)) file(path, "");  // so that its directory is there and names it
  errors_.insert_or_assign(path, std::move(error));
  return *this;
}

MemoryTree& MemoryTree::usage(const std::string& path, target::Usage usage) {
  usage_.insert_or_assign(path, usage);
  return *this;
}

Result<std::pair<std::string, const MemoryTree::Node*>> MemoryTree::find(std::string_view path,
                                                                         bool follow_last) const {
  std::deque<std::string> todo;
  for (const auto piece : split(path, '/')) todo.emplace_back(piece);
  std::string here = "/";
  int links = 0;
  while (!todo.empty()) {
    const std::string name = todo.front();
    todo.pop_front();
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      here = std::string(target::parent_path(here));
      continue;
    }
    const std::string next = target::join_path(here, name);
    const auto error = errors_.find(next);
    if (error != errors_.end()) return error->second;
    const auto found = nodes_.find(next);
    if (found == nodes_.end()) return Error{ErrorKind::not_found, "No such file or directory"};
    if (found->second.kind == FileKind::link && (follow_last || !todo.empty())) {
      if (++links > 40) return Error{ErrorKind::malformed, "Too many levels of symbolic links"};
      const auto pieces = split(found->second.text, '/');
      todo.insert(todo.begin(), pieces.begin(), pieces.end());
      if (found->second.text.starts_with('/')) here = "/";
      continue;
    }
    here = next;
  }
  return std::pair{here, &nodes_.at(here)};
}

Result<FileStatus> MemoryTree::status(std::string_view path) const {
  const auto found = find(path, true);
  if (!found) return found.error();
  return found->second->status;
}

Result<std::string> MemoryTree::resolve(std::string_view path) const {
  const auto found = find(path, true);
  if (!found) return found.error();
  return found->first;
}

Result<std::string> MemoryTree::read_link(std::string_view path) const {
  const auto found = find(path, false);
  if (!found) return found.error();
  if (found->second->kind != FileKind::link) return Error{ErrorKind::wrong_type, "not a symbolic link"};
  return found->second->text;
}

Result<std::vector<DirectoryEntry>> MemoryTree::list(std::string_view path) const {
  const auto found = find(path, true);
  if (!found) return found.error();
  if (found->second->kind != FileKind::directory) return Error{ErrorKind::wrong_type, "not a directory"};
  std::vector<DirectoryEntry> entries;
  for (const auto& [name, node] : nodes_) {
    if (name != "/" && target::parent_path(name) == found->first) {
      entries.push_back({std::string(target::base_name(name)), node.kind});
    }
  }
  std::ranges::sort(entries, {}, &DirectoryEntry::name);
  return entries;
}

Result<std::string> MemoryTree::read_head(std::string_view path, std::size_t limit) const {
  const auto found = find(path, true);
  if (!found) return found.error();
  if (found->second->kind != FileKind::regular) return Error{ErrorKind::wrong_type, "not a regular file"};
  return found->second->text.substr(0, limit);
}

Result<std::unique_ptr<ByteSource>> MemoryTree::open(std::string_view path) const {
  const auto found = find(path, true);
  if (!found) return found.error();
  if (found->second->kind != FileKind::regular) return Error{ErrorKind::wrong_type, "not a regular file"};
  return std::unique_ptr<ByteSource>(new OwnedSource(found->second->text));
}

Result<target::Access> MemoryTree::access(std::string_view path) const {
  const auto found = find(path, true);
  if (!found) return found.error();
  return found->second->access;
}

Result<target::Usage> MemoryTree::usage(std::string_view path) const {
  const auto found = usage_.find(std::string(path));
  if (found == usage_.end()) return Error{ErrorKind::unsupported, "not mounted"};
  return found->second;
}

}  // namespace preflight::test
