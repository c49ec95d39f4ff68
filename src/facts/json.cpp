#include "facts/json.hpp"

#include "facts/registry.hpp"
#include "facts/writer.hpp"
#include "support/json.hpp"

namespace preflight::facts {

namespace {

using nlohmann::ordered_json;

struct JsonOf {
  ordered_json operator()(bool value) const { return value; }
  ordered_json operator()(std::int64_t value) const { return value; }
  ordered_json operator()(const std::string& value) const { return value; }
  ordered_json operator()(const List& list) const {
    auto array = ordered_json::array();
    for (const auto& item : list) array.push_back(to_json(item));
    return array;
  }
  ordered_json operator()(const Map& map) const {
    auto object = ordered_json::object();
    for (const auto& [key, item] : map) object[key] = to_json(item);
    return object;
  }
};

ordered_json json_of(const Fact& fact) {
  auto object = ordered_json::object();
  if (const auto* value = fact.value()) {
    object["value"] = to_json(*value);
  } else if (const auto* why = fact.unknown()) {
    object["unknown"] = why->reason;
    if (why->gap == Gap::unreadable) object["unreadable"] = true;
  } else {
    object["absent"] = true;
  }
  if (!fact.source.empty()) object["source"] = fact.source;
  return object;
}

Error malformed(const std::string& where, const std::string& what) {
  return {ErrorKind::malformed, where + ": " + what};
}

// Depth is bounded by parse_json.
Result<Value> value_of(const nlohmann::json& item) {
  if (item.is_boolean()) return Value(item.get<bool>());
  if (item.is_number_unsigned() && item.get<std::uint64_t>() > INT64_MAX) {
    return Error{ErrorKind::malformed, "an integer of more than 64 bits"};
  }
  if (item.is_number_integer()) return Value(item.get<std::int64_t>());
  if (item.is_string()) return Value(item.get<std::string>());
  if (item.is_array()) {
    List list;
    for (const auto& element : item) {
      auto value = value_of(element);
      if (!value) return value;
      list.push_back(std::move(*value));
    }
    return Value(std::move(list));
  }
  if (item.is_object()) {
    Map map;
    for (const auto& [key, element] : item.items()) {
      auto value = value_of(element);
      if (!value) return value;
      map.emplace(key, std::move(*value));
    }
    return Value(std::move(map));
  }
  return Error{ErrorKind::malformed, "null and fractions are no values of facts"};
}

Result<Fact> fact_of(const nlohmann::json& object, const Declaration& declaration) {
  if (!object.is_object()) return Error{ErrorKind::malformed, "a fact is an object"};
  const auto source = object.find("source");
  if (source != object.end() && !source->is_string()) {
    return Error{ErrorKind::malformed, "source is a string"};
  }
  const std::string from = source == object.end() ? std::string() : source->get<std::string>();
  if (const auto value = object.find("value"); value != object.end()) {
    auto read = value_of(*value);
    if (!read) return read.error();
    if (!has_type(*read, declaration.type)) {
      return Error{ErrorKind::malformed, "the value is not of type " + type_text(declaration.type)};
    }
    return known(std::move(*read), from);
  }
  if (const auto why = object.find("unknown"); why != object.end() && why->is_string()) {
    const Gap gap =
        object.value("unreadable", nlohmann::json()) == true ? Gap::unreadable : Gap::not_observable;
    return unknown({why->get<std::string>(), gap}, from);
  }
  if (object.value("absent", nlohmann::json()) == true) return absent(from);
  return Error{ErrorKind::malformed, "neither value nor absent nor unknown"};
}

Result<Document> read_subjects(const nlohmann::json& subjects, std::vector<std::string>& warnings) {
  Document document;
  for (std::size_t index = 0; index < subjects.size(); ++index) {
    const std::string where = "subjects[" + std::to_string(index) + "]";
    const nlohmann::json& entry = subjects[index];
    if (!entry.is_object()) return malformed(where, "a subject is an object");
    const auto kind = entry.find("kind");
    const auto id = entry.find("id");
    const auto listed = entry.find("facts");
    if (kind == entry.end() || !kind->is_string() || id == entry.end() || !id->is_string() ||
        listed == entry.end() || !listed->is_object()) {
      return malformed(where, "kind, id and facts are required");
    }
    const std::string name = kind->get<std::string>();
    if (find_kind(name) == nullptr) {
      warnings.push_back(where + ": subjects of kind '" + name + "' are unknown to this version");
      continue;
    }
    Subject& subject = document.subject(name, name == "host" ? "host" : id->get<std::string>());
    for (const auto& [path, object] : listed->items()) {
      const Declaration* declaration = find_fact(name, path);
      if (declaration == nullptr) {
        warnings.push_back(where + ": fact '" + path + "' is unknown to this version");
        continue;
      }
      auto fact = fact_of(object, *declaration);
      if (!fact) return malformed(where + " " + path, fact.error().message);
      subject.facts.insert_or_assign(path, std::move(*fact));
    }
  }
  return document;
}

}  // namespace

ordered_json to_json(const Value& value) {
  return std::visit(JsonOf{}, value.data);
}

ordered_json to_json(const Document& document) {
  auto subjects = ordered_json::array();
  for (const auto& subject : document.subjects) {
    auto facts = ordered_json::object();
    for (const auto& [path, fact] : subject.facts) facts[path] = json_of(fact);
    subjects.push_back({{"kind", subject.kind}, {"id", subject.id}, {"facts", std::move(facts)}});
  }
  return {{"schema", kSchema}, {"target", document.target}, {"subjects", std::move(subjects)}};
}

Result<ReadDocument> document_from_json(std::string_view text) {
  auto parsed = parse_json(text);
  if (!parsed) return parsed.error();
  const nlohmann::json* root = &*parsed;
  if (root->is_object() && !root->contains("subjects") && root->contains("facts")) root = &root->at("facts");
  if (!root->is_object() || !root->contains("schema") || !root->contains("subjects")) {
    return Error{ErrorKind::malformed, "not a facts file: an object with schema and subjects is expected"};
  }
  const auto& schema = root->at("schema");
  if (!schema.is_number_integer() || schema.get<std::int64_t>() < 1) {
    return malformed("schema", "a positive integer is expected");
  }
  if (schema.get<std::int64_t>() > kSchema) {
    return malformed("schema", "version " + std::to_string(schema.get<std::int64_t>()) +
                                   " is newer than this program reads (" + std::to_string(kSchema) + ")");
  }
  if (!root->at("subjects").is_array()) return malformed("subjects", "a list is expected");
  ReadDocument read;
  auto document = read_subjects(root->at("subjects"), read.warnings);
  if (!document) return document.error();
  read.document = std::move(*document);
  if (const auto target = root->find("target"); target != root->end() && target->is_string()) {
    read.document.target = target->get<std::string>();
  }
  return read;
}

}  // namespace preflight::facts
