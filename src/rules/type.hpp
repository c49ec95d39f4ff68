// Types of expressions.
#pragma once

#include <cstdint>
#include <string>

#include "facts/registry.hpp"
#include "tables/tables.hpp"

namespace preflight::rules {

enum class Base : std::uint8_t {
  boolean,
  integer,  // bytes, too
  string,
  version,
  python_version,
  specifier,  // what python_version's satisfies() takes; made from a string
  map,        // from string to `of`
  record,     // an item of a list of records
  subject,
  row,  // of a table
  table,
  any,      // as a parameter: whatever is given; as the items of []: whatever is wanted
  invalid,  // an error was reported: fits everything, so that it is reported once
};

// A base, or a list (of lists ...) of it.
struct Type {
  Base base = Base::invalid;
  std::uint8_t lists = 0;  // how many "list of" stand before the base
  Base of = Base::string;  // values of a map
  const void* detail = nullptr;

  // What `detail` is, by base.
  const facts::Type& records() const { return *static_cast<const facts::Type*>(detail); }
  const facts::SubjectKind& kind() const { return *static_cast<const facts::SubjectKind*>(detail); }
  const tables::Table& table() const { return *static_cast<const tables::Table*>(detail); }

  bool is(Base scalar) const { return base == scalar && lists == 0; }
  bool is_list() const { return lists > 0; }
  bool is_invalid() const { return base == Base::invalid; }
  Type item() const;
  Type list_of() const;
};

constexpr Type kBool{Base::boolean};
constexpr Type kInt{Base::integer};
constexpr Type kText{Base::string};

Base base_of(facts::Scalar scalar);
Type type_of(const facts::Type& type);

// Whether a value of type `given` may stand where `wanted` is asked for.
bool fits(const Type& given, const Type& wanted);

// For messages: "a version", "a list of string".
std::string to_text(const Type& type);

}  // namespace preflight::rules
