#include "gpu_code/architecture.hpp"

#include <algorithm>
#include <array>

#include "support/text.hpp"

namespace preflight::gpu_code {

namespace {

// Compute capabilities of Jetson modules: TK1, TX1, TX2, Xavier, Orin. Thor is in a family of its own.
constexpr std::array<ComputeCapability, 5> kJetson{{{3, 2}, {5, 3}, {6, 2}, {7, 2}, {8, 7}}};

bool is_jetson(ComputeCapability gpu) {
  return std::ranges::find(kJetson, gpu) != kJetson.end();
}

ComputeCapability current(ComputeCapability capability) {
  return capability == ComputeCapability{10, 1} ? ComputeCapability{11, 0} : capability;
}

ComputeCapability capability_of(Architecture architecture) {
  return {architecture.major, architecture.minor};
}

bool same_or_later_minor(ComputeCapability code, ComputeCapability gpu) {
  return code.major == gpu.major && code.minor <= gpu.minor;
}

std::string name_of(std::string_view prefix, Architecture architecture) {
  std::string name(prefix);
  name += std::to_string(architecture.major) + std::to_string(architecture.minor);
  if (architecture.variant == Variant::arch_specific) name += 'a';
  if (architecture.variant == Variant::family_specific) name += 'f';
  return name;
}

std::optional<bool> any_of(std::span<const std::string_view> names, ComputeCapability gpu,
                           bool (*serves)(Architecture, ComputeCapability)) {
  bool all_known = true;
  for (const auto name : names) {
    const auto architecture = parse_architecture(name);
    if (architecture && serves(*architecture, gpu)) return true;
    all_known = all_known && architecture;
  }
  if (!all_known) return std::nullopt;
  return false;
}

}  // namespace

std::string sass_name(Architecture architecture) {
  return name_of("sm_", architecture);
}

std::string ptx_name(Architecture architecture) {
  return name_of("compute_", architecture);
}

std::optional<Architecture> parse_architecture(std::string_view name) {
  const auto prefix = name.starts_with("sm_") ? 3U : name.starts_with("compute_") ? 8U : 0U;
  if (prefix == 0) return std::nullopt;
  name.remove_prefix(prefix);
  Architecture architecture;
  if (name.ends_with('a')) architecture.variant = Variant::arch_specific;
  if (name.ends_with('f')) architecture.variant = Variant::family_specific;
  if (architecture.variant != Variant::plain) name.remove_suffix(1);
  const auto is_digit = [](char character) { return character >= '0' && character <= '9'; };
  if (name.size() < 2 || name.size() > 4 || !std::ranges::all_of(name, is_digit)) return std::nullopt;
  const auto number = static_cast<int>(*to_integer(name));
  architecture.major = number / 10;
  architecture.minor = number % 10;
  return architecture;
}

bool runs_on(Architecture sass, ComputeCapability gpu) {
  const auto code = current(capability_of(sass));
  gpu = current(gpu);
  if (sass.variant == Variant::arch_specific) return code == gpu;
  if (is_jetson(code) || is_jetson(gpu)) return code == gpu;
  return same_or_later_minor(code, gpu);
}

bool compiles_for(Architecture ptx, ComputeCapability gpu) {
  if (ptx.variant == Variant::plain) return capability_of(ptx) <= gpu;
  const auto code = current(capability_of(ptx));
  gpu = current(gpu);
  if (ptx.variant == Variant::arch_specific) return code == gpu;
  return same_or_later_minor(code, gpu);
}

std::optional<bool> any_runs_on(std::span<const std::string_view> sass, ComputeCapability gpu) {
  return any_of(sass, gpu, runs_on);
}

std::optional<bool> any_compiles_for(std::span<const std::string_view> ptx, ComputeCapability gpu) {
  return any_of(ptx, gpu, compiles_for);
}

}  // namespace preflight::gpu_code
