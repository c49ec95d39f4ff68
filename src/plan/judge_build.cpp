#include "plan/judge_build.hpp"

#include "derive/derive.hpp"
#include "facts/writer.hpp"
#include "plan/cells.hpp"

namespace preflight::plan {

namespace {

constexpr std::string_view kSource = "the plan";
constexpr std::string_view kPrefix = "the planned environment";

void write_host(const Given& given, facts::Document& document) {
  facts::SubjectWriter host(document, "host", "host");
  host.set("environments", 1, kSource);
  const auto architecture = given.text(Thing::architecture);
  // The tables are about the wheels for this one.
  host.set("cpu.architecture", architecture.empty() ? "x86_64" : architecture, kSource);
  if (const auto driver = given.text(Thing::driver); !driver.empty()) {
    host.set("driver.module_version", driver, kSource);
  }
  if (!given.compat.empty()) {
    host.set("driver.libcuda_kind", "compat", kSource);
    host.set("driver.library_version", given.compat, kSource);
  }
  if (const auto glibc = given.text(Thing::glibc); !glibc.empty()) {
    host.set("libc.kind", "glibc", kSource);
    host.set("libc.version", glibc, kSource);
  }
}

void write_gpus(const Given& given, facts::Document& document) {
  std::int64_t count = 0;
  for (const auto& gpu : given.gpus) {
    for (std::size_t place = 0; place < gpu.count; ++place, ++count) {
      facts::SubjectWriter writer(document, "gpu", "GPU " + std::to_string(count));
      if (!gpu.pci_id.empty()) writer.set("pci_id", gpu.pci_id, kSource);
      writer.set("name", gpu.name, kSource);
      // Counts where the tables don't know the product.
      writer.set("nvml.compute_capability", to_text(gpu.capability), kSource);
    }
  }
  if (count > 0) facts::FactWriter(document).host().set("gpus", count, kSource);
}

// "3.8.0" of ==3.8.0 and ~=3.8.0.
std::string version_in(const std::string& specifier) {
  const auto digit = specifier.find_first_of("0123456789");
  return digit == std::string::npos ? "" : specifier.substr(digit);
}

std::string triton_of(const Build& build, const tables::Tables& tables) {
  return version_in(text_at(tables, {"torch", build.torch, "triton"}));
}

facts::Map packages_of(const Build& build, const tables::Tables& tables) {
  facts::Map packages{{"torch", build.name}};
  const auto add = [&](const char* name, const std::string& version, const std::string& mark = "") {
    if (!version.empty()) packages.emplace(name, version + mark);
  };
  // These come from where torch does, with the same mark.
  const auto mark = "+" + build.tag;
  add("torchvision", torchvision_of(build, tables), mark);
  add("torchaudio", torchaudio_of(build, tables), mark);
  add("triton", triton_of(build, tables));
  return packages;
}

// What Triton assembles its kernels with.
void write_triton(const Build& build, const tables::Tables& tables, facts::SubjectWriter& environment) {
  const auto triton = triton_of(build, tables);
  const auto ptxas = text_at(tables, {"triton", triton, "ptxas"});
  if (ptxas.empty()) return;
  environment.set("triton.ptxas", ptxas, kSource);
  const auto for_blackwell = text_at(tables, {"triton", triton, "ptxas_blackwell"});
  if (for_blackwell.empty()) {
    environment.absent("triton.ptxas_blackwell", kSource);
  } else {
    environment.set("triton.ptxas_blackwell", for_blackwell, kSource);
  }
}

void write_environment(const Build& build, const Given& given, const tables::Tables& tables,
                       facts::Document& document) {
  facts::SubjectWriter environment(document, "environment", kPrefix);
  environment.set("prefix", kPrefix, kSource);
  environment.set("kind", "venv", kSource);
  environment.set("active", true, kSource);
  environment.set("requested", true, kSource);
  environment.set("torch.version", build.name, kSource);
  environment.set("torch.variant", "cuda", kSource);
  environment.set("torch.cuda", build.cuda, kSource);
  environment.set("packages", packages_of(build, tables), kSource);
  environment.absent("conda_packages", kSource);
  write_triton(build, tables, environment);
  if (const auto python = given.text(Thing::python); !python.empty()) {
    environment.set("python.version", python, kSource);
  }
}

}  // namespace

std::vector<rules::Finding> judge_build(const Build& build, const Given& given, const rules::RuleSet& rules,
                                        const tables::Tables& tables) {
  facts::Document document;
  document.target = kSource;
  write_host(given, document);
  write_gpus(given, document);
  write_environment(build, given, tables, document);
  derive::run_derivations(document, tables);
  return rules::judge(rules, document, tables).findings;
}

}  // namespace preflight::plan
