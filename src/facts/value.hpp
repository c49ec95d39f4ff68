// What a fact's value can be. Versions are kept as the text that was read; the registry says that they are
// versions, and the rules compare them as such.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace preflight::facts {

struct Value;
using List = std::vector<Value>;
using Map = std::map<std::string, Value, std::less<>>;

struct Value {
  std::variant<bool, std::int64_t, std::string, List, Map> data;

  Value(bool value) : data(value) {}
  Value(int value) : data(std::int64_t{value}) {}
  Value(std::int64_t value) : data(value) {}
  Value(std::string value) : data(std::move(value)) {}
  Value(std::string_view value) : data(std::string(value)) {}
  Value(const char* value) : data(std::string(value)) {}
  Value(List value) : data(std::move(value)) {}
  Value(Map value) : data(std::move(value)) {}

  friend bool operator==(const Value&, const Value&) = default;
};

// A list of strings as a value.
Value string_list(const std::vector<std::string>& items);

// For people: strings bare, lists joined by ", ", maps as "key=value" pairs.
std::string to_text(const Value& value);

}  // namespace preflight::facts
