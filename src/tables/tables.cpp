#include "tables/tables.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "facts/writer.hpp"
#include "support/json.hpp"
#include "tables/embedded.hpp"

namespace preflight::tables {

namespace {

using nlohmann::json;

Error malformed(std::string message) {
  return {ErrorKind::malformed, std::move(message)};
}

const facts::Type* type_of(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, facts::Type>, 8> kTypes = {{
      {"boolean", facts::kBoolean},
      {"integer", facts::kInteger},
      {"bytes", facts::kBytes},
      {"string", facts::kString},
      {"version", facts::kVersion},
      {"python_version", facts::kPythonVersion},
      {"list of string", facts::kStrings},
      {"list of integer", facts::kIntegers},
  }};
  const auto* found = std::ranges::find(kTypes, text, &std::pair<std::string_view, facts::Type>::first);
  return found == kTypes.end() ? nullptr : &found->second;
}

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::string> sources_of(const json& object) {
  std::vector<std::string> sources;
  const auto found = object.find("sources");
  if (found == object.end() || !found->is_array()) return sources;
  for (const auto& source : *found) {
    if (source.is_string()) sources.push_back(source.get<std::string>());
  }
  return sources;
}

Result<facts::Value> value_of(const json& cell) {
  if (cell.is_boolean()) return facts::Value(cell.get<bool>());
  if (cell.is_number_integer()) return facts::Value(cell.get<std::int64_t>());
  if (cell.is_string()) return facts::Value(cell.get<std::string>());
  if (!cell.is_array()) return malformed("neither a scalar nor a list");
  facts::List list;
  for (const auto& item : cell) {
    if (item.is_array()) return malformed("a list in a list");
    auto value = value_of(item);
    if (!value) return value.error();
    list.push_back(std::move(*value));
  }
  return facts::Value(std::move(list));
}

Result<Row> row_of(const json& object, const Table& table, const std::string& pointer) {
  if (!object.is_object()) return malformed(pointer + ": a row is an object");
  Row row;
  row.sources = sources_of(object);
  for (const auto& [name, cell] : object.items()) {
    if (name == "sources" || cell.is_null()) continue;
    const Column* column = table.column(name);
    if (column == nullptr) return malformed(pointer + "/" + name + ": no such column");
    auto value = value_of(cell);
    if (!value || !facts::has_type(*value, column->type)) {
      return malformed(pointer + "/" + name + ": not of type " + facts::type_text(column->type));
    }
    row.cells.emplace(name, std::move(*value));
  }
  return row;
}

}  // namespace

const Column* Table::column(std::string_view column_name) const {
  const auto found = std::ranges::find(columns, column_name, &Column::name);
  return found == columns.end() ? nullptr : &*found;
}

const Row* Table::row(std::string_view row_key) const {
  const auto found = rows.find(row_key);
  return found == rows.end() ? nullptr : &found->second;
}

Result<Table> parse_table(std::string_view text) {
  const auto document = parse_json(text);
  if (!document) return document.error();
  if (!document->is_object()) return malformed("a table is an object");
  Table table{text_at(*document, "table"), text_at(*document, "meaning"),
              text_at(*document, "key"),   {},
              sources_of(*document),       {}};
  if (table.name.empty() || table.meaning.empty() || table.key.empty() || table.sources.empty()) {
    return malformed("table, meaning, key and sources are required");
  }
  const auto columns = document->find("columns");
  const auto rows = document->find("rows");
  if (columns == document->end() || !columns->is_object() || rows == document->end() || !rows->is_object()) {
    return malformed("columns and rows are objects");
  }
  for (const auto& [name, column] : columns->items()) {
    const auto* type = type_of(text_at(column, "type"));
    if (type == nullptr) return malformed("/columns/" + name + ": unknown type");
    table.columns.push_back({name, *type, text_at(column, "meaning")});
  }
  for (const auto& [key, object] : rows->items()) {
    auto row = row_of(object, table, "/rows/" + key);
    if (!row) return row.error();
    table.rows.emplace(key, std::move(*row));
  }
  return table;
}

Tables embedded_tables() {
  Tables tables;
  for (const auto& file : embedded_files()) {
    auto table = parse_table(file.text);
    if (!table) throw std::logic_error(std::string(file.name) + ": " + table.error().message);
    std::string name = table->name;
    tables.emplace(std::move(name), std::move(*table));
  }
  return tables;
}

}  // namespace preflight::tables
