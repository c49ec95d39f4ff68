#include "rules/example_document.hpp"

#include <utility>

#include "facts/read_value.hpp"
#include "facts/writer.hpp"
#include "rules/names.hpp"

namespace preflight::rules {

namespace {

constexpr std::string_view kSource = "example";

std::string wanted_text(const facts::Type& type) {
  std::string text = facts::type_text(type);
  const char* separator = " with the fields ";
  for (const auto& field : type.fields) {
    text += separator + std::string(field.name);
    separator = ", ";
  }
  return text;
}

class ExampleReader {
 public:
  ExampleReader(JsonReader& reader, const Rule& rule, facts::Document& document, std::vector<Issue>& issues)
      : reader_(reader), bound_(facts::subject_kinds()[rule.kind]), document_(document), issues_(issues) {}

  bool read() {
    const auto& host = facts::subject_kinds().front();
    if (!bound_.binding.empty()) {
      document_.subject(bound_.name, kSource);
      set(host, "host", bound_.plural, facts::Value(1));
    }
    return reader_.object([&](const JsonString& key) { member(key); });
  }

 private:
  void member(const JsonString& key) {
    const auto& kinds = facts::subject_kinds();
    const std::size_t kind = kind_of_plural(key.value);
    if (kind < kinds.size() && reader_.peek() == JsonKind::array) return subjects(kinds[kind]);
    const std::string prefix = std::string(bound_.binding) + ".";
    if (!bound_.binding.empty() && key.value.starts_with(prefix)) {
      return fact(key, bound_, kSource, key.value.substr(prefix.size()));
    }
    fact(key, kinds.front(), "host", key.value);
  }

  void subjects(const facts::SubjectKind& kind) {
    std::int64_t count = 0;
    reader_.array([&] {
      const std::string id = std::to_string(count++);
      document_.subject(kind.name, id);
      if (reader_.peek() != JsonKind::object) {
        issues_.push_back({reader_.offset(), "a subject is an object from facts to values"});
        reader_.skip();
        return;
      }
      reader_.object([&](const JsonString& name) { fact(name, kind, id, name.value); });
    });
    // Those of the rule's own kind stand beside the one that it is judged for.
    if (&kind == &bound_) ++count;
    set(facts::subject_kinds().front(), "host", kind.plural, facts::Value(count));
  }

  void fact(const JsonString& key, const facts::SubjectKind& kind, std::string_view id,
            std::string_view path) {
    const facts::Declaration* declaration = facts::find_fact(kind.name, path);
    if (declaration == nullptr) {
      issues_.push_back(
          {key.offset, "there is no fact '" + std::string(key.value) + "'" + nearest_facts(kind, path, "")});
      reader_.skip();
      return;
    }
    const std::size_t offset = reader_.offset();
    if (reader_.peek() == JsonKind::null) {
      reader_.skip();
      document_.subject(kind.name, id)
          .facts.insert_or_assign(std::string(path), facts::absent(std::string(kSource)));
      return;
    }
    auto value = facts::read_value(reader_);
    if (!value) return;
    if (!facts::has_type(*value, declaration->type)) {
      issues_.push_back({offset, std::string(key.value) + " is of type " + wanted_text(declaration->type)});
      return;
    }
    set(kind, id, path, std::move(*value));
  }

  void set(const facts::SubjectKind& kind, std::string_view id, std::string_view path, facts::Value value) {
    document_.subject(kind.name, id)
        .facts.insert_or_assign(std::string(path), facts::known(std::move(value), std::string(kSource)));
  }

  JsonReader& reader_;
  const facts::SubjectKind& bound_;
  facts::Document& document_;
  std::vector<Issue>& issues_;
};

}  // namespace

bool read_example(JsonReader& reader, const Rule& rule, facts::Document& document,
                  std::vector<Issue>& issues) {
  return ExampleReader(reader, rule, document, issues).read();
}

}  // namespace preflight::rules
