// The CUDA that installed packages are compiled for: by their local versions, by their names, by the table of
// released wheels.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"
#include "python/characters.hpp"
#include "python/version.hpp"

namespace preflight::derive {

namespace {

constexpr std::string_view kBuiltForCuda = "built_for_cuda";
constexpr std::string_view kReleasedWheels = "package_cuda";
// Columns of the table: from which release on the wheels are for this CUDA; the newest first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kFirstReleases = {
    {{"cuda_13", "13"}, {"cuda_12", "12"}, {"cuda_11", "11"}}};

// "12" of cu12, "12.1" of cu121, "9.2" of cu92: from CUDA 10 on the major version has two digits.
std::optional<std::string> cuda_of_digits(std::string_view digits) {
  if (digits.size() < 2 || digits.size() > 3 || digits.front() == '0') return std::nullopt;
  const std::size_t major = digits.front() == '1' ? 2 : 1;
  std::string cuda(digits.substr(0, major));
  if (digits.size() > major) cuda += "." + std::string(digits.substr(major));
  return cuda;
}

// Of "cu12torch2.6cxx11abifalse", "pt24cu121", "cu118"; not of "cuda11.cudnn86", which names but a part of
// it.
std::optional<std::string> cuda_of_local(std::string_view local) {
  constexpr std::string_view kMark = "cu";
  for (auto place = local.find(kMark); place != std::string_view::npos;
       place = local.find(kMark, place + 1)) {
    const auto rest = local.substr(place + kMark.size());
    const auto end = std::ranges::find_if_not(rest, python::is_digit) - rest.begin();
    if (auto cuda = cuda_of_digits(rest.substr(0, static_cast<std::size_t>(end)))) return cuda;
  }
  return std::nullopt;
}

// Of faiss-gpu-cu12, spconv-cu113, mxnet-cu92mkl, cupy-cuda12x, cupy-cuda101, jax-cuda12-plugin.
std::optional<std::string> cuda_of_name(std::string_view name) {
  constexpr std::array<std::string_view, 4> kEnds = {"", "x", "mkl", "-plugin"};
  for (const std::string_view mark : {"-cuda", "-cu"}) {
    const auto place = name.rfind(mark);
    if (place == std::string_view::npos) continue;
    const auto rest = name.substr(place + mark.size());
    const auto digits =
        static_cast<std::size_t>(std::ranges::find_if_not(rest, python::is_digit) - rest.begin());
    if (std::ranges::find(kEnds, rest.substr(digits)) == kEnds.end()) continue;
    if (auto cuda = cuda_of_digits(rest.substr(0, digits))) return cuda;
  }
  return std::nullopt;
}

std::optional<python::Version> release_in(const tables::Row& row, std::string_view column) {
  const auto cell = row.cells.find(column);
  const auto* const text = cell == row.cells.end() ? nullptr : std::get_if<std::string>(&cell->second.data);
  if (text == nullptr) return std::nullopt;
  auto version = python::parse_version(*text);
  return version ? std::optional(std::move(*version)) : std::nullopt;
}

// Of a release that the row tells of.
std::optional<std::string> cuda_of_wheel(const tables::Row& row, std::string_view release) {
  const auto version = python::parse_version(release);
  if (!version || version->is_prerelease()) return std::nullopt;
  const auto until = release_in(row, "until");
  if (until && *version >= *until) return std::nullopt;
  for (const auto& [column, cuda] : kFirstReleases) {
    const auto first = release_in(row, column);
    if (first && *version >= *first) return std::string(cuda);
  }
  return std::nullopt;
}

// Parts of CUDA itself and of torch have facts of their own.
bool has_own_facts(std::string_view name) {
  return name.starts_with("nvidia-c") || name.starts_with("nvidia-n") || name == "torch";
}

void derive_built_for_cuda(facts::Document& document, const tables::Tables& tables) {
  const auto wheels = tables.find(kReleasedWheels);
  for (const auto& id : ids_of(document, "environment")) {
    const auto& environment = document.subject("environment", id);
    facts::SubjectWriter writer(document, "environment", id);
    const auto* const packages = environment.map("packages");
    const auto* const stated = environment.map(kBuiltForCuda);
    if (packages == nullptr) {
      if (stated == nullptr)
        writer.unknown(kBuiltForCuda, {why_not_known(environment, "packages")}, "packages");
      continue;
    }
    const auto* const conda = environment.map("conda_packages");
    const auto* const locals = environment.map("local_versions");
    facts::Map built = stated == nullptr ? facts::Map() : *stated;
    for (const auto& [name, value] : *packages) {
      const auto* const text = std::get_if<std::string>(&value.data);
      if (text == nullptr || has_own_facts(name) || (conda != nullptr && conda->contains(name))) continue;
      auto cuda = cuda_of_name(name);
      if (!cuda && text->find('+') != std::string::npos) {
        const auto local = locals->find(name);
        if (local != locals->end()) cuda = cuda_of_local(std::get<std::string>(local->second.data));
      } else if (!cuda && wheels != tables.end()) {
        const auto* const row = wheels->second.row(name);
        if (row != nullptr) cuda = cuda_of_wheel(*row, *text);
      }
      if (cuda) built.emplace(name, std::move(*cuda));
    }
    writer.set(kBuiltForCuda, std::move(built), "packages, table package_cuda");
  }
}

}  // namespace

Derivation built_for_cuda() {
  static constexpr std::string_view kReads[] = {"packages", "local_versions", "conda_packages",
                                                "table.package_cuda"};
  static constexpr std::string_view kSets[] = {kBuiltForCuda};
  return {"built-for-cuda", "environment", kReads, kSets, derive_built_for_cuda};
}

}  // namespace preflight::derive
