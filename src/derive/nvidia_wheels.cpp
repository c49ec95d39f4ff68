// Which CUDA the NVIDIA wheels of an environment are of.
#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"
#include "python/characters.hpp"
#include "support/version.hpp"

namespace preflight::derive {

namespace {

constexpr std::string_view kNvidiaWheelsPrefix = "nvidia-";

// From CUDA 13 on the wheels of the toolkit carry no suffix. Of these the version is that of CUDA.
constexpr std::array<std::string_view, 5> kUnsuffixed = {
    "nvidia-cuda-runtime", "nvidia-cuda-nvrtc", "nvidia-cuda-cupti", "nvidia-nvjitlink", "nvidia-cublas"};

// Brought for several CUDA at once by one package; they share nothing with the toolkit's libraries.
constexpr std::string_view kOfEveryCuda = "nvidia-cutlass-dsl-libs-cu";

// "12" of nvidia-cublas-cu12; empty for names without such an end.
std::string_view suffix_of(std::string_view name) {
  constexpr std::string_view kMark = "-cu";
  const auto place = name.rfind(kMark);
  if (place == std::string_view::npos) return {};
  const auto digits = name.substr(place + kMark.size());
  const bool is_number =
      !digits.empty() && digits.size() <= 3 && std::ranges::all_of(digits, python::is_digit);
  return is_number ? digits : std::string_view();
}

// "cu12"; empty for packages that aren't bound to a CUDA.
std::string major_of(std::string_view name, std::string_view version) {
  if (!name.starts_with(kNvidiaWheelsPrefix) || name.starts_with(kOfEveryCuda)) return {};
  if (const auto digits = suffix_of(name); !digits.empty()) return "cu" + std::string(digits);
  if (std::ranges::find(kUnsuffixed, name) == kUnsuffixed.end()) return {};
  const auto number = parse_dotted_version(leading_dotted_version(version));
  // Below 11 are placeholders, uploaded to reserve the names.
  return number && number->at(0) >= 11 ? "cu" + std::to_string(number->at(0)) : std::string();
}

void derive_nvidia_wheels(facts::Document& document, const tables::Tables& /*tables*/) {
  for (const auto& id : ids_of(document, "environment")) {
    const auto& environment = document.subject("environment", id);
    facts::SubjectWriter writer(document, "environment", id);
    const auto* const packages = environment.map("packages");
    if (packages == nullptr) {
      const facts::Unknown why{why_not_known(environment, "packages")};
      writer.unknown("nvidia.cuda_majors", why, "packages");
      writer.unknown("nvidia.nccl_wheels", why, "packages");
      continue;
    }
    // A dump that lists only some packages says that these can't tell.
    const auto* const said = environment.find("nvidia.nccl_wheels");
    if (said != nullptr && said->unknown() != nullptr) continue;
    std::set<std::string> majors;
    std::vector<std::string> nccl;
    for (const auto& [name, value] : *packages) {
      const auto* const version = std::get_if<std::string>(&value.data);
      if (version == nullptr) continue;
      if (auto major = major_of(name, *version); !major.empty()) majors.insert(std::move(major));
      if (name == "nvidia-nccl" || name.starts_with("nvidia-nccl-cu")) nccl.push_back(name + "==" + *version);
    }
    writer.set("nvidia.cuda_majors", facts::string_list({majors.begin(), majors.end()}), "packages");
    writer.set("nvidia.nccl_wheels", facts::string_list(nccl), "packages");
  }
}

}  // namespace

Derivation nvidia_wheels() {
  static constexpr std::string_view kReads[] = {"packages"};
  static constexpr std::string_view kSets[] = {"nvidia.cuda_majors", "nvidia.nccl_wheels"};
  return {"nvidia-wheels", "environment", kReads, kSets, derive_nvidia_wheels};
}

}  // namespace preflight::derive
