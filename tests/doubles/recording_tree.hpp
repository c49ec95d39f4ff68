// A file tree that passes every question on to another and remembers the paths.
#pragma once

#include <mutex>
#include <set>
#include <string>

#include "target/file_tree.hpp"

namespace preflight::test {

class RecordingTree final : public target::FileTree {
 public:
  // `files` must outlive this tree.
  explicit RecordingTree(const target::FileTree& files) : files_(files) {}

  const std::set<std::string>& asked() const { return asked_; }

  Result<target::FileStatus> status(std::string_view path) const override { return noted(path).status(path); }
  Result<std::string> resolve(std::string_view path) const override { return noted(path).resolve(path); }
  Result<std::string> read_link(std::string_view path) const override { return noted(path).read_link(path); }
  Result<std::vector<target::DirectoryEntry>> list(std::string_view path) const override {
    return noted(path).list(path);
  }
  Result<std::string> read_head(std::string_view path, std::size_t limit) const override {
    return noted(path).read_head(path, limit);
  }
  Result<std::unique_ptr<ByteSource>> open(std::string_view path) const override {
    return noted(path).open(path);
  }
  Result<target::Access> access(std::string_view path) const override { return noted(path).access(path); }
  Result<target::Usage> usage(std::string_view path) const override { return noted(path).usage(path); }

 private:
  const target::FileTree& noted(std::string_view path) const {
    const std::lock_guard lock(mutex_);
    asked_.emplace(path);
    return files_;
  }

  const target::FileTree& files_;
  mutable std::mutex mutex_;
  mutable std::set<std::string> asked_;
};

}  // namespace preflight::test
