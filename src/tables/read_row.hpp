// A row of a table, from JSON.
#pragma once

#include "support/json_reader.hpp"
#include "tables/tables.hpp"

namespace preflight::tables {

// The row at which the reader stands. What is wrong with it is the reader's problem.
Row read_row(JsonReader& reader, const std::vector<Column>& columns);

void read_texts(JsonReader& reader, std::vector<std::string>& texts);

}  // namespace preflight::tables
