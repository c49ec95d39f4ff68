// The tables in the binary: what rules and derivations count on, and a sample of rows from public sources.
#include <algorithm>

#include "catch.hpp"
#include "support/version.hpp"
#include "tables/tables.hpp"

namespace preflight::tables {
namespace {

const Tables& shipped() {
  static const Tables kTables = embedded_tables();
  return kTables;
}

std::string text(std::string_view table, std::string_view key, const std::string& column) {
  const Row* const row = shipped().at(std::string(table)).row(key);
  if (row == nullptr) return "no row";
  const auto cell = row->cells.find(column);
  if (cell == row->cells.end()) return "no cell";
  const auto* const value = std::get_if<std::string>(&cell->second.data);
  return value == nullptr ? "no text" : *value;
}

TEST_CASE("every column has a meaning and every version can be read") {
  for (const auto& [name, table] : shipped()) {
    INFO(name);
    CHECK_FALSE(table.rows.keys().empty());
    for (const auto& column : table.columns) {
      INFO(column.name);
      CHECK_FALSE(column.meaning.empty());
      if (column.type.scalar != facts::Scalar::version) continue;
      for (const auto& key : table.rows.keys()) {
        const Row& row = *table.row(key);
        const auto cell = row.cells.find(column.name);
        if (cell == row.cells.end()) continue;
        INFO(key);
        CHECK(parse_dotted_version(std::get<std::string>(cell->second.data)));
      }
    }
  }
}

// Ids and names as in the README of NVIDIA's open kernel modules and in pci.ids.
TEST_CASE("GPUs are found by PCI id") {
  struct Sample {
    const char* id;
    const char* name;
    const char* capability;
    const char* architecture;
    const char* product_class;
  };
  const auto sample = GENERATE(values<Sample>({
      {"10de:102d", "Tesla K80", "3.7", "Kepler", "data_center"},
      {"10de:17fd", "Tesla M40", "5.2", "Maxwell", "data_center"},
      {"10de:15f8", "Tesla P100 PCIe 16GB", "6.0", "Pascal", "data_center"},
      {"10de:1b06", "GeForce GTX 1080 Ti", "6.1", "Pascal", "geforce"},
      {"10de:1db1", "Tesla V100 SXM2 16GB", "7.0", "Volta", "data_center"},
      {"10de:1eb8", "Tesla T4", "7.5", "Turing", "data_center"},
      {"10de:20b2", "A100-SXM4-80GB", "8.0", "Ampere", "data_center"},
      {"10de:2235", "A40", "8.6", "Ampere", "data_center"},
      {"10de:2237", "A10G", "8.6", "Ampere", "data_center"},
      {"10de:2684", "GeForce RTX 4090", "8.9", "Ada", "geforce"},
      {"10de:26b9", "L40S", "8.9", "Ada", "data_center"},
      {"10de:2330", "H100 80GB HBM3", "9.0", "Hopper", "data_center"},
      {"10de:2335", "H200", "9.0", "Hopper", "data_center"},
      {"10de:2342", "GH200 120GB / GH200 480GB", "9.0", "Hopper", "data_center"},
      {"10de:2901", "B200", "10.0", "Blackwell", "data_center"},
      {"10de:2941", "GB200", "10.0", "Blackwell", "data_center"},
      {"10de:3182", "B300 SXM6 AC", "10.3", "Blackwell", "data_center"},
      {"10de:2b85", "GeForce RTX 5090", "12.0", "Blackwell", "geforce"},
      {"10de:2bb1", "RTX PRO 6000 Blackwell Workstation Edition", "12.0", "Blackwell", "workstation"},
      {"10de:2e12", "GB10", "12.1", "Blackwell", "dgx_spark"},
  }));
  INFO(sample.id);
  CHECK(text("gpu_by_pci_id", sample.id, "name") == sample.name);
  CHECK(text("gpu_by_pci_id", sample.id, "compute_capability") == sample.capability);
  CHECK(text("gpu_by_pci_id", sample.id, "architecture") == sample.architecture);
  CHECK(text("gpu_by_pci_id", sample.id, "class") == sample.product_class);
}

TEST_CASE("GPUs are found by the name that NVML reports") {
  CHECK(text("gpu_by_name", "A100-SXM4-40GB", "compute_capability") == "8.0");
  CHECK(text("gpu_by_name", "GeForce GTX 1080 Ti", "architecture") == "Pascal");
  CHECK(text("gpu_by_name", "TITAN X (Pascal)", "compute_capability") == "6.1");
  CHECK(text("gpu_by_name", "Tesla V100-SXM2-32GB", "architecture") == "Volta");
}

// Boards of these names have chips of two architectures.
TEST_CASE("a name that does not decide leaves the column out") {
  CHECK(text("gpu_by_name", "GeForce GTX 750 Ti", "compute_capability") == "no cell");
  CHECK(text("gpu_by_name", "GeForce GT 730", "architecture") == "no row");
}

TEST_CASE("every capability of a GPU has a row") {
  const Table& gpus = shipped().at("gpu_by_pci_id");
  for (const auto& id : gpus.rows.keys()) {
    const Row& row = *gpus.row(id);
    const auto cell = row.cells.find("compute_capability");
    if (cell == row.cells.end()) continue;
    const auto& capability = std::get<std::string>(cell->second.data);
    INFO(id << " " << capability);
    CHECK(shipped().at("compute_capability").row(capability) != nullptr);
  }
}

// One build of 2.6.0 was made on a newer system than the others.
TEST_CASE("the glibc of a release is the oldest that a build of it runs on") {
  CHECK(text("torch_wheel", "2.6.0+cu124", "min_glibc") == "2.17");
  CHECK(text("torch_wheel", "2.6.0+cu126", "min_glibc") == "2.28");
  const auto releases = shipped().at("torch").rows.keys();
  const auto builds = shipped().at("torch_wheel").rows.keys();
  for (const auto& release : releases) {
    std::vector<DottedVersion> floors;
    for (const auto& build : builds) {
      if (!build.starts_with(release + "+")) continue;
      INFO(build);
      const auto floor = parse_dotted_version(text("torch_wheel", build, "min_glibc"));
      REQUIRE(floor);
      floors.push_back(*floor);
    }
    if (floors.empty()) continue;
    INFO(release);
    const auto lowest = parse_dotted_version(text("torch", release, "min_glibc"));
    REQUIRE(lowest);
    CHECK(*std::ranges::min_element(floors) == *lowest);
  }
}

// What the table of closed indexes repeats of the wheels: their last release is in the table of releases,
// none of a later one is for that CUDA, and both tables tell the same GPUs.
TEST_CASE("closed indexes of torch end with the last release for their CUDA") {
  const auto& wheels = shipped().at("torch_wheel");
  for (const auto& tag : shipped().at("torch_index").rows.keys()) {
    INFO(tag);
    const auto newest = text("torch_index", tag, "newest");
    CHECK(wheels.row(newest + "+" + tag) != nullptr);
    for (const auto& wheel : wheels.rows.keys()) {
      if (!wheel.ends_with("+" + tag)) continue;
      INFO(wheel);
      CHECK(parse_dotted_version(wheel.substr(0, wheel.find('+')))->numbers <=
            parse_dotted_version(newest)->numbers);
    }
    const auto cell = [](const char* table, const std::string& row, const char* column) {
      return shipped().at(table).row(row)->cells.at(column);
    };
    CHECK(cell("torch_index", tag, "sass") == cell("torch_wheel", newest + "+" + tag, "sass"));
    CHECK(cell("torch_index", tag, "max_python_minor") == cell("torch", newest, "max_python_minor"));
  }
}

}  // namespace
}  // namespace preflight::tables
