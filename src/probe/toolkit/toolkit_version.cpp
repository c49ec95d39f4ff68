#include "probe/toolkit/toolkit_version.hpp"

#include "elf/contents.hpp"
#include "probe/libraries/version.hpp"
#include "support/json.hpp"
#include "support/text.hpp"
#include "support/version.hpp"

namespace preflight::probe::toolkit {

namespace {

constexpr std::uint64_t kMostText = std::uint64_t{16} << 20U;

}  // namespace

Result<std::string> version_of_json(std::string_view text) {
  const auto json = parse_json(text);
  if (!json) return json.error();
  const auto path = nlohmann::json::json_pointer("/cuda/version");
  if (!json->contains(path) || !json->at(path).is_string()) {
    return Error{ErrorKind::malformed, "no version of cuda"};
  }
  auto version = json->at(path).get<std::string>();
  if (!parse_dotted_version(version))
    return Error{ErrorKind::malformed, "no version: " + version.substr(0, 64)};
  return version;
}

std::optional<std::string> version_of_text(std::string_view text) {
  constexpr std::string_view kPrefix = "CUDA Version ";
  const auto at = text.find(kPrefix);
  if (at == std::string_view::npos) return std::nullopt;
  const auto version = leading_dotted_version(text.substr(at + kPrefix.size()));
  if (version.empty()) return std::nullopt;
  return std::string(version);
}

std::optional<std::string> version_of_header(std::string_view text) {
  for (const auto line : lines(text)) {
    const auto pieces = words(line);
    if (pieces.size() < 3 || pieces[0] != "#define" || pieces[1] != "CUDA_VERSION") continue;
    const auto number = to_integer(pieces[2]);
    if (!number || *number < 0 || *number > 1'000'000) return std::nullopt;
    return libraries::decode_cuda_version(static_cast<std::uint32_t>(*number));
  }
  return std::nullopt;
}

Result<std::string> version_of_compiler(const ByteSource& nvcc) {
  const auto file = elf::File::open(nvcc);
  if (!file) return file.error();
  const auto section = file->section(".rodata");
  if (!section) return section.error();
  std::string version;
  const auto found = elf::find_text(*file, *section, "Cuda compilation tools, release ", kMostText,
                                    [&](std::string_view text) {
                                      constexpr std::string_view kMark = ", V";
                                      const auto at = text.rfind(kMark);
                                      if (at == std::string_view::npos) return false;
                                      version = leading_dotted_version(text.substr(at + kMark.size()));
                                      return !version.empty();
                                    });
  if (!found) return found.error();
  if (!*found) return Error{ErrorKind::malformed, "its texts tell no version"};
  return version;
}

}  // namespace preflight::probe::toolkit
