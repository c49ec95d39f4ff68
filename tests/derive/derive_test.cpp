#include "derive/derive.hpp"

#include "catch.hpp"
#include "facts/registry.hpp"
#include "facts/writer.hpp"

using namespace preflight;

namespace {

tables::Tables tables_of(std::initializer_list<std::string_view> texts) {
  tables::Tables tables;
  for (const auto text : texts) {
    auto table = tables::parse_table(text);
    REQUIRE(table);
    auto name = table->name;
    tables.emplace(std::move(name), std::move(*table));
  }
  return tables;
}

tables::Tables sample_tables() {
  return tables_of({R"({"table": "gpu_by_pci_id", "meaning": "m", "key": "k", "sources": ["s"],
      "columns": {"name": {"type": "string"}, "compute_capability": {"type": "version"},
                  "architecture": {"type": "string"}, "class": {"type": "string"},
                  "open_module": {"type": "boolean"}},
      "rows": {"10de:2330": {"name": "H100 80GB HBM3", "compute_capability": "9.0", "architecture": "Hopper",
                             "class": "data_center", "open_module": true},
               "10de:2684": {"name": "GeForce RTX 4090", "compute_capability": "8.9", "class": "geforce"}}})",
                    R"({"table": "gpu_by_name", "meaning": "m", "key": "k", "sources": ["s"],
      "columns": {"compute_capability": {"type": "version"}, "architecture": {"type": "string"},
                  "class": {"type": "string"}, "open_module": {"type": "boolean"}},
      "rows": {"Tesla T4": {"compute_capability": "7.5", "architecture": "Turing"}}})",
                    R"({"table": "driver_branch", "meaning": "m", "key": "k", "sources": ["s"],
      "columns": {"cuda": {"type": "version"}},
      "rows": {"535": {"cuda": "12.2"}, "550": {"cuda": "12.4"}}})"});
}

std::string state(const facts::Subject& subject, std::string_view path) {
  const auto* const fact = subject.find(path);
  if (fact == nullptr) return "not set";
  if (fact->absent()) return "absent (" + fact->source + ")";
  if (const auto* const unknown = fact->unknown()) return "unknown: " + unknown->reason;
  return facts::to_text(*fact->value());
}

struct Machine {
  facts::Document document;
  facts::FactWriter writer{document};

  facts::SubjectWriter gpu(std::string_view id) { return writer.subject("gpu", id); }
  Machine& variable(const std::string& name, const std::string& value) {
    const auto* const before = document.host().map("variables");
    facts::Map variables = before == nullptr ? facts::Map{} : *before;
    variables.insert_or_assign(name, value);
    writer.host().set("variables", variables, "test");
    return *this;
  }
  Machine& driver(std::string_view version) {
    writer.host().set("driver.module_version", version, "test");
    return *this;
  }
  Machine& card(std::string_view pci_id) {
    const auto id = std::to_string(document.subjects.size());
    gpu(id).set("pci_id", pci_id, "test");
    return *this;
  }
  std::string unmet() {
    derive::run_derivations(document, sample_tables());
    return state(document.host(), "nvidia_require.unmet");
  }
};

}  // namespace

TEST_CASE("derivations are listed, and set only facts that are declared as derived") {
  for (const auto& derivation : derive::derivations()) {
    INFO(derivation.name);
    CHECK(!derivation.reads.empty());
    for (const auto path : derivation.sets) {
      INFO(path);
      const auto* const declared = facts::find_fact(derivation.kind, path);
      REQUIRE(declared != nullptr);
      CHECK(declared->origin == facts::Origin::derived);
    }
  }
}

TEST_CASE("the tables of the program have what derivations read") {
  const auto tables = tables::embedded_tables();
  const auto has = [&](std::string_view table, std::string_view column) {
    const auto found = tables.find(table);
    return found != tables.end() && found->second.column(column) != nullptr;
  };
  CHECK(has("driver_branch", "cuda"));
  for (const auto* const column : {"compute_capability", "architecture", "class", "open_module"}) {
    INFO(column);
    CHECK(has("gpu_by_pci_id", column));
    CHECK(has("gpu_by_name", column));
  }
  CHECK(has("gpu_by_pci_id", "name"));
}

TEST_CASE("a GPU's model comes from its PCI id") {
  Machine machine;
  machine.gpu("0").set("pci_id", "10de:2330", "test");
  derive::run_derivations(machine.document, sample_tables());
  const auto& gpu = machine.document.subject("gpu", "0");
  CHECK(state(gpu, "model.name") == "H100 80GB HBM3");
  CHECK(state(gpu, "model.compute_capability") == "9.0");
  CHECK(state(gpu, "model.open_module") == "true");
  CHECK(gpu.find("model.class")->source == "table gpu_by_pci_id by pci_id");
}

TEST_CASE("a GPU's model comes from its name where the id says nothing") {
  Machine machine;
  machine.gpu("0").set("pci_id", "10de:ffff", "test");
  machine.gpu("0").set("name", "NVIDIA Tesla T4", "test");
  derive::run_derivations(machine.document, sample_tables());
  const auto& gpu = machine.document.subject("gpu", "0");
  CHECK(state(gpu, "model.name") == "Tesla T4");
  CHECK(state(gpu, "model.compute_capability") == "7.5");
  CHECK(state(gpu, "model.class") == "unknown: no row 10de:ffff in table gpu_by_pci_id");
}

TEST_CASE("a GPU that no table has is unknown, never the nearest one") {
  Machine machine;
  machine.gpu("0").set("pci_id", "10de:ffff", "test");
  machine.gpu("1").set("pci_id", "10de:2684", "test");
  machine.gpu("2").unknown("pci_id", {"not readable"}, "test");
  machine.gpu("2").absent("name", "test");
  derive::run_derivations(machine.document, sample_tables());
  CHECK(state(machine.document.subject("gpu", "0"), "model.name") ==
        "unknown: no row 10de:ffff in table gpu_by_pci_id");
  CHECK(state(machine.document.subject("gpu", "1"), "model.architecture") ==
        "unknown: row 10de:2684 in table gpu_by_pci_id has no architecture");
  CHECK(state(machine.document.subject("gpu", "2"), "model.name") ==
        "unknown: pci_id is unknown: not readable; name is absent");
}

TEST_CASE("the CUDA majors of NVIDIA's wheels") {
  Machine machine;
  auto environment = machine.writer.subject("environment", "/venv");
  environment.set("packages",
                  facts::Map{{"nvidia-cublas-cu12", "12.1.3.1"},
                             {"nvidia-nccl-cu11", "2.14.3"},
                             {"nvidia-nccl-cu12", "2.19.3"},
                             {"nvidia-cuda-runtime", "13.2.75"},
                             {"nvidia-cublas", "0.0.1"},
                             {"nvidia-cufft", "12.2.0.57"},
                             {"nvidia-cutlass-dsl-libs-cu14", "4.8.0"},
                             {"nvidia-ml-py", "12.535.161"},
                             {"cupy-cuda12x", "13.0"}},
                  "test");
  machine.writer.subject("environment", "/other").unknown("packages", {"not readable"}, "test");
  derive::run_derivations(machine.document, sample_tables());
  const auto& venv = machine.document.subject("environment", "/venv");
  CHECK(state(venv, "nvidia.cuda_majors") == "cu11, cu12, cu13");
  CHECK(state(venv, "nvidia.nccl_wheels") == "nvidia-nccl-cu11==2.14.3, nvidia-nccl-cu12==2.19.3");
  CHECK(state(machine.document.subject("environment", "/other"), "nvidia.cuda_majors") ==
        "unknown: packages is unknown: not readable");
}

TEST_CASE("a list of packages that can't tell of NVIDIA's wheels keeps them unknown") {
  Machine machine;
  auto dump = machine.writer.subject("environment", "dump");
  dump.set("packages", facts::Map{{"torch", "2.2.0"}}, "collect_env");
  dump.unknown("nvidia.cuda_majors", {"not listed"}, "collect_env");
  dump.unknown("nvidia.nccl_wheels", {"not listed"}, "collect_env");
  derive::run_derivations(machine.document, sample_tables());
  CHECK(state(machine.document.subject("environment", "dump"), "nvidia.cuda_majors") ==
        "unknown: not listed");
  CHECK(state(machine.document.subject("environment", "dump"), "nvidia.nccl_wheels") ==
        "unknown: not listed");
}

TEST_CASE("an image's requirement is met by the CUDA that the driver's branch brings") {
  Machine machine;
  machine.driver("550.54.15").card("10de:2330").variable("NVIDIA_REQUIRE_CUDA", "cuda>=12.4");
  CHECK(machine.unmet().empty());
  machine.driver("535.104.05");
  CHECK(machine.unmet() == "NVIDIA_REQUIRE_CUDA=cuda>=12.4");
}

TEST_CASE("a driver branch without a row decides nothing") {
  Machine machine;
  machine.driver("536.40").variable("NVIDIA_REQUIRE_CUDA", "cuda>=12.4");
  CHECK(machine.unmet() == "unknown: NVIDIA_REQUIRE_CUDA asks for what isn't known of this node");
  machine.variable("NVIDIA_REQUIRE_DRIVER", "driver>=600");
  CHECK(machine.unmet() == "NVIDIA_REQUIRE_DRIVER=driver>=600");
}

TEST_CASE("without a row for the branch, NVML's or CUDA's own answer is the driver's CUDA") {
  Machine windows;
  windows.driver("551.78").variable("NVIDIA_REQUIRE_CUDA", "cuda>=12.8");
  windows.writer.host().set("cuda_driver.version", "12.4", "test");
  CHECK(windows.unmet() == "NVIDIA_REQUIRE_CUDA=cuda>=12.8");
  Machine wsl;
  wsl.variable("NVIDIA_REQUIRE_CUDA", "cuda>=12.8");
  wsl.writer.host().set("nvml.cuda_version", "12.8", "test");
  CHECK(wsl.unmet().empty());
}

TEST_CASE("a virtual GPU is told by its name") {
  const auto profile = [](std::string_view name) {
    Machine machine;
    machine.gpu("0").set("name", name, "test");
    derive::run_derivations(machine.document, sample_tables());
    const auto* const text = machine.document.subject("gpu", "0").text("model.vgpu_profile");
    return text == nullptr ? std::string() : *text;
  };
  CHECK(profile("GRID A100-40C") == "A100-40C");
  CHECK(profile("NVIDIA A40-48Q") == "A40-48Q");
  CHECK(profile("NVIDIA H100XM-1-10CME") == "H100XM-1-10CME");
  for (const auto* name : {"NVIDIA A100-SXM4-80GB", "Tesla V100-PCIE-16GB", "NVIDIA A100-PCIE-40GB",
                           "NVIDIA B200", "NVIDIA GeForce GTX 1080", "A-C", "-8C", ""}) {
    CHECK(profile(name).empty());
  }
}

TEST_CASE("a brand that isn't certain is settled when all possible ones agree") {
  const std::string images =
      "cuda>=12.4 brand=tesla,driver>=535,driver<536 brand=unknown,driver>=535,driver<536";
  Machine geforce;
  geforce.driver("535.104.05").card("10de:2684").variable("NVIDIA_REQUIRE_CUDA", images);
  CHECK(geforce.unmet() == "NVIDIA_REQUIRE_CUDA=" + images);
  Machine data_center;
  data_center.driver("535.104.05").card("10de:2330").variable("NVIDIA_REQUIRE_CUDA", images);
  CHECK(data_center.unmet().starts_with("unknown"));
  data_center.variable("NVIDIA_REQUIRE_CUDA", "brand!=geforce,arch>=9.0");
  CHECK(data_center.unmet().empty());
}

TEST_CASE("every GPU has to meet a requirement") {
  Machine machine;
  machine.driver("550.54.15").card("10de:2330").card("10de:2684");
  machine.variable("NVIDIA_REQUIRE_ARCH", "arch>=9.0");
  CHECK(machine.unmet() == "NVIDIA_REQUIRE_ARCH=arch>=9.0");
  machine.variable("NVIDIA_REQUIRE_ARCH", "arch>=8.0");
  CHECK(machine.unmet().empty());
}

TEST_CASE("requirements that are switched off, for Tegra, malformed or not there") {
  Machine machine;
  machine.driver("535.104.05").variable("PATH", "/bin");
  CHECK(machine.unmet() == "absent (variables: no NVIDIA_REQUIRE_*)");
  machine.variable("NVIDIA_REQUIRE_JETPACK", "l4t>=99");
  CHECK(machine.unmet() == "absent (variables: no NVIDIA_REQUIRE_*)");
  machine.variable("NVIDIA_REQUIRE_CUDA", "cuda==99");
  CHECK(machine.unmet() == "unknown: NVIDIA_REQUIRE_CUDA: no such operator: cuda==99");
  machine.variable("NVIDIA_REQUIRE_CUDA", "cuda>=99").variable("NVIDIA_DISABLE_REQUIRE", "no");
  CHECK(machine.unmet() == "NVIDIA_REQUIRE_CUDA=cuda>=99");
  machine.variable("NVIDIA_DISABLE_REQUIRE", "1");
  CHECK(machine.unmet() == "absent (variables: NVIDIA_DISABLE_REQUIRE)");
}

TEST_CASE("without the variables nothing is known of requirements") {
  Machine machine;
  CHECK(machine.unmet() == "unknown: variables was not recorded");
}

TEST_CASE("local version identifiers are those of the packages that have one, in lower case") {
  facts::Document document;
  facts::FactWriter writer(document);
  auto venv = writer.subject("environment", "/venv");
  venv.set(
      "packages",
      facts::Map{{"flash-attn", "2.7.4+cu12torch2.6cxx11abiFALSE"}, {"numpy", "1.26.4"}, {"odd", "one+two"}},
      "");
  auto other = writer.subject("environment", "/other");
  other.unknown("packages", {"not readable"}, "");
  derive::run_derivations(document, tables::embedded_tables());
  CHECK(facts::to_text(*document.subject("environment", "/venv").find("local_versions")->value()) ==
        "flash-attn=cu12torch2.6cxx11abifalse");
  CHECK(document.subject("environment", "/other").find("local_versions")->unknown()->reason ==
        "packages is unknown: not readable");
}
