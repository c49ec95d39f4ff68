#include "tables/tables.hpp"

#include "catch.hpp"

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

TEST_CASE("the tables in the binary are good") {
  const auto tables = embedded_tables();
  REQUIRE(tables.contains("cuda_family"));
  CHECK(facts::to_text(tables.at("cuda_family").row("12")->cells.at("min_driver")) == "525.60.13");
  for (const auto& [name, table] : tables) {
    INFO(name);
    CHECK_FALSE(table.rows.empty());
    for (const auto& column : table.columns) CHECK_FALSE(column.meaning.empty());
  }
}
