#include <algorithm>
#include <string>
#include <string_view>

#include "collect_env/blocks.hpp"
#include "collect_env/writers.hpp"
#include "support/text.hpp"
#include "support/version.hpp"

namespace preflight::collect_env {

namespace {

void write_driver(const Dump& dump, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "driver.module_version";
  const std::string source = source_of(Field::driver);
  const auto version = driver_version(dump);
  if (version.empty()) {
    if (dump.says(Field::driver, "Could not collect")) {
      host.unknown(kFact, {"nvidia-smi did not run or did not answer"}, source);
    } else if (dump.says(Field::driver, "No CUDA")) {
      host.unknown(kFact, {"nvidia-smi did not run or did not answer, and torch found no CUDA"}, source);
    }
    return;
  }
  switch (system_of(dump)) {
    case System::linux_kernel:
      host.set(kFact, version, source);
      return;
    case System::wsl:
      host.unknown(kFact, {"under WSL the dump shows the driver of Windows: " + version}, source);
      return;
    case System::other:
      host.unknown(kFact, {"the dump is not from Linux"}, source);
      return;
    case System::not_shown:
      host.unknown(kFact, {"the dump does not show which system it is from"}, source);
      return;
  }
}

// On ROCm and macOS collect_env asks torch for one device instead of listing them.
void write_gpus(const Dump& dump, facts::FactWriter& writer) {
  const std::string source = source_of(Field::gpus);
  const auto list = gpu_list(dump);
  for (const auto& [number, name] : list.names) {
    auto gpu = writer.subject("gpu", "GPU " + std::to_string(number));
    if (!name.empty()) gpu.set("name", name, source);
  }
  if (list.complete) {
    writer.host().set("gpus", static_cast<std::int64_t>(list.names.size()), source);
  } else if (!list.names.empty()) {
    writer.host().unknown("gpus", {"the list of GPUs is cut off or has a line that is not understood"},
                          source);
  } else if (dump.says(Field::gpus, "Could not collect") || dump.says(Field::gpus, "No CUDA")) {
    writer.host().unknown("gpus", {"nvidia-smi did not list the GPUs"}, source);
  }
}

// The nvcc on PATH: a toolkit whose directory the dump doesn't show.
void write_toolkit(const Dump& dump, facts::FactWriter& writer) {
  const auto version = dump.value(Field::nvcc);
  if (!version || !parse_dotted_version(*version)) return;
  writer.subject("toolkit", "nvcc on PATH")
      .set("nvcc_version", *version, "collect_env: CUDA runtime version (of nvcc --version)");
}

// The version in "libcudnn.so.8.9.7" or "libcudnn-900fef33.so.7.0.5"; empty for "libcudnn.so.9", which shows
// the major alone, and for the parts of cuDNN (libcudnn_ops.so.9.1.0).
std::string_view cudnn_version(std::string_view file_name) {
  constexpr std::string_view kSo = ".so.";
  const auto so = file_name.find(kSo);
  if (so == std::string_view::npos) return {};
  const auto version = file_name.substr(so + kSo.size());
  const auto parsed = parse_dotted_version(version);
  return parsed && parsed->numbers.size() >= 3 ? version : std::string_view();
}

bool is_cudnn(std::string_view file_name) {
  return file_name.starts_with("libcudnn.so.") ||
         (file_name.starts_with("libcudnn-") && file_name.find(".so.") != std::string_view::npos);
}

std::string_view kind_of(std::string_view path) {
  const auto has = [&](std::string_view part) { return path.find(part) != std::string_view::npos; };
  if (has("/site-packages/") || has("/dist-packages/")) return "python";
  return has("/cuda") ? "toolkit" : "system";
}

void write_cudnn(const Dump& dump, facts::FactWriter& writer) {
  const std::string source = source_of(Field::cudnn);
  for (const auto& path : cudnn_paths(dump)) {
    const auto file_name = std::string_view(path).substr(path.rfind('/') + 1);
    if (!is_cudnn(file_name)) continue;
    auto library = writer.subject("library", path);
    library.set("path", path, source);
    library.set("name", "libcudnn", source);
    library.set("kind", kind_of(path), source);
    if (const auto version = cudnn_version(file_name); !version.empty()) {
      library.set("version", version, source + " (the version in the file's name)");
    } else {
      library.unknown("version", {"the file's name does not show the whole version"}, source);
    }
  }
}

void write_nics(const Dump& dump, facts::FactWriter& writer) {
  for (const auto& name : topology_nics(dump)) {
    writer.subject("rdma", name).set("name", name, source_of(Field::topology));
  }
}

}  // namespace

void write_hardware(const Dump& dump, facts::FactWriter& writer) {
  write_driver(dump, writer.host());
  write_gpus(dump, writer);
  write_toolkit(dump, writer);
  write_cudnn(dump, writer);
  write_nics(dump, writer);
}

}  // namespace preflight::collect_env
