// Reading facts and tables for a derivation, with the reason where there is nothing.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "facts/document.hpp"
#include "tables/tables.hpp"

namespace preflight::derive {

// A cell of a table; or why there is none: "no row 10de:ffff in table gpu_by_pci_id".
std::variant<facts::Value, std::string> find_cell(const tables::Tables& tables, std::string_view table,
                                                  std::string_view row, std::string_view column);

// Why a fact that isn't known isn't: "driver.module_version is absent", "packages is unknown: not readable".
std::string why_not_known(const facts::Subject& subject, std::string_view path);

// Identifiers of all subjects of a kind. Safe to use while facts are written.
std::vector<std::string> ids_of(const facts::Document& document, std::string_view kind);

}  // namespace preflight::derive
