#include "facts/typed_text.hpp"

#include "support/text.hpp"

namespace preflight::facts {

std::string to_text(const Value& value, const Type& type) {
  const auto* records = std::get_if<List>(&value.data);
  if (type.shape != Shape::records || records == nullptr) return to_text(value);
  std::vector<std::string> texts;
  for (const auto& record : *records) {
    const auto* fields = std::get_if<Map>(&record.data);
    if (fields == nullptr) continue;
    std::vector<std::string> parts;
    for (const auto& field : type.fields) {
      const auto found = fields->find(field.name);
      const std::string text = found == fields->end() ? std::string() : to_text(found->second);
      if (!text.empty()) parts.push_back(std::string(field.name) + " " + text);
    }
    texts.push_back(join(parts, ", "));
  }
  return join(texts, "; ");
}

}  // namespace preflight::facts
