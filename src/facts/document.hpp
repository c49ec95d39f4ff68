// The facts of one target: subjects, each with its facts.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "facts/fact.hpp"

namespace preflight::facts {

struct Subject {
  std::string kind;  // a name of `subject_kinds()`
  std::string id;    // unique within its kind: PCI address, prefix, path, interface name; "host" for the host
  std::map<std::string, Fact, std::less<>> facts = {};

  // The fact at this path; a null pointer when nothing was recorded (which readers treat as unknown).
  const Fact* find(std::string_view path) const;

  // Typed reading for derivations and reports: empty when the fact is not known.
  const std::string* text(std::string_view path) const;
  const std::int64_t* integer(std::string_view path) const;
  const bool* boolean(std::string_view path) const;
  bool is_true(std::string_view path) const;  // known, and true
  const Map* map(std::string_view path) const;
  const List* list(std::string_view path) const;

  friend bool operator==(const Subject&, const Subject&) = default;
};

struct Document {
  std::string target;             // what was examined, for people: "this host", "directory /srv/root"
  std::vector<Subject> subjects;  // the host first

  Document();

  Subject& host() { return subjects.front(); }
  const Subject& host() const { return subjects.front(); }

  // The subject of this kind and id; made when there is none. The reference is good until the next call.
  Subject& subject(std::string_view kind, std::string_view id);

  // All subjects of a kind, in the order in which they were found.
  std::vector<const Subject*> of_kind(std::string_view kind) const;

  friend bool operator==(const Document&, const Document&) = default;
};

}  // namespace preflight::facts
