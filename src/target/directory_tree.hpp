// A directory as a file tree: "/" for this host, any other for `--root DIR`.
#pragma once

#include "support/descriptor.hpp"
#include "target/file_tree.hpp"

namespace preflight::target {

class DirectoryTree final : public FileTree {
 public:
  // Opens the directory. Errors: not_found, not_permitted, wrong_type.
  static Result<std::unique_ptr<DirectoryTree>> make(const std::string& root);

  Result<FileStatus> status(std::string_view path) const override;
  Result<std::string> resolve(std::string_view path) const override;
  Result<std::string> read_link(std::string_view path) const override;
  Result<std::vector<DirectoryEntry>> list(std::string_view path) const override;
  Result<std::string> read_head(std::string_view path, std::size_t limit) const override;
  Result<std::unique_ptr<ByteSource>> open(std::string_view path) const override;
  Result<Access> access(std::string_view path) const override;
  Result<Usage> usage(std::string_view path) const override;

 private:
  DirectoryTree(Descriptor root, std::string root_path)
      : root_(std::move(root)), root_path_(std::move(root_path)) {}

  Descriptor root_;
  std::string root_path_;  // absolute; empty when the kernel doesn't say
};

}  // namespace preflight::target
