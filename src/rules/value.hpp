// What an expression evaluates to.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "facts/value.hpp"
#include "python/specifier.hpp"
#include "python/version.hpp"
#include "rules/type.hpp"
#include "support/version.hpp"
#include "tables/tables.hpp"

namespace preflight::rules {

class SubjectFacts;
struct Reading;

// A bound for hostile rules: no text that an expression makes is longer, in bytes.
constexpr std::size_t kMostTextBytes = 65536;

// Versions keep the text that was read.
struct DottedText {
  std::string_view text;
  DottedVersion version;
};
struct PythonText {
  std::string_view text;
  python::Version version;
};

// A map that a fact holds.
struct MapValue {
  const facts::Map* entries = nullptr;
  facts::Scalar scalar = facts::Scalar::string;
  const Reading* origin = nullptr;
};

// One of the records that a fact holds.
struct RecordValue {
  const facts::Map* fields = nullptr;
  const facts::Type* type = nullptr;
  const Reading* origin = nullptr;
};

struct RowValue {
  const tables::Table* table = nullptr;
  const tables::Row* row = nullptr;
  std::string_view key;
};

// Why a value is not known: a fact of a subject, or (without a subject) a row or cell of a table.
struct Missing {
  const SubjectFacts* subject = nullptr;
  std::string path;
  std::string reason;
};
struct Unknown {
  const std::vector<const Missing*>* missing = nullptr;  // at least one
};

// A fact that is known to be absent, or a key that a map does not have, was read without has().
struct AbsentValue {
  const SubjectFacts* subject = nullptr;
  std::string_view path;
};

// What cannot be computed, such as a division by zero.
struct Failure {
  std::string_view message;
};

struct ValueList;

// Small and cheap to copy: whatever is larger lives in an Arena, in the facts or in the tables.
using Value = std::variant<bool, std::int64_t, std::string_view, const DottedText*, const PythonText*,
                           const python::SpecifierSet*, const ValueList*, const MapValue*, const RecordValue*,
                           const SubjectFacts*, const RowValue*, Unknown, AbsentValue, Failure>;

struct ValueList {
  std::vector<Value> items;
};

inline bool is_known(const Value& value) {
  return value.index() < 11;
}
inline bool is_unknown(const Value& value) {
  return std::holds_alternative<Unknown>(value);
}

// Owns what values point to. Nothing moves while the arena lives, even when the arena itself is moved.
class Arena {
 public:
  std::string_view text(std::string text) { return texts_.emplace_back(std::move(text)); }
  Value list(std::vector<Value> items) { return &lists_.emplace_back(ValueList{std::move(items)}); }
  Value unknown(Missing missing);
  Value unknown(const Unknown& left, const Unknown& right);

  // A version from a text that outlives the arena; unknown, with `subject` and `path`, when it is none.
  Value dotted(std::string_view text, const SubjectFacts* subject, std::string_view path);
  Value python(std::string_view text, const SubjectFacts* subject, std::string_view path);
  Value specifiers(python::SpecifierSet set) { return &specifiers_.emplace_back(std::move(set)); }

  const MapValue* map(MapValue value) { return &maps_.emplace_back(value); }
  const RecordValue* record(RecordValue value) { return &records_.emplace_back(value); }
  const RowValue* row(RowValue value) { return &rows_.emplace_back(value); }

  // What a fact or a table stores, as the scalar that it was declared to be.
  Value scalar(const facts::Value& stored, facts::Scalar scalar, const SubjectFacts* subject,
               std::string_view path);

  void clear();

 private:
  std::deque<std::string> texts_;
  std::deque<ValueList> lists_;
  std::deque<Missing> missing_;
  std::deque<std::vector<const Missing*>> missing_sets_;
  std::deque<DottedText> dotted_;
  std::deque<PythonText> python_;
  std::deque<python::SpecifierSet> specifiers_;
  std::deque<MapValue> maps_;
  std::deque<RecordValue> records_;
  std::deque<RowValue> rows_;
};

// The text of a known value for people and messages; versions as they were written.
std::string to_text(const Value& value);

// The text of a scalar, as a table's key is written; empty for other values. It lives as long as the value or
// the arena.
std::string_view key_text(const Value& value, Arena& arena);

}  // namespace preflight::rules
