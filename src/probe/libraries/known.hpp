// The libraries of a GPU stack that we look for, and their file names.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace preflight::probe::libraries {

enum class Role { driver, toolkit };  // part of the user-mode driver, or what programs bring along

struct KnownLibrary {
  std::string_view name;  // "libcudnn"
  Role role;
  std::span<const std::string_view> sonames;  // of the majors that there are: "libcudnn.so.8", ...
};

std::span<const KnownLibrary> known_libraries();

// The library that a file of this name is: "libnccl.so.2", "libcuda.so.535.104.05", and the names that wheel
// builders give to copies: "libcudart-d0da41ae.so.11.0". A null pointer when it is none.
const KnownLibrary* library_of_file(std::string_view file_name);

// The version at the end of the name of a driver's file: "535.104.05" of "libcuda.so.535.104.05". Empty when
// the name has none.
std::optional<std::string> version_in_name(std::string_view file_name);

}  // namespace preflight::probe::libraries
