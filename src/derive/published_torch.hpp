// Which of PyTorch's own wheels an installed torch can be.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "facts/document.hpp"
#include "python/version.hpp"
#include "tables/tables.hpp"

namespace preflight::derive {

// The table of releases, by release_key; and that of their wheels, by their versions: "2.9.0+cu128".
constexpr std::string_view kTorchReleases = "torch";
constexpr std::string_view kTorchWheels = "torch_wheel";

// "2.1.0" of 2.1: the key of the tables.
std::string release_key(const python::Version& version);

// The fact that shows that torch is no build as published for pip with CUDA, whatever its version; and with
// its version. Empty when none does.
std::string_view unpublished_by(const facts::Subject& environment);
std::string_view unpublished_by(const facts::Subject& environment, const python::Version& version);

// Which wheels it can be, as keys of the table; and the fact that tells.
struct Candidates {
  std::vector<std::string> wheels;
  std::string_view told_by;
};

// `pinned`: the CUDA that its pins name, if they do.
Candidates candidates(const facts::Subject& environment, const python::Version& version,
                      const std::optional<std::string>& pinned, const tables::Tables& tables);

// Those of a torch whose version isn't known: all wheels for its CUDA.
Candidates candidates_by_cuda(std::string_view cuda, const tables::Tables& tables);

}  // namespace preflight::derive
