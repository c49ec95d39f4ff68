#include "tables/tables.hpp"

#include "catch.hpp"
#include "tables/embedded.hpp"

using namespace preflight;
using namespace preflight::tables;

namespace {

std::string table_with(const std::string& columns, const std::string& rows) {
  return R"({"table": "t", "meaning": "m", "key": "k", "sources": ["https://example.org"], "columns": )" +
         columns + R"(, "rows": )" + rows + "}";
}

// Without the place, which is where the offending name stands.
std::string error_of(const std::string& text) {
  const auto table = parse_table(text);
  if (table) return "";
  const std::string message = table.error().message;
  return message.substr(message.find(": ") + 2);
}

}  // namespace

TEST_CASE("a table is read with its types") {
  const auto table =
      parse_table(table_with(R"({"v": {"type": "version", "meaning": "x"}, "l": {"type": "list of string"}})",
                             R"({"12": {"v": "525.60.13", "l": ["a"], "sources": ["https://example.org/12"]},
                                 "13": {"v": null}})"));
  REQUIRE(table);
  REQUIRE(table->row("12") != nullptr);
  CHECK(facts::to_text(table->row("12")->cells.at("v")) == "525.60.13");
  CHECK(table->row("12")->sources == std::vector<std::string>{"https://example.org/12"});
  CHECK(table->row("13")->cells.empty());
  CHECK(table->row("14") == nullptr);
  CHECK(table->column("v")->type.scalar == facts::Scalar::version);
  CHECK(table->column("w") == nullptr);
}

TEST_CASE("a bad table is an error that names the place") {
  const std::string column = R"({"v": {"type": "version", "meaning": "x"}})";
  const auto rows_error = [&](const std::string& rows) { return error_of(table_with(column, rows)); };
  CHECK(error_of("[]") == "'{' is missing here");
  CHECK(error_of(R"({"table": "t"})") == "table, meaning, key, columns, sources and rows are required");
  CHECK(error_of(R"({"rows": {}})") == "columns stand before rows");
  CHECK(rows_error(R"({"12": {}}, "meaning": "m")") == "rows stand last");
  CHECK(error_of(R"({"tables": "t"})") == "unknown member 'tables'");
  CHECK(error_of(table_with(R"({"v": {"type": "number"}})", "{}")) == "the column 'v' has an unknown type");
  CHECK(error_of(table_with(R"({"v": {"typ": "version"}})", "{}")) == "unknown member 'typ'");
  CHECK(error_of(table_with(R"({"v": {"type": "integer"}})", R"({"12": {"v": 1.5}})")) ==
        "not an integer of 64 bits");
  CHECK(rows_error("[]") == "'{' is missing here");
  CHECK(rows_error(R"({"12": {"w": 1}})") == "no such column: 'w'");
  CHECK(rows_error(R"({"12": 1})") == "'{' is missing here");
  CHECK(rows_error(R"({"12": {"v": 1}})") == "'v' is not of type version");
  CHECK(rows_error(R"({"12": {"v": [["1"]]}})") == "'v' is not of type version");
  CHECK(rows_error(R"({"12": {}, "13": {}, "12": {}})") == "the row '12' stands here twice");
  CHECK(rows_error("{\"12\": {\"v\": \"\xff\"}}") == "not valid UTF-8");
  CHECK(error_of(R"({"table")") == "the text ends too early: ':' is missing here");
}

TEST_CASE("an opened table reads a row when it is asked for") {
  const std::string text =
      table_with(R"({"v": {"type": "integer"}})", R"({"b": {"v": 1}, "a\u0041": {"v": "x"}})");
  const auto table = open_table(text);
  CHECK(table.name == "t");
  REQUIRE(table.row("b") != nullptr);
  CHECK(facts::to_text(table.row("b")->cells.at("v")) == "1");
  CHECK(table.row("b") == table.row("b"));
  CHECK(table.row("c") == nullptr);
  CHECK(table.rows.keys() == std::vector<std::string>{"aA", "b"});
  CHECK_THROWS_AS(table.row("aA"), std::logic_error);
  CHECK_THROWS_AS(open_table("{}"), std::logic_error);
}

TEST_CASE("the tables in the binary are good") {
  const auto tables = embedded_tables();
  for (const auto& file : embedded_files()) {
    INFO(file.name);
    const auto whole = parse_table(file.text);
    REQUIRE(whole);
    REQUIRE(tables.contains(whole->name));
    const Table& opened = tables.at(whole->name);
    CHECK(opened.meaning == whole->meaning);
    CHECK(opened.key == whole->key);
    CHECK(opened.columns.size() == whole->columns.size());
    CHECK(opened.sources == whole->sources);
    CHECK(opened.rows.keys() == whole->rows.keys());
    bool are_same = true;
    for (const auto& key : whole->rows.keys()) {
      are_same = are_same && opened.row(key)->cells == whole->row(key)->cells &&
                 opened.row(key)->sources == whole->row(key)->sources;
    }
    CHECK(are_same);
  }
  REQUIRE(tables.contains("cuda_family"));
  CHECK(facts::to_text(tables.at("cuda_family").row("12")->cells.at("min_driver")) == "525.60.13");
  for (const auto& [name, table] : tables) {
    INFO(name);
    for (const auto& column : table.columns) CHECK_FALSE(column.meaning.empty());
  }
}
