// The registry: every fact is declared here once. The JSON reader, the fact reference in docs and the type
// checker of the rules all read it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace preflight::facts {

enum class Scalar {
  boolean,
  integer,  // a count, or the unit that the declaration names
  bytes,    // an integer of bytes
  string,
  version,         // dotted numbers: 535.104.05
  python_version,  // PEP 440: 2.2.0+cu121
};

enum class Shape {
  scalar,
  list,     // of the scalar
  map,      // from string to the scalar
  records,  // a list of records with the declared fields
};

// A field of a record.
struct Field {
  std::string_view name;
  Scalar scalar;
  std::string_view meaning;
};

struct Type {
  Shape shape = Shape::scalar;
  Scalar scalar = Scalar::string;
  std::span<const Field> fields = {};  // of records only
};

constexpr Type kBoolean{Shape::scalar, Scalar::boolean};
constexpr Type kInteger{Shape::scalar, Scalar::integer};
constexpr Type kBytes{Shape::scalar, Scalar::bytes};
constexpr Type kString{Shape::scalar, Scalar::string};
constexpr Type kVersion{Shape::scalar, Scalar::version};
constexpr Type kPythonVersion{Shape::scalar, Scalar::python_version};
constexpr Type kStrings{Shape::list, Scalar::string};
constexpr Type kIntegers{Shape::list, Scalar::integer};
constexpr Type kStringMap{Shape::map, Scalar::string};
constexpr Type kPythonVersionMap{Shape::map, Scalar::python_version};
constexpr Type kVersionMap{Shape::map, Scalar::version};
constexpr Type records(std::span<const Field> fields) {
  return Type{Shape::records, Scalar::string, fields};
}

// A core fact decides whether there can be a verdict at all: when it was there to be read and couldn't be,
// the verdict is "undetermined".
enum class Weight { ordinary, core };

// Measured facts are read from the target; derived ones are computed from facts and tables.
enum class Origin { measured, derived };

struct Declaration {
  std::string_view path;  // within its subject: "torch.version"
  Type type;
  std::string_view meaning;  // one line, with the unit where there is one
  Weight weight = Weight::ordinary;
  Origin origin = Origin::measured;
};

// A kind of thing that facts belong to.
struct SubjectKind {
  std::string_view name;     // "environment"
  std::string_view plural;   // "environments": what `for_each` says, and the host's fact that counts them
  std::string_view binding;  // "env": the name of the subject in a rule's expression; empty for the host
  std::string_view meaning;
  std::span<const Declaration> facts;
};

// Every kind, the host first. The host's facts include, for each other kind, one integer fact named by its
// plural: how many there are. It is the state of the list itself: unknown when the list could not be read.
const std::vector<SubjectKind>& subject_kinds();

// The kind of this name; a null pointer when there is none.
const SubjectKind* find_kind(std::string_view name);

// The declaration of a fact; a null pointer when it is not declared.
const Declaration* find_fact(std::string_view kind, std::string_view path);

// "version", "list of string", "map of python_version", "list of records".
std::string type_text(const Type& type);

}  // namespace preflight::facts
