#include "plan/builds.hpp"

#include <algorithm>

#include "plan/cells.hpp"

namespace preflight::plan {

namespace {

std::vector<gpu_code::ComputeCapability> capabilities(const std::vector<std::string>& texts) {
  std::vector<gpu_code::ComputeCapability> found;
  found.reserve(texts.size());
  for (const auto& text : texts) found.push_back(capability_of(text));
  return found;
}

// "12.8" of cu128.
std::string cuda_of(const std::string& tag) {
  return tag.substr(2, tag.size() - 3) + "." + tag.back();
}

bool is_newer(const Build& left, const Build& right) {
  const auto torch = version_of(left.torch) <=> version_of(right.torch);
  return torch == std::strong_ordering::equal ? version_of(left.cuda) > version_of(right.cuda)
                                              : torch == std::strong_ordering::greater;
}

}  // namespace

bool has_sass_for(const Build& build, gpu_code::ComputeCapability gpu) {
  return std::ranges::any_of(build.sass, [&](gpu_code::ComputeCapability code) {
    return gpu_code::runs_on({code.major, code.minor}, gpu);
  });
}

bool has_ptx_for(const Build& build, gpu_code::ComputeCapability gpu) {
  return std::ranges::any_of(build.ptx, [&](gpu_code::ComputeCapability code) {
    return gpu_code::compiles_for({code.major, code.minor}, gpu);
  });
}

std::vector<Build> published_builds(const tables::Tables& tables) {
  std::vector<Build> builds;
  for (const auto& name : tables.at("torch_wheel").rows.keys()) {
    const auto plus = name.find("+cu");
    Build build{name,
                name.substr(0, plus),
                plus == std::string::npos ? "" : name.substr(plus + 1),
                "",
                capabilities(texts_at(tables, {"torch_wheel", name, "sass"})),
                capabilities(texts_at(tables, {"torch_wheel", name, "ptx"}))};
    if (build.tag.empty() || build.sass.empty()) continue;
    build.cuda = cuda_of(build.tag);
    builds.push_back(std::move(build));
  }
  std::ranges::sort(builds, is_newer);
  return builds;
}

std::string oldest_driver_of_cuda(const Build& build, const tables::Tables& tables) {
  auto family = text_at(tables, {"cuda_family", build.cuda.substr(0, build.cuda.find('.')), "min_driver"});
  return family.empty() ? text_at(tables, {"cuda_release", build.cuda, "min_driver"}) : family;
}

std::string own_driver(const Build& build, const tables::Tables& tables) {
  auto own = text_at(tables, {"cuda_release", build.cuda, "driver"});
  return own.empty() ? text_at(tables, {"cuda_release", build.cuda, "min_driver"}) : own;
}

std::string torchvision_of(const Build& build, const tables::Tables& tables) {
  return text_at(tables, {"torch", build.torch, "torchvision"});
}

std::string torchaudio_of(const Build& build, const tables::Tables& tables) {
  return text_at(tables, {"torch", build.torch, "torchaudio"});
}

}  // namespace preflight::plan
