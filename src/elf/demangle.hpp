// Names of C++ symbols (Itanium C++ ABI, "External Names").
#pragma once

#include <string>
#include <string_view>

namespace preflight::elf {

// The name as people write it: "c10::Error::what() const". Names that are not of C++, and those whose text
// could become too long (a name of 300 letters can stand for gigabytes), stay as they are. Always valid
// UTF-8.
std::string demangle(std::string_view symbol);

// Whether the name mentions a type of the C++ library's new ABI (since GCC 5; std::__cxx11::basic_string,
// list).
bool mentions_new_abi(std::string_view symbol);

// Whether it mentions the string of the old ABI. False for names that demangle() leaves as they are.
bool mentions_old_abi_string(std::string_view symbol);

}  // namespace preflight::elf
