#include "facts/value.hpp"

namespace preflight::facts {

Value string_list(const std::vector<std::string>& items) {
  List list;
  list.reserve(items.size());
  for (const auto& item : items) list.emplace_back(item);
  return list;
}

namespace {

struct TextOf {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const List& list) const {
    std::string text;
    for (const auto& item : list) {
      if (!text.empty()) text += ", ";
      text += to_text(item);
    }
    return text;
  }
  std::string operator()(const Map& map) const {
    std::string text;
    for (const auto& [key, item] : map) {
      if (!text.empty()) text += ", ";
      text += key + "=" + to_text(item);
    }
    return text;
  }
};

}  // namespace

std::string to_text(const Value& value) {
  return std::visit(TextOf{}, value.data);
}

}  // namespace preflight::facts
