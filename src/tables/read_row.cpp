#include "tables/read_row.hpp"

#include <algorithm>

#include "facts/read_value.hpp"
#include "facts/writer.hpp"

namespace preflight::tables {

namespace {

void read_cell(JsonReader& reader, const JsonString& name, const std::vector<Column>& columns, Row& row) {
  if (name.value == "sources") return read_texts(reader, row.sources);
  const auto column = std::ranges::find(columns, name.value, &Column::name);
  if (column == columns.end()) {
    reader.fail(name.offset, "no such column: '" + std::string(name.value) + "'");
    return;
  }
  if (reader.peek() == JsonKind::null) {
    reader.skip();
    return;
  }
  auto value = facts::read_value(reader);
  if (!value) return;
  if (!facts::has_type(*value, column->type)) {
    reader.fail(name.offset, "'" + column->name + "' is not of type " + facts::type_text(column->type));
  }
  row.cells.insert_or_assign(column->name, std::move(*value));
}

}  // namespace

Row read_row(JsonReader& reader, const std::vector<Column>& columns) {
  Row row;
  reader.object([&](const JsonString& name) { read_cell(reader, name, columns, row); });
  return row;
}

void read_texts(JsonReader& reader, std::vector<std::string>& texts) {
  reader.array([&] {
    JsonString text;
    if (reader.string(text)) texts.emplace_back(text.value);
  });
}

}  // namespace preflight::tables
