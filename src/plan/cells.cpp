#include "plan/cells.hpp"

namespace preflight::plan {

namespace {

const facts::Value* value_at(const tables::Tables& tables, const Cell& cell) {
  const auto table = tables.find(cell.table);
  if (table == tables.end()) return nullptr;
  const auto* const row = table->second.row(cell.row);
  if (row == nullptr) return nullptr;
  const auto found = row->cells.find(cell.column);
  return found == row->cells.end() ? nullptr : &found->second;
}

}  // namespace

std::string text_at(const tables::Tables& tables, const Cell& cell) {
  const auto* const value = value_at(tables, cell);
  const auto* const text = value == nullptr ? nullptr : std::get_if<std::string>(&value->data);
  return text == nullptr ? "" : *text;
}

std::vector<std::string> texts_at(const tables::Tables& tables, const Cell& cell) {
  const auto* const value = value_at(tables, cell);
  const auto* const list = value == nullptr ? nullptr : std::get_if<facts::List>(&value->data);
  std::vector<std::string> texts;
  if (list == nullptr) return texts;
  for (const auto& item : *list) {
    if (const auto* const text = std::get_if<std::string>(&item.data)) texts.push_back(*text);
  }
  return texts;
}

std::optional<std::int64_t> integer_at(const tables::Tables& tables, const Cell& cell) {
  const auto* const value = value_at(tables, cell);
  const auto* const number = value == nullptr ? nullptr : std::get_if<std::int64_t>(&value->data);
  return number == nullptr ? std::nullopt : std::optional(*number);
}

DottedVersion version_of(std::string_view text) {
  auto version = parse_dotted_version(text);
  return version ? std::move(*version) : DottedVersion{};
}

gpu_code::ComputeCapability capability_of(std::string_view text) {
  const auto version = version_of(text);
  return {static_cast<int>(version.at(0)), static_cast<int>(version.at(1))};
}

std::string to_text(gpu_code::ComputeCapability capability) {
  return std::to_string(capability.major) + "." + std::to_string(capability.minor);
}

std::string branch_of(std::string_view driver) {
  return std::string(driver.substr(0, driver.find('.')));
}

bool begins_with(std::string_view version, std::string_view numbers) {
  return version.starts_with(numbers) && (version.size() == numbers.size() || version[numbers.size()] == '.');
}

}  // namespace preflight::plan
