// Debian's package database, /var/lib/dpkg/status.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "facts/writer.hpp"
#include "target/file_tree.hpp"

namespace preflight::probe::services {

constexpr std::string_view kDpkgStatus = "/var/lib/dpkg/status";
constexpr std::size_t kLargestDpkgStatus = std::size_t{64} << 20U;

struct DebianPackage {
  std::string name;
  std::string version;  // upstream's part, dotted numbers only: "535.104.05" of "1:535.104.05-0ubuntu1"
};

// The first installed package whose name is accepted and whose version begins with a number. Packages that
// were removed and left their configuration are passed over.
std::optional<DebianPackage> find_installed(std::string_view status,
                                            const std::function<bool(std::string_view)>& accept);

// Sets a fact to the version of the first such package; false, and nothing set, where there is none.
bool set_installed_version(facts::SubjectWriter& writer, std::string_view fact, const target::FileTree& files,
                           const std::function<bool(std::string_view)>& accept);

}  // namespace preflight::probe::services
