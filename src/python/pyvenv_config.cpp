#include "python/pyvenv_config.hpp"

#include "support/text.hpp"

namespace preflight::python {

PyvenvConfig parse_pyvenv_config(std::string_view text) {
  PyvenvConfig config;
  for (const auto line : lines(text)) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const auto key = to_lower(trim(line.substr(0, equals)));
    const auto value = trim(line.substr(equals + 1));
    if (key == "home") {
      config.home = value;
    } else if (key == "version" || key == "version_info") {  // venv's and virtualenv's names
      config.version = value;
    } else if (key == "include-system-site-packages") {
      config.system_site_packages = to_lower(value) == "true";
    } else if (key == "uv") {
      config.made_by_uv = true;
    }
  }
  return config;
}

}  // namespace preflight::python
