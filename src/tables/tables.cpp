#include "tables/tables.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

#include "support/json_reader.hpp"
#include "tables/embedded.hpp"
#include "tables/read_row.hpp"

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

}  // namespace

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

  // Up to the rows, which stand last.
  Table open() {
    is_opening_ = true;
    reader_.object([&](const JsonString& key) { member(key); });
    if (table_.rows.text_.empty()) throw std::logic_error("a table in the binary has no rows");
    return std::move(table_);
  }

 private:
  void member(const JsonString& key) {
    if (has_rows_) {
      reader_.fail(key.offset, "rows stand last");
    } else if (key.value == "table") {
      string(table_.name);
    } else if (key.value == "meaning") {
      string(table_.meaning);
    } else if (key.value == "key") {
      string(table_.key);
    } else if (key.value == "sources") {
      read_texts(reader_, table_.sources);
    } else if (key.value == "columns") {
      reader_.object([&](const JsonString& name) { column(name); });
    } else if (key.value == "rows") {
      rows(key);
    } else {
      reader_.fail(key.offset, "unknown member " + quoted(key.value));
    }
  }

  void string(std::string& text) {
    JsonString read;
    if (reader_.string(read)) text = read.value;
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

  void rows(const JsonString& key) {
    has_rows_ = true;
    if (table_.columns.empty()) reader_.fail(key.offset, "columns stand before rows");
    if (is_opening_) {
      table_.rows.text_ = text_;
      table_.rows.offset_ = reader_.offset();
      reader_.fail(key.offset, "read when they are asked for");
      return;
    }
    std::set<std::string, std::less<>> keys;
    reader_.object([&](const JsonString& name) {
      if (!keys.emplace(name.value).second) {
        reader_.fail(name.offset, "the row " + quoted(name.value) + " stands here twice");
      }
      table_.rows.add(name.value, 0, read_row(reader_, table_.columns));
    });
    table_.rows.sort();
  }

  void check_is_whole() {
    if (table_.name.empty() || table_.meaning.empty() || table_.key.empty() || table_.sources.empty() ||
        table_.rows.entries_.empty()) {
      reader_.fail(0, "table, meaning, key, columns, sources and rows are required");
    }
  }

  std::string_view text_;
  DecodedStrings decoded_;
  JsonReader reader_;
  Table table_;
  bool is_opening_ = false;
  bool has_rows_ = false;
};

const Column* Table::column(std::string_view column_name) const {
  const auto found = std::ranges::find(columns, column_name, &Column::name);
  return found == columns.end() ? nullptr : &*found;
}

Result<Table> parse_table(std::string_view text) {
  return TableReader(text).read();
}

Table open_table(std::string_view text) {
  return TableReader(text).open();
}

Tables embedded_tables() {
  Tables tables;
  for (const auto& file : embedded_files()) {
    Table table = open_table(file.text);
    std::string name = table.name;
    tables.emplace(std::move(name), std::move(table));
  }
  return tables;
}

}  // namespace preflight::tables
