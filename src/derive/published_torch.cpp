#include "derive/published_torch.hpp"

#include <algorithm>

#include "derive/cuda_tag.hpp"
#include "derive/lookup.hpp"
#include "python/characters.hpp"
#include "support/version.hpp"

namespace preflight::derive {

namespace {

constexpr std::string_view kTagMark = "cu";

bool is_cuda_tag(std::string_view local) {
  return local.starts_with(kTagMark) && local.size() > kTagMark.size() &&
         std::ranges::all_of(local.substr(kTagMark.size()), python::is_digit);
}

}  // namespace

std::string release_key(const python::Version& version) {
  std::string key(version.base_text());
  for (auto dots = std::ranges::count(key, '.'); dots < 2; ++dots) key += ".0";
  return key;
}

std::string_view unpublished_by(const facts::Subject& environment, const python::Version& version) {
  const bool is_release = !version.is_prerelease() && !version.is_postrelease();
  if (!is_release || (!version.local().empty() && !is_cuda_tag(version.local()))) return "torch.version";
  return unpublished_by(environment);
}

std::string_view unpublished_by(const facts::Subject& environment) {
  const auto* const variant = environment.text("torch.variant");
  if (variant != nullptr && *variant != "cuda") return "torch.variant";
  const auto* const cuda = environment.find("torch.cuda");
  if (cuda != nullptr && cuda->absent()) return "torch.cuda";
  const auto* const conda = environment.map("conda_packages");
  if (conda != nullptr && (conda->contains("pytorch") || conda->contains("libtorch")))
    return "conda_packages";
  return {};
}

Candidates candidates(const facts::Subject& environment, const python::Version& version,
                      const std::optional<std::string>& pinned, const tables::Tables& tables) {
  const auto release = release_key(version) + "+";
  if (!version.local().empty()) return {{release + std::string(version.local())}, "torch.version"};
  if (const auto* const cuda = environment.text("torch.cuda")) {
    const auto number = parse_dotted_version(*cuda);
    if (number) return {{release + cuda_tag(*number)}, "torch.version, torch.cuda"};
  }
  if (pinned) {
    const auto number = parse_dotted_version(*pinned);
    if (number) return {{release + cuda_tag(*number)}, "torch.version, torch.pinned_cuda"};
  }
  Candidates all{{}, "torch.version, every CUDA of the release"};
  const auto cell = find_cell(tables, kTorchReleases, release_key(version), "cuda");
  const auto* const value = std::get_if<facts::Value>(&cell);
  const auto* const list = value == nullptr ? nullptr : std::get_if<facts::List>(&value->data);
  if (list == nullptr) return all;
  for (const auto& item : *list) {
    const auto* const text = std::get_if<std::string>(&item.data);
    const auto number = parse_dotted_version(text == nullptr ? std::string_view() : *text);
    if (number) all.wheels.push_back(release + cuda_tag(*number));
  }
  return all;
}

Candidates candidates_by_cuda(std::string_view cuda, const tables::Tables& tables) {
  Candidates all{{}, "torch.cuda, every release"};
  const auto number = parse_dotted_version(cuda);
  const auto table = tables.find(kTorchWheels);
  if (!number || table == tables.end()) return all;
  all.wheels = table->second.rows.keys();
  std::erase_if(all.wheels,
                [&](const std::string& wheel) { return !wheel.ends_with("+" + cuda_tag(*number)); });
  return all;
}

}  // namespace preflight::derive
