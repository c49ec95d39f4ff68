// A file tree from a list, for tests: files, links, directories and device nodes without touching the disk.
#pragma once

#include <map>
#include <string>

#include "target/file_tree.hpp"

namespace preflight::test {

class MemoryTree final : public target::FileTree {
 public:
  MemoryTree& file(const std::string& path, std::string text, unsigned permissions = 0644);
  // A file that may be executed.
  MemoryTree& program(const std::string& path);
  MemoryTree& link(const std::string& path, const std::string& text);
  MemoryTree& directory(const std::string& path);
  // A character device; `access` is what this process may do with it.
  MemoryTree& device(const std::string& path, unsigned major, unsigned minor, target::Access access,
                     unsigned permissions = 0666);
  // A FIFO.
  MemoryTree& fifo(const std::string& path);
  // Makes every use of the path (the file, or the directory's listing) fail with this error.
  MemoryTree& fail(const std::string& path, Error error);
  MemoryTree& usage(const std::string& path, target::Usage usage);

  Result<target::FileStatus> status(std::string_view path) const override;
  Result<std::string> resolve(std::string_view path) const override;
  Result<std::string> read_link(std::string_view path) const override;
  Result<std::vector<target::DirectoryEntry>> list(std::string_view path) const override;
  Result<std::string> read_head(std::string_view path, std::size_t limit) const override;
  Result<std::unique_ptr<ByteSource>> open(std::string_view path) const override;
  Result<target::Access> access(std::string_view path) const override;
  Result<target::Usage> usage(std::string_view path) const override;

 private:
  struct Node {
    target::FileKind kind = target::FileKind::regular;
    std::string text;  // content, or where the link leads
    target::FileStatus status;
    target::Access access = target::Access::read_write;
  };

  MemoryTree& add(const std::string& path, Node node);
  Result<std::pair<std::string, const Node*>> find(std::string_view path, bool follow_last) const;

  std::map<std::string, Node> nodes_ = {{"/", {target::FileKind::directory, "", {}, {}}}};
  std::map<std::string, Error> errors_;
  std::map<std::string, target::Usage> usage_;
};

}  // namespace preflight::test
