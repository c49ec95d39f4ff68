#include "facts/document.hpp"

#include <algorithm>

namespace preflight::facts {

namespace {

template <class T>
const T* typed(const Subject& subject, std::string_view path) {
  const Fact* fact = subject.find(path);
  if (fact == nullptr || fact->value() == nullptr) return nullptr;
  return std::get_if<T>(&fact->value()->data);
}

}  // namespace

const Fact* Subject::find(std::string_view path) const {
  const auto found = facts.find(path);
  return found == facts.end() ? nullptr : &found->second;
}

const std::string* Subject::text(std::string_view path) const {
  return typed<std::string>(*this, path);
}
const std::int64_t* Subject::integer(std::string_view path) const {
  return typed<std::int64_t>(*this, path);
}
const bool* Subject::boolean(std::string_view path) const {
  return typed<bool>(*this, path);
}

bool Subject::is_true(std::string_view path) const {
  const bool* const value = boolean(path);
  return value != nullptr && *value;
}
const Map* Subject::map(std::string_view path) const {
  return typed<Map>(*this, path);
}
const List* Subject::list(std::string_view path) const {
  return typed<List>(*this, path);
}

Document::Document() {
  subjects.push_back({"host", "host"});
}

Subject& Document::subject(std::string_view kind, std::string_view id) {
  const auto found = std::ranges::find_if(
      subjects, [&](const Subject& subject) { return subject.kind == kind && subject.id == id; });
  if (found != subjects.end()) return *found;
  return subjects.emplace_back(Subject{std::string(kind), std::string(id)});
}

std::vector<const Subject*> Document::of_kind(std::string_view kind) const {
  std::vector<const Subject*> found;
  for (const auto& subject : subjects) {
    if (subject.kind == kind) found.push_back(&subject);
  }
  return found;
}

}  // namespace preflight::facts
