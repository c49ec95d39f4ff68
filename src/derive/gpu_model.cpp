// What a GPU is: looked up by its PCI id, else by the name that a driver or a dump reports; of a product that
// the tables don't know, what the driver reports.
#include <array>
#include <optional>

#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"

namespace preflight::derive {

namespace {

constexpr std::string_view kByPciId = "gpu_by_pci_id";
constexpr std::string_view kByName = "gpu_by_name";

// Rows that may describe the card, the best first.
struct Row {
  std::string_view table;
  std::string key;
  std::string_view fact;  // where the key comes from
};

std::vector<Row> rows_for(const facts::Subject& gpu) {
  std::vector<Row> rows;
  if (const auto* const id = gpu.text("pci_id")) rows.push_back({kByPciId, *id, "pci_id"});
  // NVML's, where the kernel module isn't shown: in a sandbox, or under WSL.
  for (const std::string_view fact : {"name", "nvml.name"}) {
    const auto* const name = gpu.text(fact);
    if (name == nullptr) continue;
    constexpr std::string_view kVendor = "NVIDIA ";
    const std::string_view product = *name;
    rows.push_back({kByName,
                    std::string(product.starts_with(kVendor) ? product.substr(kVendor.size()) : product),
                    fact});
  }
  return rows;
}

void set_column(const std::vector<Row>& rows, std::string_view column, const std::string& no_rows,
                const tables::Tables& tables, facts::SubjectWriter& writer) {
  const auto path = "model." + std::string(column);
  std::string reason = no_rows;
  for (const auto& row : rows) {
    const auto source = "table " + std::string(row.table) + " by " + std::string(row.fact);
    auto cell = find_cell(tables, row.table, row.key, column);
    if (auto* const value = std::get_if<facts::Value>(&cell))
      return writer.set(path, std::move(*value), source);
    // The table by name has no column for it: its key is the name.
    const bool is_name = column == "name" && row.table == kByName;
    if (is_name &&
        std::holds_alternative<facts::Value>(find_cell(tables, kByName, row.key, "architecture"))) {
      return writer.set(path, row.key, source);
    }
    if (reason == no_rows) reason = std::get<std::string>(cell);
  }
  writer.unknown(path, {reason}, rows.empty() ? std::string_view("pci_id, name") : rows.front().fact);
}

// A product that the tables don't know: what the driver reports of it.
void set_reported(const facts::Subject& gpu, const tables::Tables& tables, facts::SubjectWriter& writer) {
  if (gpu.text("model.compute_capability") != nullptr) return;
  for (const std::string_view fact : {"nvml.compute_capability", "cuda_driver.compute_capability"}) {
    const auto* const capability = gpu.text(fact);
    if (capability == nullptr) continue;
    const std::string row = *capability;
    writer.set("model.compute_capability", row, fact);
    auto cell = find_cell(tables, "compute_capability", row, "architecture");
    if (auto* const value = std::get_if<facts::Value>(&cell)) {
      writer.set("model.architecture", std::move(*value), "table compute_capability by " + std::string(fact));
    }
    return;
  }
}

void derive_gpu_model(facts::Document& document, const tables::Tables& tables) {
  for (const auto& id : ids_of(document, "gpu")) {
    const auto& gpu = document.subject("gpu", id);
    const auto rows = rows_for(gpu);
    const auto no_rows = rows.empty() ? why_not_known(gpu, "pci_id") + "; " + why_not_known(gpu, "name") : "";
    facts::SubjectWriter writer(document, "gpu", id);
    for (const auto* const column : {"name", "compute_capability", "architecture", "class", "open_module"}) {
      set_column(rows, column, no_rows, tables, writer);
    }
    set_reported(document.subject("gpu", id), tables, writer);
  }
}

}  // namespace

Derivation gpu_model() {
  static constexpr std::string_view kReads[] = {"pci_id",
                                                "name",
                                                "nvml.name",
                                                "nvml.compute_capability",
                                                "cuda_driver.compute_capability",
                                                "table.gpu_by_pci_id",
                                                "table.gpu_by_name",
                                                "table.compute_capability"};
  static constexpr std::string_view kSets[] = {"model.name", "model.compute_capability", "model.architecture",
                                               "model.class", "model.open_module"};
  return {"gpu-model", "gpu", kReads, kSets, derive_gpu_model};
}

}  // namespace preflight::derive
