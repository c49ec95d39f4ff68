// GPU architectures, and which GPUs the code for them runs on.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace preflight::gpu_code {

// The compute capability of a GPU: 9.0.
struct ComputeCapability {
  int major = 0;
  int minor = 0;
  friend auto operator<=>(const ComputeCapability&, const ComputeCapability&) = default;
};

enum class Variant : std::uint8_t { plain, arch_specific, family_specific };

// What code was compiled for: {9, 0, arch_specific} is sm_90a as machine code (SASS), compute_90a as PTX.
struct Architecture {
  int major = 0;
  int minor = 0;
  Variant variant = Variant::plain;
  friend auto operator<=>(const Architecture&, const Architecture&) = default;
};

std::string sass_name(Architecture architecture);  // sm_90a
std::string ptx_name(Architecture architecture);   // compute_90a

// The architecture of "sm_90a" or "compute_100f"; nothing when the text is neither.
std::optional<Architecture> parse_architecture(std::string_view name);

// Whether machine code runs on the GPU ("Binary Compatibility" of NVIDIA's CUDA C++ Programming Guide):
// - plain code on the same major with the same or a higher minor number;
// - architecture-specific code (a) on this compute capability only;
// - family-specific code (f) in its family: the same major with the same or a higher minor number
//   ("Family-Specific Features" of the same guide: 10.0f on 10.0 and 10.3, 12.0f on 12.0 and 12.1).
// The GPUs of Jetson (Tegra) and the others don't run each other's code. CUDA 13.2 lifts that in one
// direction for its own drivers; this function doesn't know the driver and keeps to the rule. What CUDA 12
// called 10.1 is 11.0 since CUDA 13.
bool runs_on(Architecture sass, ComputeCapability gpu);

// Whether a driver may compile the PTX for the GPU ("PTX Compatibility" of the same guide): plain PTX for the
// same and all later compute capabilities; a and f variants as machine code. Whether the driver is new enough
// for the PTX is another question.
bool compiles_for(Architecture ptx, ComputeCapability gpu);

// The same for lists of names. Nothing when it hangs on a name that is no architecture.
std::optional<bool> any_runs_on(std::span<const std::string_view> sass, ComputeCapability gpu);
std::optional<bool> any_compiles_for(std::span<const std::string_view> ptx, ComputeCapability gpu);

}  // namespace preflight::gpu_code
