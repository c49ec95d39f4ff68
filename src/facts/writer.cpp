#include "facts/writer.hpp"

#include <algorithm>
#include <stdexcept>

#include "support/utf8.hpp"

namespace preflight::facts {

namespace {

bool is_scalar(const Value& value, Scalar scalar) {
  switch (scalar) {
    case Scalar::boolean:
      return std::holds_alternative<bool>(value.data);
    case Scalar::integer:
    case Scalar::bytes:
      return std::holds_alternative<std::int64_t>(value.data);
    case Scalar::string:
    case Scalar::version:
    case Scalar::python_version:
      return std::holds_alternative<std::string>(value.data);
  }
  return false;
}

bool is_record(const Value& value, std::span<const Field> fields) {
  const auto* map = std::get_if<Map>(&value.data);
  if (map == nullptr || map->size() != fields.size()) return false;
  return std::ranges::all_of(fields, [&](const Field& field) {
    const auto found = map->find(field.name);
    return found != map->end() && is_scalar(found->second, field.scalar);
  });
}

void make_valid(Value& value) {
  if (auto* text = std::get_if<std::string>(&value.data)) {
    *text = to_valid_utf8(*text);
  } else if (auto* list = std::get_if<List>(&value.data)) {
    for (auto& item : *list) make_valid(item);
  } else if (auto* map = std::get_if<Map>(&value.data)) {
    Map valid;
    for (auto& [key, item] : *map) {
      make_valid(item);
      valid.emplace(to_valid_utf8(key), std::move(item));
    }
    *map = std::move(valid);
  }
}

}  // namespace

bool has_type(const Value& value, const Type& type) {
  switch (type.shape) {
    case Shape::scalar:
      return is_scalar(value, type.scalar);
    case Shape::list: {
      const auto* list = std::get_if<List>(&value.data);
      return list != nullptr &&
             std::ranges::all_of(*list, [&](const Value& item) { return is_scalar(item, type.scalar); });
    }
    case Shape::map: {
      const auto* map = std::get_if<Map>(&value.data);
      return map != nullptr &&
             std::ranges::all_of(*map, [&](const auto& item) { return is_scalar(item.second, type.scalar); });
    }
    case Shape::records: {
      const auto* list = std::get_if<List>(&value.data);
      return list != nullptr &&
             std::ranges::all_of(*list, [&](const Value& item) { return is_record(item, type.fields); });
    }
  }
  return false;
}

SubjectWriter::SubjectWriter(Document& document, std::string_view kind, std::string_view id)
    : document_(&document), kind_(kind), id_(to_valid_utf8(id)) {
  if (find_kind(kind) == nullptr) throw std::logic_error("undeclared kind of subject: " + kind_);
  document_->subject(kind_, id_);
}

void SubjectWriter::write(std::string_view path, Fact fact) {
  const Declaration* declaration = find_fact(kind_, path);
  if (declaration == nullptr) {
    throw std::logic_error("undeclared fact: " + kind_ + " " + std::string(path));
  }
  if (auto* value = std::get_if<Value>(&fact.state)) {
    make_valid(*value);
    if (!has_type(*value, declaration->type)) {
      throw std::logic_error("value of another type than declared: " + kind_ + " " + std::string(path));
    }
  }
  fact.source = to_valid_utf8(fact.source);
  document_->subject(kind_, id_).facts.insert_or_assign(std::string(path), std::move(fact));
}

void SubjectWriter::set(std::string_view path, Value value, std::string_view source) {
  write(path, known(std::move(value), std::string(source)));
}

void SubjectWriter::absent(std::string_view path, std::string_view source) {
  write(path, facts::absent(std::string(source)));
}

void SubjectWriter::unknown(std::string_view path, Unknown why, std::string_view source) {
  why.reason = to_valid_utf8(why.reason);
  write(path, facts::unknown(std::move(why), std::string(source)));
}

template <class MakeFact>
void SubjectWriter::write_rest(std::string_view prefix, const MakeFact& make) {
  for (const auto& declaration : find_kind(kind_)->facts) {
    if (declaration.origin == Origin::derived || !declaration.path.starts_with(prefix)) continue;
    if (document_->subject(kind_, id_).find(declaration.path) == nullptr) write(declaration.path, make());
  }
}

void SubjectWriter::rest_absent(std::string_view prefix, std::string_view source) {
  write_rest(prefix, [&] { return facts::absent(std::string(source)); });
}

void SubjectWriter::rest_unknown(std::string_view prefix, const Unknown& why, std::string_view source) {
  write_rest(prefix, [&] { return facts::unknown(why, std::string(source)); });
}

}  // namespace preflight::facts
