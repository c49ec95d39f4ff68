#include "probe/services/dpkg_status.hpp"

#include "support/text.hpp"
#include "support/version.hpp"

namespace preflight::probe::services {

namespace {

// The value of a field of one paragraph (deb822(5)); empty when it isn't there.
std::string_view field(std::string_view paragraph, std::string_view name) {
  for (const auto line : lines(paragraph)) {
    if (line.starts_with(name) && line.substr(name.size()).starts_with(':')) {
      return trim(line.substr(name.size() + 1));
    }
  }
  return {};
}

// Without the epoch "1:"; what follows the numbers is the packager's.
std::string_view upstream(std::string_view version) {
  const auto colon = version.find(':');
  if (colon != std::string_view::npos) version.remove_prefix(colon + 1);
  return leading_dotted_version(version);
}

}  // namespace

std::optional<DebianPackage> find_installed(std::string_view status,
                                            const std::function<bool(std::string_view)>& accept) {
  while (!status.empty()) {
    const auto end = status.find("\n\n");
    const auto paragraph = status.substr(0, end);
    status.remove_prefix(end == std::string_view::npos ? status.size() : end + 2);
    const auto name = field(paragraph.substr(0, paragraph.find('\n')), "Package");
    if (name.empty() || !accept(name) || !field(paragraph, "Status").ends_with(" installed")) continue;
    const auto version = upstream(field(paragraph, "Version"));
    if (!version.empty()) return DebianPackage{std::string(name), std::string(version)};
  }
  return std::nullopt;
}

bool set_installed_version(facts::SubjectWriter& writer, std::string_view fact, const target::FileTree& files,
                           const std::function<bool(std::string_view)>& accept) {
  const auto status = files.read(kDpkgStatus, kLargestDpkgStatus);
  if (!status) return false;
  const auto package = find_installed(*status, accept);
  if (package) writer.set(fact, package->version, std::string(kDpkgStatus) + " " + package->name);
  return package.has_value();
}

}  // namespace preflight::probe::services
