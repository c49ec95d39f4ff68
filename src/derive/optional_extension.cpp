// Whether a package can do without one of its compiled files.
#include <algorithm>

#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"

namespace preflight::derive {

namespace {

constexpr std::string_view kOptional = "optional";
constexpr std::string_view kTable = "optional_extension";
constexpr std::string_view kSource = "package, path, table.optional_extension";

// Whether a path holds one of the texts of a cell; `otherwise` when the row lacks the cell.
bool names_path(const tables::Row& row, std::string_view column, std::string_view path, bool otherwise) {
  const auto cell = row.cells.find(column);
  if (cell == row.cells.end()) return otherwise;
  return std::ranges::any_of(std::get<facts::List>(cell->second.data), [&](const facts::Value& part) {
    return path.find(std::get<std::string>(part.data)) != std::string_view::npos;
  });
}

void derive_optional_extension(facts::Document& document, const tables::Tables& tables) {
  const auto table = tables.find(kTable);
  for (const auto& id : ids_of(document, "extension")) {
    const auto& extension = document.subject("extension", id);
    facts::SubjectWriter writer(document, "extension", id);
    const auto* const package = extension.text("package");
    const auto* const path = extension.text("path");
    if (package == nullptr || path == nullptr || table == tables.end()) {
      const auto missing = table == tables.end()
                               ? "there is no table optional_extension"
                               : why_not_known(extension, package == nullptr ? "package" : "path");
      writer.unknown(kOptional, {missing}, kSource);
      continue;
    }
    const auto* const row = table->second.row(*package);
    writer.set(
        kOptional,
        row != nullptr && names_path(*row, "files", *path, true) && !names_path(*row, "but", *path, false),
        kSource);
  }
}

}  // namespace

Derivation optional_extension() {
  static constexpr std::string_view kReads[] = {"package", "path", "table.optional_extension"};
  static constexpr std::string_view kSets[] = {kOptional};
  return {"optional-extension", "extension", kReads, kSets, derive_optional_extension};
}

}  // namespace preflight::derive
