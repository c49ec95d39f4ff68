// What the name of an entry of a site-packages directory says.
#pragma once

#include <string_view>

namespace preflight::python {

enum class InstalledKind {
  dist_info,  // PEP 376: NAME-VERSION.dist-info, a directory
  egg_info,   // NAME[-VERSION[-pyX.Y]].egg-info, a directory or a file
  egg,        // NAME-VERSION-pyX.Y.egg, a directory or a ZIP file
  egg_link,   // NAME.egg-link, a file that names a directory
  path_file,  // *.pth
  other
};

// Views of the entry's name; `name` is as written there, `version` empty where it isn't stated.
struct InstalledName {
  InstalledKind kind = InstalledKind::other;
  std::string_view name = {};
  std::string_view version = {};
};

InstalledName read_installed_name(std::string_view entry);

// PEP 508's rule for names: letters and digits, with ".", "_" and "-" within. What pip leaves behind
// ("~orch" of an uninstallation that was cut off) is none.
bool is_valid_name(std::string_view name);

}  // namespace preflight::python
