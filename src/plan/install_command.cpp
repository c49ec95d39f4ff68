// The commands of PyTorch's pages for its current and its previous releases.
#include "plan/builds.hpp"
#include "plan/cells.hpp"

namespace preflight::plan {

namespace {

constexpr std::string_view kWheels = "https://download.pytorch.org/whl/";

// Where pip finds a build, and whether the packages must be named with its tag to be the right ones.
struct Place {
  std::string option;  // empty: the default index
  bool tagged = true;
};

Place place_of(const Build& build, const tables::Tables& tables) {
  const std::string wheels(kWheels);
  if (version_of(build.torch) >= version_of("2.0")) return {" --index-url " + wheels + build.tag, false};
  if (version_of(build.torch) >= version_of("1.11")) return {" --extra-index-url " + wheels + build.tag};
  // A release with support of its own, not published anywhere else.
  if (build.torch == "1.8.2") return {" -f " + wheels + "lts/1.8/torch_lts.html"};
  if (text_at(tables, {"torch", build.torch, "pypi_cuda"}) == build.cuda) return {"", false};
  return {" -f " + wheels + "torch_stable.html"};
}

}  // namespace

std::string install_command(const Build& build, const tables::Tables& tables) {
  const auto place = place_of(build, tables);
  const std::string tag = place.tagged ? "+" + build.tag : "";
  std::string command = "pip install torch==" + build.torch + tag;
  const auto torchvision = torchvision_of(build, tables);
  if (!torchvision.empty()) command.append(" torchvision==").append(torchvision).append(tag);
  // The pages name torchaudio without a tag.
  const auto torchaudio = torchaudio_of(build, tables);
  if (!torchaudio.empty()) command.append(" torchaudio==").append(torchaudio);
  return command + place.option;
}

}  // namespace preflight::plan
