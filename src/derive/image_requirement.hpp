// The requirements that an image states in NVIDIA_REQUIRE_* variables: "cuda>=12.4 brand=tesla,driver>=535".
// Terms separated by spaces: one must hold; conditions separated by commas: all must. The behaviour follows
// NVIDIA's libnvidia-container (dsl.c) and container toolkit (internal/requirements); where the two differ,
// or would refuse the text, nothing is decided.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.hpp"
#include "support/version.hpp"

namespace preflight::derive {

enum class Property {
  cuda,    // the highest CUDA version that the driver brings
  driver,  // version of the kernel module
  arch,    // compute capability of the GPU
  brand,   // NVML's brand of the GPU: tesla, geforce, nvidiartx, ...
  other    // the toolkit passes over it, libnvidia-container refuses it
};

enum class Comparison { equal, not_equal, less, less_equal, greater, greater_equal };

struct Condition {
  Property property = Property::other;
  Comparison comparison = Comparison::equal;
  DottedVersion version;  // of cuda, driver and arch
  std::string brand;      // lower case
};

using Term = std::vector<Condition>;

// No term: nothing is required.
using ImageRequirement = std::vector<Term>;

// malformed: a condition without name, operator or value, an operator that doesn't exist ("=="), a version
// that is none, a brand compared by order. At most 4,096 conditions; more is too_large.
Result<ImageRequirement> parse_image_requirement(std::string_view text);

// What the conditions are about; a property without a value is unknown.
struct Properties {
  std::optional<DottedVersion> cuda;
  std::optional<DottedVersion> driver;
  std::optional<DottedVersion> arch;
  std::optional<std::string> brand;  // lower case
};

enum class Met { no, yes, unknown };

Met evaluate(const ImageRequirement& requirement, const Properties& properties);

}  // namespace preflight::derive
