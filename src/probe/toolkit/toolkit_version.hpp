// Versions of a CUDA toolkit, from its own files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "support/byte_source.hpp"
#include "support/result.hpp"

namespace preflight::probe::toolkit {

// "version" of "cuda" in a version.json (CUDA 11.1 and later). malformed when it isn't JSON or has none.
Result<std::string> version_of_json(std::string_view text);

// "CUDA Version 10.1.243", the version.txt of CUDA up to 11.0.
std::optional<std::string> version_of_text(std::string_view text);

// "#define CUDA_VERSION 12040" of cuda.h: "12.4".
std::optional<std::string> version_of_header(std::string_view text);

// "Cuda compilation tools, release 13.0, V13.0.88" among the texts of the compiler: "13.0.88".
Result<std::string> version_of_compiler(const ByteSource& nvcc);

}  // namespace preflight::probe::toolkit
