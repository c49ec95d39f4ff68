// A file tree that asks another one only once: probes find the same interpreters, variables and links again
// and again, and each question costs system calls. It shows the target as it was when first asked, for one
// run.
#pragma once

#include <map>
#include <utility>

#include "target/file_tree.hpp"

namespace preflight::target {

class RememberingTree final : public FileTree {
 public:
  // Does not own `inner`, which must outlive it.
  explicit RememberingTree(const FileTree& inner) : inner_(inner) {}

  Result<FileStatus> status(std::string_view path) const override;
  Result<std::string> resolve(std::string_view path) const override;
  Result<std::string> read_link(std::string_view path) const override;
  Result<std::vector<DirectoryEntry>> list(std::string_view path) const override;
  Result<std::string> read_head(std::string_view path, std::size_t limit) const override;

  Result<std::unique_ptr<ByteSource>> open(std::string_view path) const override { return inner_.open(path); }
  Result<Access> access(std::string_view path) const override { return inner_.access(path); }
  Result<Usage> usage(std::string_view path) const override { return inner_.usage(path); }

 private:
  template <class Answer>
  using Answers = std::map<std::string, Result<Answer>, std::less<>>;

  const FileTree& inner_;
  mutable Answers<FileStatus> statuses_;
  mutable Answers<std::string> resolved_;
  mutable Answers<std::string> links_;
  mutable Answers<std::vector<DirectoryEntry>> lists_;
  mutable std::map<std::pair<std::string, std::size_t>, Result<std::string>> heads_;
};

}  // namespace preflight::target
