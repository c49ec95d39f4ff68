// NVML: the driver's version, and every GPU with its state.
#include "live/nvml.hpp"

#include <array>
#include <optional>
#include <vector>

#include "gpu/text.hpp"
#include "live/nvml_session.hpp"
#include "live/parts.hpp"

namespace preflight::live {

namespace {

constexpr unsigned kMostNvmlGpus = 1024;

void read_versions(NvmlSession& session) {
  auto& host = session.writer().host();
  const auto& nvml = session.nvml;
  std::array<char, 96> text{};
  auto answer = session.call("", nvml.driver_version, text.data(), static_cast<unsigned>(text.size() - 1));
  session.record(host, "nvml.driver_version", answer, gpu::text_in(text));
  text.fill('\0');
  answer = session.call("", nvml.nvml_version, text.data(), static_cast<unsigned>(text.size() - 1));
  session.record(host, "nvml.version", answer, gpu::text_in(text));
  int version = 0;
  answer = session.call("", nvml.cuda_version, &version);
  session.record(host, "nvml.cuda_version", answer, gpu::cuda_version_text(version));
}

bool initialise(NvmlSession& session) {
  auto& host = session.writer().host();
  const auto& library = session.nvml.library;
  host.set("nvml.library", library.path(), "dlopen");
  host.set("nvml.missing_functions", facts::string_list(library.missing()), "dlsym");
  const auto answer = session.call("", session.nvml.init);
  if (!answer.code) {
    host.rest_unknown("nvml.", {session.problem_of(answer), facts::Gap::unreadable}, "dlsym");
    return false;
  }
  const std::string source = std::string("NVML: ") + answer.function;
  host.set("nvml.init", *answer.code, source);
  if (answer.is_success()) {
    host.absent("nvml.init_text", source);
  } else {
    host.set("nvml.init_text", session.text_of(*answer.code), source);
  }
  return answer.is_success();
}

// The GPU of this number; none, and remembered as lost, when it can't be opened.
std::optional<NvmlGpu> open_gpu(NvmlSession& session, unsigned index) {
  const std::string number = "GPU " + std::to_string(index);
  NvmlGpu gpu;
  gpu::NvmlPci pci{};
  auto answer = session.call(number, session.nvml.device, index, &gpu.device);
  if (answer.is_success()) answer = session.call(number, session.nvml.pci, gpu.device, &pci);
  gpu.address = pci_address(gpu::text_in(pci.address));
  if (!answer.code) {
    session.set_unable(answer);
  } else if (!answer.is_success()) {
    session.add_lost(number, session.problem_of(answer));
  } else if (gpu.address.empty()) {
    session.add_lost(number, "its PCI address is malformed");
  }
  return gpu.address.empty() || !answer.is_success() ? std::nullopt : std::optional(gpu);
}

std::vector<NvmlGpu> read_gpus(NvmlSession& session) {
  unsigned count = 0;
  const auto counted = session.call("", session.nvml.device_count, &count);
  if (counted.is_success() && count > kMostNvmlGpus) {
    session.record_odd(session.writer().host(), "nvml.gpus", counted, count);
    return {};
  }
  session.record(session.writer().host(), "nvml.gpus", counted, static_cast<std::int64_t>(count));
  session.send_facts();
  std::vector<NvmlGpu> gpus;
  for (unsigned index = 0; counted.is_success() && index < count; ++index) {
    const auto gpu = open_gpu(session, index);
    if (!gpu) continue;
    gpus.push_back(*gpu);
    session.writer()
        .subject("gpu", gpu->address)
        .set("nvml.index", static_cast<std::int64_t>(index), "NVML: nvmlDeviceGetHandleByIndex");
    read_nvml_gpu(session, *gpu);
    read_nvml_links(session, *gpu);
    session.send_facts();
  }
  return gpus;
}

std::string_view path_text(int level) {
  switch (level) {  // nvmlGpuTopologyLevel_t
    case 0:
      return "INT";
    case 10:
      return "PIX";
    case 20:
      return "PXB";
    case 30:
      return "PHB";
    case 40:
      return "NODE";
    case 50:
      return "SYS";
    default:
      return {};
  }
}

void read_topology(NvmlSession& session, const std::vector<NvmlGpu>& gpus) {
  auto& host = session.writer().host();
  facts::List pairs;
  for (std::size_t from = 0; from < gpus.size(); ++from) {
    for (std::size_t to = from + 1; to < gpus.size(); ++to) {
      int level = 0;
      const auto answer = session.call(gpus[from].address, session.nvml.common_ancestor, gpus[from].device,
                                       gpus[to].device, &level);
      if (!answer.is_success()) return session.record(host, "nvml.topology", answer, facts::List());
      if (path_text(level).empty()) return session.record_odd(host, "nvml.topology", answer, level);
      pairs.emplace_back(
          facts::Map{{"from", gpus[from].address}, {"to", gpus[to].address}, {"path", path_text(level)}});
    }
  }
  host.set("nvml.topology", std::move(pairs), "NVML: nvmlDeviceGetTopologyCommonAncestor");
}

void run_nvml(WorkerReport& report) {
  report.stage("dlopen");
  auto library = gpu::Library::load(gpu::kNvmlLibrary);
  if (!library) {
    facts::Document document;
    facts::SubjectWriter(document, "host", "host")
        .rest_unknown("nvml.", {library.error().message, facts::Gap::unreadable}, "dlopen");
    send(report, document);
    return;
  }
  NvmlSession session(std::move(*library), report);
  if (initialise(session)) {
    read_versions(session);
    read_topology(session, read_gpus(session));
    // Last of all: what tells that NVML was asked to the end.
    session.record_unreachable();
  }
  session.send_facts();
}

}  // namespace

LiveProbe nvml_probe() {
  return {"nvml", "What NVML says of the driver and of each GPU", gpu::kNvmlLibrary, "nvml.", run_nvml};
}

}  // namespace preflight::live
