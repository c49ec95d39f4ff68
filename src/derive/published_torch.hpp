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

// The table of releases, by release_key.
constexpr std::string_view kTorchReleases = "torch";

// "2.1.0" of 2.1: the key of the tables.
std::string release_key(const python::Version& version);

// The fact that shows that torch is no release as published for pip with CUDA; empty when none does.
std::string_view unpublished_by(const facts::Subject& environment, const python::Version& version);

// Which wheels of a release it can be, by their CUDA tags; and the fact that tells.
struct Candidates {
  std::vector<std::string> tags;
  std::string_view told_by;
};

// `pinned`: the CUDA that its pins name, if they do.
Candidates candidates(const facts::Subject& environment, const python::Version& version,
                      const std::optional<std::string>& pinned, const tables::Tables& tables);

}  // namespace preflight::derive
