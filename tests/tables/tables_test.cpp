#include "tables/tables.hpp"

#include "catch.hpp"

using namespace preflight;
using namespace preflight::tables;

namespace {

std::string table_with(const std::string& columns, const std::string& rows) {
  return R"({"table": "t", "meaning": "m", "key": "k", "sources": ["https://example.org"], "columns": )" +
         columns + R"(, "rows": )" + rows + "}";
}

std::string error_of(const std::string& text) {
  const auto table = parse_table(text);
  return table ? "" : table.error().message;
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
  CHECK(error_of("[]") == "a table is an object");
  CHECK(error_of(R"({"table": "t"})") == "table, meaning, key and sources are required");
  CHECK(error_of(table_with("{}", "[]")) == "columns and rows are objects");
  CHECK(error_of(table_with(R"({"v": {"type": "number"}})", "{}")) == "/columns/v: unknown type");
  CHECK(error_of(table_with("{}", R"({"12": {"v": 1}})")) == "/rows/12/v: no such column");
  CHECK(error_of(table_with("{}", R"({"12": 1})")) == "/rows/12: a row is an object");
  CHECK(error_of(table_with(R"({"v": {"type": "version"}})", R"({"12": {"v": 1}})")) ==
        "/rows/12/v: not of type version");
  CHECK(error_of(table_with(R"({"v": {"type": "integer"}})", R"({"12": {"v": 1.5}})")) ==
        "/rows/12/v: not of type integer");
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
