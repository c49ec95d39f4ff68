#include "probe/c_library.hpp"

#include "elf/contents.hpp"
#include "elf/versions.hpp"
#include "support/version.hpp"

namespace preflight::probe {

namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{4} << 20;  // of .rodata

// The first text that begins with `prefix` and that `version_of` finds a version in.
template <class VersionOf>
Result<std::string> version_in_constants(const elf::File& file, std::string_view prefix,
                                         const VersionOf& version_of) {
  const auto constants = file.section(".rodata");
  if (!constants) return constants.error();
  std::string version;
  const auto found = elf::find_text(file, *constants, prefix, kMostBytes, [&](std::string_view text) {
    version = version_of(text);
    return !version.empty();
  });
  if (!found) return found.error();
  if (!*found) return Error{ErrorKind::not_found, "no version in its constants"};
  return version;
}

}  // namespace

std::string_view version_in_banner(std::string_view banner) {
  constexpr std::string_view kBefore = "release version ";
  const auto at = banner.find(kBefore);
  return at == std::string_view::npos ? "" : leading_dotted_version(banner.substr(at + kBefore.size()));
}

Result<std::string> glibc_version(const elf::File& file) {
  auto version = version_in_constants(file, "GNU C Library ", version_in_banner);
  if (version) return version;
  const auto dynamic = elf::read_dynamic(file);
  if (!dynamic) return dynamic.error();
  const auto names = elf::defined_versions(file, *dynamic);
  if (!names) return names.error();
  auto highest = elf::highest_version(*names, "GLIBC_");
  if (!highest) return Error{ErrorKind::not_found, "defines no GLIBC version"};
  return std::move(*highest);
}

Result<std::string> musl_version(const elf::File& file) {
  const auto name = version_in_constants(file, "musl libc", [](std::string_view) { return "musl"; });
  if (!name) return name.error();
  return version_in_constants(file, "1.", [](std::string_view text) {
    const auto version = leading_dotted_version(text);
    const auto numbers = parse_dotted_version(version);
    const auto rest = text.substr(version.size());
    const bool whole = rest.empty() || rest.starts_with("-git");
    return numbers && numbers->numbers.size() == 3 && whole ? version : std::string_view();
  });
}

}  // namespace preflight::probe
