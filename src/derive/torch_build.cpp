// Which published build of torch an environment has, and what that build is known to hold, where its own
// files don't show it.
#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "derive/cuda_tag.hpp"
#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "derive/published_torch.hpp"
#include "facts/writer.hpp"
#include "python/version.hpp"
#include "support/version.hpp"

namespace preflight::derive {

namespace {

// Packages whose release is that of CUDA; what follows the first is the major version: -cu12.
constexpr std::string_view kRuntimeWheel = "nvidia-cuda-runtime-cu";
constexpr std::array<std::string_view, 2> kUnsuffixedRuntimes = {"cuda-toolkit", "nvidia-cuda-runtime"};

// "12.1" of 12.1.105.
std::string major_and_minor(const DottedVersion& version) {
  return std::to_string(version.at(0)) + "." + std::to_string(version.at(1));
}

// The CUDA that a package's version, or a pin on one ("==12.1.105"), stands for; empty for looser specifiers.
std::optional<std::string> cuda_of(std::string_view specifier) {
  constexpr std::string_view kExactly = "==";
  if (specifier.starts_with(kExactly)) specifier.remove_prefix(kExactly.size());
  const auto version = parse_dotted_version(specifier);
  if (!version || version->numbers.size() < 2) return std::nullopt;
  return major_and_minor(*version);
}

// The CUDA that the pins name; empty when none does, or when they don't agree.
std::optional<std::string> pinned_cuda(const facts::Map& pins) {
  std::set<std::string> named;
  for (const auto& [name, value] : pins) {
    const bool is_runtime = name.starts_with(kRuntimeWheel) ||
                            std::ranges::find(kUnsuffixedRuntimes, name) != kUnsuffixedRuntimes.end();
    const auto* const specifier = std::get_if<std::string>(&value.data);
    if (!is_runtime || specifier == nullptr) continue;
    if (auto cuda = cuda_of(*specifier)) named.insert(std::move(*cuda));
  }
  if (named.size() != 1) return std::nullopt;
  return *named.begin();
}

// "sm_90" of 9.0.
std::string architecture_name(std::string_view prefix, std::string_view capability) {
  std::string name(prefix);
  std::ranges::copy_if(capability, std::back_inserter(name), [](char c) { return c != '.'; });
  return name;
}

// By their numbers: sm_90 before sm_100.
struct ByNumber {
  bool operator()(const std::string& left, const std::string& right) const {
    return std::pair(left.size(), std::string_view(left)) < std::pair(right.size(), std::string_view(right));
  }
};

// Sets a fact to what the wheels hold in a column, all of them together.
void set_architectures(std::string_view fact, std::string_view column, std::string_view prefix,
                       const Candidates& wheels, const tables::Tables& tables, facts::SubjectWriter& writer) {
  const auto source = "table " + std::string(kTorchWheels) + " by " + std::string(wheels.told_by);
  if (wheels.wheels.empty()) return writer.unknown(fact, {"no such CUDA build in the tables"}, source);
  std::set<std::string, ByNumber> names;
  for (const auto& wheel : wheels.wheels) {
    const auto cell = find_cell(tables, kTorchWheels, wheel, column);
    if (const auto* const why = std::get_if<std::string>(&cell)) return writer.unknown(fact, {*why}, source);
    const auto* const list = std::get_if<facts::List>(&std::get<facts::Value>(cell).data);
    if (list == nullptr) continue;
    for (const auto& item : *list) {
      const auto* const capability = std::get_if<std::string>(&item.data);
      if (capability != nullptr) names.insert(architecture_name(prefix, *capability));
    }
  }
  writer.set(fact, facts::string_list({names.begin(), names.end()}), source);
}

constexpr std::string_view kPinned = "torch.pinned_cuda";
constexpr std::string_view kDefault = "torch.default_cuda";
constexpr std::string_view kSass = "torch.published_sass";
constexpr std::string_view kPtx = "torch.published_ptx";

// Sets the GPU code that the wheels hold: the architectures compiled for, and those with PTX.
void set_code(const Candidates& wheels, const tables::Tables& tables, facts::SubjectWriter& writer) {
  set_architectures(kSass, "sass", "sm_", wheels, tables, writer);
  set_architectures(kPtx, "ptx", "compute_", wheels, tables, writer);
}

std::optional<std::string> set_pinned(const facts::Subject& environment, facts::SubjectWriter& writer) {
  const auto* const pins = environment.map("torch.pins");
  if (pins == nullptr) {
    writer.unknown(kPinned, {why_not_known(environment, "torch.pins")}, "torch.pins");
    return std::nullopt;
  }
  auto pinned = pinned_cuda(*pins);
  if (pinned) {
    writer.set(kPinned, *pinned, "torch.pins");
  } else {
    writer.absent(kPinned, "torch.pins");
  }
  return pinned;
}

void set_published(const facts::Subject& environment, const python::Version& version,
                   const std::optional<std::string>& pinned, const tables::Tables& tables,
                   facts::SubjectWriter& writer) {
  const auto release = release_key(version);
  if (version.local().empty()) {
    auto cell = find_cell(tables, kTorchReleases, release, "pypi_cuda");
    if (auto* const value = std::get_if<facts::Value>(&cell)) {
      writer.set(kDefault, std::move(*value), "table torch by torch.version");
    } else {
      writer.unknown(kDefault, {std::get<std::string>(cell)}, "torch.version");
    }
  } else {
    writer.absent(kDefault, "torch.version");
  }
  set_code(candidates(environment, version, pinned, tables), tables, writer);
}

// What a torch can hold at most whose CUDA alone is known.
void set_without_version(const facts::Subject& environment, bool is_in_tables, const tables::Tables& tables,
                         facts::SubjectWriter& writer) {
  const facts::Unknown why{why_not_known(environment, "torch.version")};
  writer.unknown(kDefault, why, "torch.version");
  const auto* const cuda = environment.text("torch.cuda");
  if (cuda != nullptr && is_in_tables && unpublished_by(environment).empty()) {
    set_code(candidates_by_cuda(*cuda, tables), tables, writer);
  } else {
    for (const auto fact : {kSass, kPtx}) writer.unknown(fact, why, "torch.version");
  }
}

void derive_torch_build(facts::Document& document, const tables::Tables& tables) {
  const auto* const machine = document.host().text("cpu.architecture");
  const std::string other = machine == nullptr || *machine == "x86_64" ? "" : *machine;
  for (const auto& id : ids_of(document, "environment")) {
    facts::SubjectWriter writer(document, "environment", id);
    const auto& environment = document.subject("environment", id);
    const auto pinned = set_pinned(environment, writer);
    const auto* const text = environment.text("torch.version");
    if (text == nullptr) {
      set_without_version(environment, other.empty(), tables, writer);
      continue;
    }
    const auto version = python::parse_version(*text);
    const auto by = version ? unpublished_by(environment, *version) : std::string_view();
    for (const auto fact : {kDefault, kSass, kPtx}) {
      if (!version) {
        writer.unknown(fact, {"torch.version is no version"}, "torch.version");
      } else if (!by.empty()) {
        writer.absent(fact, by);
      } else if (!other.empty()) {
        writer.unknown(fact, {"the tables hold no wheels for " + other}, "cpu.architecture");
      }
    }
    if (version && by.empty() && other.empty()) set_published(environment, *version, pinned, tables, writer);
  }
}

}  // namespace

Derivation torch_build() {
  static constexpr std::string_view kReads[] = {"torch.version", "torch.variant",    "torch.cuda",
                                                "torch.pins",    "conda_packages",   "cpu.architecture",
                                                "table.torch",   "table.torch_wheel"};
  static constexpr std::string_view kSets[] = {kPinned, kDefault, kSass, kPtx};
  return {"torch-build", "environment", kReads, kSets, derive_torch_build};
}

}  // namespace preflight::derive
