#include "rules/type.hpp"

namespace preflight::rules {

namespace {

std::string_view name_of(Base base) {
  switch (base) {
    case Base::boolean:
      return "bool";
    case Base::integer:
      return "int";
    case Base::string:
      return "string";
    case Base::version:
      return "version";
    case Base::python_version:
      return "python_version";
    case Base::specifier:
      return "specifier";
    case Base::map:
      return "map";
    case Base::record:
      return "record";
    case Base::subject:
      return "subject";
    case Base::row:
      return "table row";
    case Base::table:
      return "table";
    case Base::any:
    case Base::invalid:
      break;
  }
  return "value";
}

}  // namespace

Type Type::item() const {
  Type type = *this;
  --type.lists;
  return type;
}

Type Type::list_of() const {
  Type type = *this;
  ++type.lists;
  return type;
}

Base base_of(facts::Scalar scalar) {
  switch (scalar) {
    case facts::Scalar::boolean:
      return Base::boolean;
    case facts::Scalar::integer:
    case facts::Scalar::bytes:
      return Base::integer;
    case facts::Scalar::string:
      return Base::string;
    case facts::Scalar::version:
      return Base::version;
    case facts::Scalar::python_version:
      return Base::python_version;
  }
  return Base::invalid;
}

Type type_of(const facts::Type& type) {
  switch (type.shape) {
    case facts::Shape::scalar:
      return {base_of(type.scalar)};
    case facts::Shape::list:
      return {base_of(type.scalar), 1};
    case facts::Shape::map:
      return {Base::map, 0, base_of(type.scalar)};
    case facts::Shape::records:
      return {Base::record, 1, Base::string, &type};
  }
  return {};
}

bool fits(const Type& given, const Type& wanted) {
  if (given.is_invalid() || wanted.is_invalid()) return true;
  if (wanted.base == Base::any) return given.lists >= wanted.lists;
  if (given.base == Base::any) return given.lists > 0 && given.lists <= wanted.lists;
  if (given.base != wanted.base || given.lists != wanted.lists) return false;
  switch (given.base) {
    case Base::map:
      return wanted.of == Base::any || given.of == wanted.of;
    case Base::record:
    case Base::subject:
    case Base::row:
    case Base::table:
      return given.detail == wanted.detail;
    default:
      return true;
  }
}

std::string to_text(const Type& type) {
  std::string text = type.lists == 0 && type.base == Base::integer ? "an " : "a ";
  for (int count = 0; count < type.lists; ++count) text += "list of ";
  if (type.base == Base::subject) return text + std::string(type.kind().name);
  text += name_of(type.base);
  if (type.base == Base::map) text += " of " + std::string(name_of(type.of));
  return text;
}

}  // namespace preflight::rules
