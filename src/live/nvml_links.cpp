// NVLinks of a GPU, and its registration with the NVLink fabric.
#include <array>
#include <span>

#include "gpu/text.hpp"
#include "live/nvml_session.hpp"
#include "live/parts.hpp"
#include "support/hexadecimal.hpp"

namespace preflight::live {

namespace {

// How NVML ends the count: no link of this number, or no NVLink at all.
bool is_no_link(const Answer& answer) {
  constexpr int kInvalidArgument = 2;
  const int code = answer.code.value_or(gpu::kNvmlSuccess);
  return code == gpu::kNvmlNotSupported || code == kInvalidArgument;
}

void read_links(NvmlSession& session, const NvmlGpu& gpu, facts::SubjectWriter& writer) {
  const auto& nvml = session.nvml;
  facts::List links;
  for (unsigned link = 0; link < gpu::kNvmlMostLinks; ++link) {
    gpu::NvmlSwitch active = 0;
    const auto answer = session.call(gpu.address, nvml.link_state, gpu.device, link, &active);
    if (is_no_link(answer)) break;
    if (!answer.is_success()) return session.record(writer, "nvml.nvlinks", answer, facts::List());
    gpu::NvmlPci peer{};
    const auto joined =
        active == 1 ? session.call(gpu.address, nvml.link_peer, gpu.device, link, &peer) : answer;
    links.emplace_back(
        facts::Map{{"link", std::int64_t{link}},
                   {"active", active == 1},
                   {"peer", joined.is_success() ? pci_address(gpu::text_in(peer.address)) : ""}});
  }
  constexpr std::string_view kSource = "NVML: nvmlDeviceGetNvLinkState";
  if (links.empty()) {
    writer.absent("nvml.nvlinks", kSource);
  } else {
    writer.set("nvml.nvlinks", std::move(links), kSource);
  }
}

struct Registration {
  Answer answer;
  gpu::NvmlFabric fabric{};
};

Registration registration_of(NvmlSession& session, const NvmlGpu& gpu) {
  const auto& nvml = session.nvml;
  Registration found;
  if (nvml.fabric) {
    found.fabric.version = gpu::kNvmlFabricVersion;
    found.answer = session.call(gpu.address, nvml.fabric, gpu.device, &found.fabric);
  } else {
    gpu::OldNvmlFabric old{};
    found.answer = session.call(gpu.address, nvml.old_fabric, gpu.device, &old);
    found.fabric = {0, old.cluster, old.status, old.clique, old.state, 0};
  }
  return found;
}

// A part of the health mask; its states from 1 on have these names. A boolean has "yes" and "no".
struct HealthPart {
  std::string_view path;
  gpu::NvmlHealth part;
  std::span<const std::string_view> names;
};

constexpr std::array<std::string_view, 2> kYesOrNo = {"yes", "no"};
constexpr std::array<std::string_view, 8> kConfigurations = {
    "correct",         "wrong_system_guid",     "wrong_chassis_serial", "no_partition",
    "too_few_nvlinks", "incompatible_firmware", "invalid_location",     "invalid_gpu_state"};
constexpr std::array<HealthPart, 5> kHealth = {{
    {"nvml.fabric.health.degraded_bandwidth", gpu::kNvmlDegradedBandwidth, kYesOrNo},
    {"nvml.fabric.health.route_recovery", gpu::kNvmlRouteRecovery, kYesOrNo},
    {"nvml.fabric.health.route_unhealthy", gpu::kNvmlRouteUnhealthy, kYesOrNo},
    {"nvml.fabric.health.access_timeout_recovery", gpu::kNvmlAccessTimeoutRecovery, kYesOrNo},
    {"nvml.fabric.health.configuration", gpu::kNvmlIncorrectConfiguration, kConfigurations},
}};

void read_health(NvmlSession& session, facts::SubjectWriter& writer, const Answer& answer, unsigned mask) {
  const std::string source = std::string("NVML: ") + answer.function;
  for (const auto& [path, part, names] : kHealth) {
    const auto state = part.of(mask);
    if (!answer.is_success()) {
      session.record(writer, path, answer, false);
    } else if (state == 0) {
      writer.absent(path, source);
    } else if (state > names.size()) {
      session.record_odd(writer, path, answer, state);
    } else if (names.data() == kYesOrNo.data()) {
      writer.set(path, state == 1, source);
    } else {
      writer.set(path, names[state - 1], source);
    }
  }
}

void read_fabric(NvmlSession& session, const NvmlGpu& gpu, facts::SubjectWriter& writer) {
  constexpr std::array<std::string_view, 4> kStates = {"not_supported", "not_started", "in_progress",
                                                       "completed"};
  const auto [answer, fabric] = registration_of(session, gpu);
  const std::string source = std::string("NVML: ") + answer.function;
  if (answer.is_success() && fabric.state >= kStates.size()) {
    session.record_odd(writer, "nvml.fabric.state", answer, fabric.state);
    writer.rest_unknown("nvml.fabric.", {"the state is none that is known"}, source);
    return;
  }
  if (answer.is_success() && fabric.state == 0) {
    writer.rest_absent("nvml.fabric.", source);
    return;
  }
  session.record(writer, "nvml.fabric.state", answer,
                 answer.is_success() ? kStates[fabric.state] : std::string_view());
  if (answer.is_success() && kStates[fabric.state] != "completed") {
    writer.rest_absent("nvml.fabric.", source);
    return;
  }
  session.record(writer, "nvml.fabric.status", answer, fabric.status);
  session.record(writer, "nvml.fabric.clique", answer, std::int64_t{fabric.clique});
  session.record(writer, "nvml.fabric.cluster", answer, to_hexadecimal(fabric.cluster));
  if (answer.is_success() && !session.nvml.fabric) {
    writer.rest_unknown("nvml.fabric.", {"this libnvidia-ml.so.1 has no nvmlDeviceGetGpuFabricInfoV"},
                        source);
  } else {
    read_health(session, writer, answer, fabric.health_mask);
  }
}

}  // namespace

void read_nvml_links(NvmlSession& session, const NvmlGpu& gpu) {
  auto writer = session.writer().subject("gpu", gpu.address);
  read_links(session, gpu, writer);
  read_fabric(session, gpu, writer);
}

}  // namespace preflight::live
