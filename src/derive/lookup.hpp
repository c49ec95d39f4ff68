// Reading facts and tables for a derivation, with the reason where there is nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "facts/document.hpp"
#include "facts/writer.hpp"
#include "tables/tables.hpp"

namespace preflight::derive {

// A cell of a table; or why there is none: "no row 10de:ffff in table gpu_by_pci_id".
std::variant<facts::Value, std::string> find_cell(const tables::Tables& tables, std::string_view table,
                                                  std::string_view row, std::string_view column);

// Why a fact that isn't known isn't: "driver.module_version is absent", "packages is unknown: not readable".
std::string why_not_known(const facts::Subject& subject, std::string_view path);

// What a derivation comes to: a value, or why it isn't known; with neither, the fact is absent.
struct Derived {
  std::optional<facts::Value> value;
  std::string source;
  std::string why_not;
};

// Writes the fact. Programs tell it themselves, in their errors: where the derivation has no value, a
// document that has one from there keeps it.
void write_unless_stated(std::string_view fact, Derived derived, const facts::Subject& subject,
                         facts::SubjectWriter& writer);

// Identifiers of all subjects of a kind. Safe to use while facts are written.
std::vector<std::string> ids_of(const facts::Document& document, std::string_view kind);

}  // namespace preflight::derive
