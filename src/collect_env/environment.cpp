#include <algorithm>
#include <string>
#include <string_view>

#include "collect_env/packages.hpp"
#include "collect_env/writers.hpp"
#include "python/name.hpp"
#include "python/version.hpp"
#include "support/text.hpp"
#include "support/version.hpp"

namespace preflight::collect_env {

namespace {

constexpr std::string_view kRelevantOnly = " (relevant packages only)";

// sys.version: "3.11.5 (main, Sep 11 2023, 13:54:46) [GCC 11.2.0] (64-bit runtime)"; the vintages before 1.11
// print "3.7" or "3.7 (64-bit runtime)", which is not exact.
void write_python(const Dump& dump, facts::SubjectWriter& environment) {
  const auto text = dump.value(Field::python);
  if (!text) return;
  const std::string source = source_of(Field::python);
  auto version = std::string_view(*text).substr(0, text->find(' '));
  if (version.ends_with('+')) version.remove_suffix(1);  // a build from between two releases
  const auto parsed = python::parse_version(version);
  if (!parsed) return;
  if (std::ranges::count(parsed->release(), '.') < 2) {
    environment.unknown("python.version", {"the dump shows only " + std::string(version)}, source);
  } else {
    environment.set("python.version", version, source);
  }
  if (text->find("[PyPy") != std::string::npos) {
    environment.set("python.implementation", "pypy", source);
  } else if (text->find("[GCC") != std::string::npos || text->find("[Clang") != std::string::npos ||
             text->find("[MSC") != std::string::npos) {
    environment.set("python.implementation", "cpython", source);
  }
}

void write_torch_version(const Dump& dump, const PackageList& pip, facts::SubjectWriter& environment) {
  const std::string source = source_of(Field::torch_version);
  if (const auto version = dump.value(Field::torch_version)) {
    if (python::parse_version(*version)) environment.set("torch.version", *version, source);
    return;
  }
  if (!dump.says(Field::torch_version, "N/A")) return;
  const auto listed = pip.versions.find("torch");
  if (listed != pip.versions.end() && python::parse_version(listed->second)) {
    environment.set("torch.version", listed->second, "collect_env: pip's list");
  } else {
    environment.unknown("torch.version", {"torch could not be imported"}, source);
  }
}

// collect_env prints "None" or "Could not collect" for a torch.version.cuda of None, depending on what else
// it found, and "N/A" for ROCm builds and where torch could not be imported.
bool built_without_cuda(const Dump& dump) {
  return dump.value(Field::torch_version) &&
         (dump.says(Field::cuda_built, "None") || dump.says(Field::cuda_built, "Could not collect"));
}

// Builds for XPU name themselves in a line that comes late, or in their version.
bool is_cpu_build(const Dump& dump, bool whole) {
  const auto version = python::parse_version(dump.value(Field::torch_version).value_or(""));
  if (!built_without_cuda(dump) || !version || version->local().find("xpu") != std::string_view::npos) {
    return false;
  }
  if (dump.value(Field::hip_built) || dump.value(Field::xpu_built)) return false;
  return whole || version->local() == "cpu";
}

void write_torch_build(const Dump& dump, bool whole, facts::SubjectWriter& environment) {
  const std::string source = source_of(Field::cuda_built);
  const auto cuda = dump.value(Field::cuda_built);
  const auto hip = dump.value(Field::hip_built);
  if (cuda && parse_dotted_version(*cuda)) {
    environment.set("torch.cuda", *cuda, source);
    environment.set("torch.variant", "cuda", source);
  } else if (hip) {
    environment.absent("torch.cuda", source_of(Field::hip_built));
    environment.set("torch.variant", "rocm", source_of(Field::hip_built));
  } else if (built_without_cuda(dump)) {
    environment.absent("torch.cuda", source);
    const auto xpu = dump.value(Field::xpu_built);
    if (xpu) environment.set("torch.variant", "xpu", source_of(Field::xpu_built));
    if (is_cpu_build(dump, whole)) environment.set("torch.variant", "cpu", source);
  }
  if (hip) {
    environment.set("torch.hip", *hip, source_of(Field::hip_built));
  } else if (dump.says(Field::hip_built, "N/A") && dump.value(Field::torch_version)) {
    environment.absent("torch.hip", source_of(Field::hip_built));
  }
  const auto available = dump.value(Field::cuda_available);
  if (available && (*available == "True" || *available == "Yes")) {
    environment.set("torch.cuda_available", true, source_of(Field::cuda_available));
  } else if (available && (*available == "False" || *available == "No")) {
    environment.set("torch.cuda_available", false, source_of(Field::cuda_available));
  }
}

// vLLM prints the version that it imports: "0.6.1", "0.6.1@COMMIT", "0.9.2.dev1+g123 (git sha: g123)".
std::string vllm_version(const Dump& dump) {
  const auto text = dump.value(Field::vllm_version).value_or("");
  const auto version = std::string(text.substr(0, text.find_first_of("@ ")));
  return python::parse_version(version) ? version : std::string();
}

void write_packages(const Dump& dump, const PackageList& pip, facts::SubjectWriter& environment) {
  const std::string source = "collect_env: pip's list" + std::string(kRelevantOnly);
  switch (pip.state) {
    case ListState::missing:
      environment.unknown("packages", {"the dump has no list of packages"}, source);
      return;
    case ListState::not_collected:
      environment.unknown("packages", {"pip did not run"}, source);
      return;
    case ListState::cut:
      environment.unknown("packages", {"the dump ends within its list of packages"}, source);
      return;
    case ListState::whole:
      break;
  }
  facts::Map packages;
  for (const auto& [name, version] : pip.versions) packages.emplace(python::normalize_name(name), version);
  // Most vintages before 2025 list no NVIDIA wheels; later ones list all that matter.
  const bool lists_wheels =
      std::ranges::any_of(packages, [](const auto& package) { return package.first.starts_with("nvidia-"); });
  if (!lists_wheels) {
    const facts::Unknown why{"the list names no NVIDIA wheels, which most vintages of collect_env leave out"};
    environment.unknown("nvidia.cuda_majors", why, source);
    environment.unknown("nvidia.nccl_wheels", why, source);
  }
  if (const auto vllm = vllm_version(dump); !vllm.empty()) packages.emplace("vllm", vllm);
  environment.set("packages", std::move(packages), source);
}

void write_conda(const PackageList& conda, facts::SubjectWriter& environment) {
  if (conda.versions.empty()) return;
  const std::string source = "collect_env: conda's list" + std::string(kRelevantOnly);
  facts::Map packages;
  for (const auto& [name, version] : conda.versions) packages.emplace(name, version);
  environment.set("conda_packages", std::move(packages), source);
  // `conda list` shows conda's active environment, which need not be the one of this interpreter.
  if (conda.versions.contains("pytorch") || conda.versions.contains("torch")) {
    environment.set("kind", "conda", source);
  }
}

}  // namespace

void write_environment(const Dump& dump, facts::FactWriter& writer) {
  auto environment = writer.subject("environment", "collect_env");
  writer.host().set("environments", 1, "collect_env: the interpreter that printed it");
  environment.set("active", true, "collect_env: the interpreter that printed it");
  environment.set("requested", true, "collect_env");
  const auto pip = pip_packages(dump);
  const auto conda = conda_packages(dump);
  const bool whole = pip.state != ListState::missing;  // the packages come last
  write_python(dump, environment);
  write_torch_version(dump, pip, environment);
  write_torch_build(dump, whole, environment);
  write_packages(dump, pip, environment);
  write_conda(conda, environment);
  environment.unknown("requirements.unmet", {"a dump lists versions, not what they require"}, "collect_env");
}

}  // namespace preflight::collect_env
