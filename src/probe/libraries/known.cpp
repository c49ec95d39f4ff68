#include "probe/libraries/known.hpp"

#include <algorithm>

#include "support/version.hpp"

namespace preflight::probe::libraries {

namespace {

constexpr std::string_view kCuda[] = {"libcuda.so.1"};
constexpr std::string_view kMl[] = {"libnvidia-ml.so.1"};
constexpr std::string_view kPtxCompiler[] = {"libnvidia-ptxjitcompiler.so.1"};
constexpr std::string_view kNccl[] = {"libnccl.so.2"};
constexpr std::string_view kCudnn[] = {"libcudnn.so.7", "libcudnn.so.8", "libcudnn.so.9", "libcudnn.so.10"};
constexpr std::string_view kCudart[] = {"libcudart.so.10.1", "libcudart.so.10.2", "libcudart.so.11.0",
                                        "libcudart.so.12",   "libcudart.so.13",   "libcudart.so.14"};

constexpr KnownLibrary kLibraries[] = {
    {"libcuda", Role::driver, kCuda},
    {"libnvidia-ml", Role::driver, kMl},
    {"libnvidia-ptxjitcompiler", Role::driver, kPtxCompiler},
    {"libnccl", Role::toolkit, kNccl},
    {"libcudnn", Role::toolkit, kCudnn},
    {"libcudart", Role::toolkit, kCudart},
};

// The eight hexadecimal digits that auditwheel puts into a name, with the "-" or "." before them.
bool is_wheel_tag(std::string_view text) {
  return text.size() == 9 && (text.front() == '-' || text.front() == '.') &&
         text.substr(1).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::span<const KnownLibrary> known_libraries() {
  return kLibraries;
}

const KnownLibrary* library_of_file(std::string_view file_name) {
  const auto end = file_name.find(".so");
  if (end == std::string_view::npos) return nullptr;
  const auto after = file_name.substr(end + 3);
  if (!after.empty() && (after.front() != '.' || !parse_dotted_version(after.substr(1)))) return nullptr;
  const auto stem = file_name.substr(0, end);
  const auto found = std::ranges::find_if(kLibraries, [&](const KnownLibrary& library) {
    return stem.starts_with(library.name) &&
           (stem.size() == library.name.size() || is_wheel_tag(stem.substr(library.name.size())));
  });
  return found == std::end(kLibraries) ? nullptr : found;
}

std::optional<std::string> version_in_name(std::string_view file_name) {
  const auto end = file_name.find(".so.");
  if (end == std::string_view::npos) return std::nullopt;
  const auto text = file_name.substr(end + 4);
  const auto version = parse_dotted_version(text);
  // "libcuda.so.1" and Tegra's "libcuda.so.1.1" name an interface, not a driver.
  if (!version || version->numbers.size() < 2 || version->at(0) < 100) return std::nullopt;
  return std::string(text);
}

}  // namespace preflight::probe::libraries
