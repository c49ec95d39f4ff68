#include "rules/value.hpp"

#include <algorithm>
#include <utility>

#include "rules/inputs.hpp"

namespace preflight::rules {

namespace {

struct TextOf {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(std::string_view value) const { return std::string(value); }
  std::string operator()(const DottedText* value) const { return std::string(value->text); }
  std::string operator()(const PythonText* value) const { return std::string(value->text); }
  std::string operator()(const python::SpecifierSet* value) const { return python::to_text(*value); }
  std::string operator()(const ValueList* list) const {
    std::string text;
    for (const auto& item : list->items) {
      if (!text.empty()) text += ", ";
      text += to_text(item);
    }
    return text;
  }
  std::string operator()(const MapValue* map) const { return facts::to_text(*map->entries); }
  std::string operator()(const RecordValue* record) const { return facts::to_text(*record->fields); }
  std::string operator()(const SubjectFacts* subject) const { return subject->id(); }
  std::string operator()(const RowValue* row) const { return facts::to_text(row->row->cells); }
  std::string operator()(const Unknown&) const { return "unknown"; }
  std::string operator()(const AbsentValue&) const { return "absent"; }
  std::string operator()(const Failure&) const { return "undefined"; }
};

template <class T>
bool holds_same(const std::vector<const Missing*>& set, const T& missing) {
  return std::ranges::find(set, missing) != set.end();
}

}  // namespace

Value Arena::unknown(Missing missing) {
  const Missing* kept = &missing_.emplace_back(std::move(missing));
  return Unknown{&missing_sets_.emplace_back(1, kept)};
}

Value Arena::unknown(const Unknown& left, const Unknown& right) {
  if (left.missing == right.missing) return left;
  std::vector<const Missing*> both = *left.missing;
  for (const auto* missing : *right.missing) {
    if (!holds_same(both, missing)) both.push_back(missing);
  }
  return Unknown{&missing_sets_.emplace_back(std::move(both))};
}

Value Arena::dotted(std::string_view text, const SubjectFacts* subject, std::string_view path) {
  auto version = parse_dotted_version(text);
  if (!version) return unknown({subject, std::string(path), version.error().message});
  return &dotted_.emplace_back(DottedText{text, std::move(*version)});
}

Value Arena::python(std::string_view text, const SubjectFacts* subject, std::string_view path) {
  auto version = python::parse_version(text);
  if (!version) return unknown({subject, std::string(path), version.error().message});
  return &python_.emplace_back(PythonText{text, std::move(*version)});
}

Value Arena::scalar(const facts::Value& stored, facts::Scalar scalar, const SubjectFacts* subject,
                    std::string_view path) {
  if (scalar == facts::Scalar::boolean) {
    if (const auto* value = std::get_if<bool>(&stored.data)) return *value;
  } else if (scalar == facts::Scalar::integer || scalar == facts::Scalar::bytes) {
    if (const auto* value = std::get_if<std::int64_t>(&stored.data)) return *value;
  } else if (const auto* text = std::get_if<std::string>(&stored.data)) {
    if (scalar == facts::Scalar::version) return dotted(*text, subject, path);
    if (scalar == facts::Scalar::python_version) return python(*text, subject, path);
    return std::string_view(*text);
  }
  return unknown({subject, std::string(path), "not of the type that the registry declares"});
}

void Arena::clear() {
  texts_.clear();
  lists_.clear();
  missing_.clear();
  missing_sets_.clear();
  dotted_.clear();
  python_.clear();
  specifiers_.clear();
  maps_.clear();
  records_.clear();
  rows_.clear();
}

std::string to_text(const Value& value) {
  return std::visit(TextOf{}, value);
}

std::string_view key_text(const Value& value, Arena& arena) {
  if (const auto* text = std::get_if<std::string_view>(&value)) return *text;
  if (const auto* dotted = std::get_if<const DottedText*>(&value)) return (*dotted)->text;
  if (const auto* python = std::get_if<const PythonText*>(&value)) return (*python)->text;
  return value.index() <= 1 ? arena.text(to_text(value)) : std::string_view();
}

}  // namespace preflight::rules
