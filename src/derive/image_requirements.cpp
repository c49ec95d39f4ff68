// Whether this node meets what the image asks for in its NVIDIA_REQUIRE_* variables. The container toolkit no
// longer checks that by default (since 1.18).
#include <algorithm>
#include <array>
#include <optional>

#include "derive/brands.hpp"
#include "derive/derive.hpp"
#include "derive/image_requirement.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"
#include "support/text.hpp"

namespace preflight::derive {

namespace {

constexpr std::string_view kImageRequirementsFact = "nvidia_require.unmet";
constexpr std::string_view kImageRequirementsPrefix = "NVIDIA_REQUIRE_";
constexpr std::string_view kTegra = "NVIDIA_REQUIRE_JETPACK";  // checked on Tegra only
constexpr std::string_view kVersion = "driver.module_version";

// Go's strconv.ParseBool, by which the toolkit reads the switch.
bool is_true(std::string_view text) {
  static constexpr std::array<std::string_view, 6> kTrue = {"1", "t", "T", "true", "TRUE", "True"};
  return std::ranges::find(kTrue, text) != kTrue.end();
}

std::string text_in(const facts::Map& map, std::string_view key) {
  const auto found = map.find(key);
  const auto* const text = found == map.end() ? nullptr : std::get_if<std::string>(&found->second.data);
  return text == nullptr ? std::string() : *text;
}

// The switch that turns the checks off; the second name occurs in documentation.
std::string_view disabling_switch(const facts::Map& variables) {
  for (const std::string_view name : {"NVIDIA_DISABLE_REQUIRE", "NVIDIA_DISABLE_REQUIRES"}) {
    if (is_true(text_in(variables, name))) return name;
  }
  return {};
}

// One entry for each brand that a GPU may have.
using Possibilities = std::vector<Properties>;

std::optional<DottedVersion> version_of(const std::string* text) {
  if (text == nullptr) return {};
  const auto version = parse_dotted_version(*text);
  return version ? std::optional(*version) : std::nullopt;
}

std::optional<DottedVersion> cuda_of_branch(const DottedVersion& driver, const tables::Tables& tables) {
  const auto cell = find_cell(tables, "driver_branch", std::to_string(driver.at(0)), "cuda");
  const auto* const value = std::get_if<facts::Value>(&cell);
  return value == nullptr ? std::nullopt : version_of(std::get_if<std::string>(&value->data));
}

// The CUDA version that the driver brings: by its branch, else (under WSL, or where the branch has no row) as
// NVML or CUDA answer.
std::optional<DottedVersion> cuda_of(const facts::Subject& host, const std::optional<DottedVersion>& driver,
                                     const tables::Tables& tables) {
  auto cuda = driver ? cuda_of_branch(*driver, tables) : std::nullopt;
  if (!cuda) cuda = version_of(host.text("nvml.cuda_version"));
  if (!cuda) cuda = version_of(host.text("cuda_driver.version"));
  return cuda;
}

// For each GPU; one of which nothing is known when none was found.
std::vector<Possibilities> read_gpus(const facts::Document& document, const tables::Tables& tables) {
  Properties driver;
  driver.driver = version_of(document.host().text(kVersion));
  driver.cuda = cuda_of(document.host(), driver.driver, tables);
  std::vector<Possibilities> gpus;
  const auto add = [&](const std::string* capability, const std::string* product_class) {
    auto& gpu = gpus.emplace_back();
    for (const auto brand : brands_of_class(product_class == nullptr ? "" : *product_class)) {
      gpu.push_back({driver.cuda, driver.driver, version_of(capability), std::string(brand)});
    }
  };
  for (const auto* const gpu : document.of_kind("gpu")) {
    add(gpu->text("model.compute_capability"), gpu->text("model.class"));
  }
  if (gpus.empty()) add(nullptr, nullptr);
  return gpus;
}

// Decided where every brand that the GPU may have leads to the same answer.
Met evaluate_on(const Possibilities& gpu, const ImageRequirement& requirement) {
  std::optional<Met> met;
  for (const auto& properties : gpu) {
    const auto one = evaluate(requirement, properties);
    if (met && *met != one) return Met::unknown;
    met = one;
  }
  return met.value_or(Met::unknown);
}

// Every GPU has to meet it.
Met evaluate_on(const std::vector<Possibilities>& gpus, const ImageRequirement& requirement) {
  Met met = Met::yes;
  for (const auto& gpu : gpus) {
    const auto one = evaluate_on(gpu, requirement);
    if (one == Met::no) return Met::no;
    if (one == Met::unknown) met = Met::unknown;
  }
  return met;
}

void judge(const facts::Map& variables, const std::vector<Possibilities>& gpus,
           facts::SubjectWriter& writer) {
  std::vector<std::string> unmet;
  std::string undecided;
  bool any = false;
  for (const auto& [name, value] : variables) {
    if (!name.starts_with(kImageRequirementsPrefix) || name.starts_with(kTegra)) continue;
    any = true;
    const auto text = text_in(variables, name);
    const auto requirement = parse_image_requirement(text);
    if (!requirement) {
      undecided = join({name, requirement.error().message}, ": ");
      continue;
    }
    const auto met = evaluate_on(gpus, *requirement);
    if (met == Met::no) unmet.push_back(join({name, text}, "="));
    if (met == Met::unknown) undecided = name + " asks for what isn't known of this node";
  }
  constexpr std::string_view kSource = "variables, driver.module_version, gpu model; table driver_branch";
  if (!any) {
    writer.absent(kImageRequirementsFact, "variables: no NVIDIA_REQUIRE_*");
  } else if (unmet.empty() && !undecided.empty()) {
    writer.unknown(kImageRequirementsFact, {undecided}, kSource);
  } else {
    writer.set(kImageRequirementsFact, facts::string_list(unmet), kSource);
  }
}

void derive_image_requirements(facts::Document& document, const tables::Tables& tables) {
  facts::SubjectWriter writer(document, "host", "host");
  const auto* const variables = document.host().map("variables");
  if (variables == nullptr) {
    writer.unknown(kImageRequirementsFact, {why_not_known(document.host(), "variables")}, "variables");
    return;
  }
  if (const auto name = disabling_switch(*variables); !name.empty()) {
    writer.absent(kImageRequirementsFact, "variables: " + std::string(name));
    return;
  }
  const facts::Map copy = *variables;
  judge(copy, read_gpus(document, tables), writer);
}

}  // namespace

Derivation image_requirements() {
  static constexpr std::string_view kReads[] = {"variables",          kVersion,
                                                "nvml.cuda_version",  "cuda_driver.version",
                                                "gpu model.class",    "gpu model.compute_capability",
                                                "table.driver_branch"};
  static constexpr std::string_view kSets[] = {kImageRequirementsFact};
  return {"image-requirements", "host", kReads, kSets, derive_image_requirements};
}

}  // namespace preflight::derive
