// What every kind of subject that is a compiled file declares of it, whoever loads it.
#pragma once

#include <algorithm>
#include <array>

#include "facts/registry.hpp"

namespace preflight::facts {

inline constexpr Declaration kFileFacts[] = {
    {"needs.glibc", kVersion, "Highest GLIBC symbol version that the file needs"},
    {"needs.glibcxx", kVersion, "Highest GLIBCXX symbol version that the file needs"},
    {"needs.cxxabi", kVersion, "Highest CXXABI symbol version that the file needs"},
    {"executable_stack", kBoolean, "The file asks for an executable stack"},
    {"gpu_code.sass", kStrings,
     "GPU architectures that it has machine code for: sm_80, sm_90a; empty without"},
    {"gpu_code.ptx", kStrings, "GPU architectures that it has PTX for: compute_90; empty without"},
    {"gpu_code.ptx_version", kVersion,
     "Newest version of the PTX language among its PTX: 8.7; absent without"},
    {"gpu_code.stub", kBoolean,
     "That code is empty: its kernels stand where no tool reads them, as in cuFFT since CUDA 12.4"},
    {"gpu_code.compressed", kBoolean, "Some of its GPU code is compressed"},
};

// The declarations of a kind, with those of its file behind its own.
template <std::size_t Count>
constexpr auto with_file_facts(const Declaration (&own)[Count]) {
  std::array<Declaration, Count + std::size(kFileFacts)> all{};
  std::ranges::copy(kFileFacts, std::ranges::copy(own, all.begin()).out);
  return all;
}

}  // namespace preflight::facts
