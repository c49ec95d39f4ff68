// File names of wheels: NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl, by the PyPA specification "Binary
// distribution format" (PEP 427).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace preflight::python {

// The tags are as written: sets of alternatives, joined by dots ("cp310.cp311").
struct WheelName {
  std::string name;     // normalised (PEP 503)
  std::string version;  // normalised (PEP 440)
  std::string_view python;
  std::string_view abi;
  std::string_view platform;
};

// Views of the file's name; nothing for what is no wheel's.
std::optional<WheelName> read_wheel_name(std::string_view file);

}  // namespace preflight::python
