// How probes and derivations write facts: every write is checked against the registry. Writing an undeclared
// fact, or a value of another type, is a programming error and throws std::logic_error.
#pragma once

#include <string>
#include <string_view>

#include "facts/document.hpp"
#include "facts/registry.hpp"

namespace preflight::facts {

// Writes into one subject of a document. Holds the document, kind and id: stays good when subjects are added.
// Text is made valid UTF-8 here, so that parsers may pass on what they read.
class SubjectWriter {
 public:
  SubjectWriter(Document& document, std::string_view kind, std::string_view id);

  void set(std::string_view path, Value value, std::string_view source);
  void absent(std::string_view path, std::string_view source);
  void unknown(std::string_view path, Unknown why, std::string_view source);

  // Every fact whose path begins with `prefix` and is not written yet ("" for all).
  void rest_absent(std::string_view prefix, std::string_view source);
  void rest_unknown(std::string_view prefix, const Unknown& why, std::string_view source);

  const std::string& id() const { return id_; }

 private:
  void write(std::string_view path, Fact fact);
  template <class MakeFact>
  void write_rest(std::string_view prefix, const MakeFact& make);

  Document* document_;
  std::string kind_;
  std::string id_;
};

// Writes the facts of the host, and makes writers for other subjects.
class FactWriter {
 public:
  explicit FactWriter(Document& document) : document_(&document), host_(document, "host", "host") {}

  SubjectWriter& host() { return host_; }
  SubjectWriter subject(std::string_view kind, std::string_view id) { return {*document_, kind, id}; }

 private:
  Document* document_;
  SubjectWriter host_;
};

// Whether the value is of the declared type. Integers are accepted for bytes, text for versions.
bool has_type(const Value& value, const Type& type);

}  // namespace preflight::facts
