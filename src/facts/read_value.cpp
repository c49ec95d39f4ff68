#include "facts/read_value.hpp"

#include <utility>

namespace preflight::facts {

std::optional<Value> read_value(JsonReader& reader) {
  switch (reader.peek()) {
    case JsonKind::text: {
      JsonString text;
      if (!reader.string(text)) return std::nullopt;
      return Value(text.value);
    }
    case JsonKind::number: {
      std::int64_t number = 0;
      if (!reader.integer(number)) return std::nullopt;
      return Value(number);
    }
    case JsonKind::boolean: {
      bool truth = false;
      if (!reader.boolean(truth)) return std::nullopt;
      return Value(truth);
    }
    case JsonKind::array: {
      List list;
      const bool is_whole = reader.array([&] {
        if (auto item = read_value(reader)) list.push_back(std::move(*item));
      });
      if (!is_whole) return std::nullopt;
      return Value(std::move(list));
    }
    case JsonKind::object: {
      Map map;
      const bool is_whole = reader.object([&](const JsonString& key) {
        if (auto item = read_value(reader)) map.insert_or_assign(std::string(key.value), std::move(*item));
      });
      if (!is_whole) return std::nullopt;
      return Value(std::move(map));
    }
    case JsonKind::null:
      reader.fail(reader.offset(), "null stands for an absent fact only");
      return std::nullopt;
    case JsonKind::bad:
      break;
  }
  reader.skip();
  return std::nullopt;
}

}  // namespace preflight::facts
