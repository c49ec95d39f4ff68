// What torch's own files say of its build. They are read as text, never executed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace preflight::python {

// torch/version.py: assignments of string literals. An empty field was None or not there.
struct TorchBuild {
  std::string version;  // "2.2.0+cu121"
  std::string cuda;     // "12.1"
  std::string hip;      // "6.0.32830-d62f6a171"
  std::string xpu;      // "20250000"
  std::string git;
};

TorchBuild parse_torch_version_file(std::string_view text);

// Whether C++ code of this torch uses the new ABI of libstdc++, from
// torch/share/cmake/Torch/TorchConfig.cmake; nothing when the file doesn't say it.
std::optional<bool> read_cxx11_abi_of_cmake(std::string_view text);

// The same from torch/__init__.py, whose function compiled_with_cxx11_abi() returns a constant in releases
// that dropped the old ABI.
std::optional<bool> read_cxx11_abi_of_module(std::string_view text);

}  // namespace preflight::python
