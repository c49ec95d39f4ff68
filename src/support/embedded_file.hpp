#pragma once

#include <string_view>

namespace preflight {

// A file that was put into the binary at build time.
struct EmbeddedFile {
  std::string_view name;  // relative to the repository: rules/driver.json
  std::string_view text;
};

}  // namespace preflight
