#include "target/remembering_tree.hpp"

namespace preflight::target {

namespace {

constexpr std::size_t kLongestText = std::size_t{16} << 10;  // longer ones are read again rather than kept

template <class Answers, class Ask>
auto remembered(Answers& answers, std::string_view path, const Ask& ask) {
  auto found = answers.find(path);
  if (found == answers.end()) found = answers.emplace(path, ask()).first;
  return found->second;
}

}  // namespace

Result<FileStatus> RememberingTree::status(std::string_view path) const {
  return remembered(statuses_, path, [&] { return inner_.status(path); });
}

Result<std::string> RememberingTree::resolve(std::string_view path) const {
  return remembered(resolved_, path, [&] { return inner_.resolve(path); });
}

Result<std::string> RememberingTree::read_link(std::string_view path) const {
  return remembered(links_, path, [&] { return inner_.read_link(path); });
}

Result<std::vector<DirectoryEntry>> RememberingTree::list(std::string_view path) const {
  return remembered(lists_, path, [&] { return inner_.list(path); });
}

Result<std::string> RememberingTree::read_head(std::string_view path, std::size_t limit) const {
  const std::pair key(std::string(path), limit);
  const auto found = heads_.find(key);
  if (found != heads_.end()) return found->second;
  auto head = inner_.read_head(path, limit);
  if (!head || head->size() <= kLongestText) heads_.emplace(key, head);
  return head;
}

}  // namespace preflight::target
