// The facts and tables that rules are judged on, as values: every fact is looked up and every version parsed
// once, however many rules read it.
#pragma once

#include <deque>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "facts/document.hpp"
#include "facts/registry.hpp"
#include "rules/value.hpp"

namespace preflight::rules {

// What reading a fact gave. The fact is a null pointer when it was not recorded.
struct Reading {
  const SubjectFacts* subject = nullptr;
  const facts::Declaration* declaration = nullptr;
  const facts::Fact* fact = nullptr;
  Value value = Failure{"not read"};
  bool is_read = false;
};

// The facts of one subject, by their place in the registry.
class SubjectFacts {
 public:
  // Without a subject, every fact is unknown for the reason given.
  SubjectFacts(const facts::SubjectKind& kind, const facts::Subject* subject, Value instead);

  const facts::SubjectKind& kind() const { return *kind_; }
  std::string id() const { return subject_ == nullptr ? std::string() : subject_->id; }
  bool is_real() const { return subject_ != nullptr; }

  const Reading& read(std::uint32_t place, Arena& arena) const;

 private:
  const facts::SubjectKind* kind_;
  const facts::Subject* subject_;
  Value instead_;
  mutable std::vector<Reading> readings_;
};

// packages["numpy"]
std::string entry_path(std::string_view map, std::string_view key);

class Inputs {
 public:
  // Both must outlive the inputs.
  Inputs(const facts::Document& document, const tables::Tables& tables);
  Inputs(const Inputs&) = delete;
  Inputs& operator=(const Inputs&) = delete;
  ~Inputs() = default;

  const SubjectFacts& host() const { return *host_; }

  // The subjects of a kind, by its place in the registry: a list of them, or unknown.
  const Value& subjects(std::size_t kind) const { return kinds_[kind].list; }

  // Stands for the subjects of a kind of which nothing is known.
  const SubjectFacts& unseen(std::size_t kind) const { return *kinds_[kind].unseen; }

  // A fact of the host or of another subject.
  const Reading& read(const SubjectFacts& subject, std::uint32_t place) {
    return subject.read(place, arena_);
  }

  // An entry of a map or a field of a record, and what it is called: `key` of `path`.
  const Value& stored(const facts::Value& value, facts::Scalar scalar, const SubjectFacts* subject,
                      std::string_view path, std::string_view key);

  // A cell of a table, or an item of one; `path()` is what it is called.
  template <class Path>
  const Value& cell(const facts::Value& value, facts::Scalar scalar, const Path& path) {
    const auto [entry, is_new] = stored_.try_emplace(&value, Failure{"not read"});
    if (is_new) entry->second = arena_.scalar(value, scalar, nullptr, path());
    return entry->second;
  }

  const tables::Table* table(std::string_view name) const;

 private:
  struct Kind {
    Value list = Failure{"not read"};
    const SubjectFacts* unseen = nullptr;
  };

  const tables::Tables& tables_;
  Arena arena_;
  std::deque<SubjectFacts> subjects_;
  const SubjectFacts* host_ = nullptr;
  std::vector<Kind> kinds_;
  std::unordered_map<const facts::Value*, Value> stored_;
};

}  // namespace preflight::rules
