#pragma once

#include <span>
#include <string_view>

namespace preflight::derive {

// The brands that NVML may report for a product class of the GPU tables, as libnvidia-container spells them
// in lower case. Wider than what is seen, where licences and vGPU change the brand; all of them for a class
// that says nothing.
std::span<const std::string_view> brands_of_class(std::string_view product_class);

}  // namespace preflight::derive
