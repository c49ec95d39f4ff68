#include "tables/tables.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "facts/read_value.hpp"
#include "facts/writer.hpp"
#include "support/json_reader.hpp"
#include "tables/embedded.hpp"

namespace preflight::tables {

namespace {

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

std::string quoted(std::string_view name) {
  return "'" + std::string(name) + "'";
}

// Reads one table; the first problem ends it.
class TableReader {
 public:
  explicit TableReader(std::string_view text) : text_(text), reader_(text, decoded_) {}

  Result<Table> read() {
    if (const auto bad = first_bad_byte(text_); bad != std::string_view::npos) {
      reader_.fail(bad, "not valid UTF-8");
    }
    if (reader_.object([&](const JsonString& key) { member(key); }) && reader_.end()) check_is_whole();
    if (reader_.problem()) return Error{ErrorKind::malformed, to_text(*reader_.problem(), text_)};
    return std::move(table_);
  }

 private:
  void member(const JsonString& key) {
    if (key.value == "table") {
      string(table_.name);
    } else if (key.value == "meaning") {
      string(table_.meaning);
    } else if (key.value == "key") {
      string(table_.key);
    } else if (key.value == "sources") {
      strings(table_.sources);
    } else if (key.value == "columns") {
      reader_.object([&](const JsonString& name) { column(name); });
    } else if (key.value == "rows") {
      if (table_.columns.empty()) reader_.fail(key.offset, "columns stand before rows");
      reader_.object([&](const JsonString& name) { row(name); });
    } else {
      reader_.fail(key.offset, "unknown member " + quoted(key.value));
    }
  }

  void string(std::string& text) {
    JsonString read;
    if (reader_.string(read)) text = read.value;
  }
  void strings(std::vector<std::string>& texts) {
    reader_.array([&] { string(texts.emplace_back()); });
  }

  void column(const JsonString& name) {
    Column column{std::string(name.value), {}, {}};
    std::string type;
    reader_.object([&](const JsonString& key) {
      if (key.value == "type") return string(type);
      if (key.value == "meaning") return string(column.meaning);
      reader_.fail(key.offset, "unknown member " + quoted(key.value));
    });
    const auto* known = type_of(type);
    if (known == nullptr) {
      reader_.fail(name.offset, "the column " + quoted(name.value) + " has an unknown type");
      return;
    }
    column.type = *known;
    table_.columns.push_back(std::move(column));
  }

  // Most files are in the order of their keys.
  void row(const JsonString& key) {
    const std::size_t before = table_.rows.size();
    const auto place = table_.rows.emplace_hint(table_.rows.end(), key.value, Row{});
    if (table_.rows.size() == before) {
      reader_.fail(key.offset, "the row " + quoted(key.value) + " stands here twice");
    }
    reader_.object([&](const JsonString& name) { cell(name, place->second); });
  }

  void cell(const JsonString& name, Row& row) {
    if (name.value == "sources") return strings(row.sources);
    const Column* column = table_.column(name.value);
    if (column == nullptr) {
      reader_.fail(name.offset, "no such column: " + quoted(name.value));
      return;
    }
    if (reader_.peek() == JsonKind::null) {
      reader_.skip();
      return;
    }
    auto value = facts::read_value(reader_);
    if (!value) return;
    if (!facts::has_type(*value, column->type)) {
      reader_.fail(name.offset, quoted(name.value) + " is not of type " + facts::type_text(column->type));
    }
    row.cells.insert_or_assign(column->name, std::move(*value));
  }

  void check_is_whole() {
    if (table_.name.empty() || table_.meaning.empty() || table_.key.empty() || table_.sources.empty() ||
        table_.rows.empty()) {
      reader_.fail(0, "table, meaning, key, columns, sources and rows are required");
    }
  }

  std::string_view text_;
  DecodedStrings decoded_;
  JsonReader reader_;
  Table table_;
};

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
  return TableReader(text).read();
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
