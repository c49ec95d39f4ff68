#include "derive/lookup.hpp"

namespace preflight::derive {

std::variant<facts::Value, std::string> find_cell(const tables::Tables& tables, std::string_view table,
                                                  std::string_view row, std::string_view column) {
  const auto place = " in table " + std::string(table);
  const auto found = tables.find(table);
  if (found == tables.end()) return "there is no table " + std::string(table);
  const auto* const cells = found->second.row(row);
  if (cells == nullptr) return "no row " + std::string(row) + place;
  const auto cell = cells->cells.find(column);
  if (cell == cells->cells.end()) return "row " + std::string(row) + place + " has no " + std::string(column);
  return cell->second;
}

std::string why_not_known(const facts::Subject& subject, std::string_view path) {
  const auto* const fact = subject.find(path);
  if (fact == nullptr) return std::string(path) + " was not recorded";
  if (fact->absent()) return std::string(path) + " is absent";
  if (const auto* const unknown = fact->unknown()) {
    return std::string(path) + " is unknown: " + unknown->reason;
  }
  return {};
}

void write_unless_stated(std::string_view fact, Derived derived, const facts::Subject& subject,
                         facts::SubjectWriter& writer) {
  if (derived.value) return writer.set(fact, std::move(*derived.value), derived.source);
  if (subject.text(fact) != nullptr) return;
  if (derived.why_not.empty()) return writer.absent(fact, derived.source);
  writer.unknown(fact, {derived.why_not}, derived.source);
}

std::vector<std::string> ids_of(const facts::Document& document, std::string_view kind) {
  std::vector<std::string> ids;
  for (const auto* const subject : document.of_kind(kind)) ids.push_back(subject->id);
  return ids;
}

}  // namespace preflight::derive
