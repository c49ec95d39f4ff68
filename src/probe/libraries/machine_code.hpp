// Constants in the machine code of tiny functions, for versions that a library states nowhere else. Only
// x86-64; other machines give nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace preflight::probe::libraries {

// What a function returns that ends in "mov eax, constant", pops and "ret".
std::optional<std::uint32_t> returned_constant(std::span<const std::byte> code);

// What a function stores through its first argument when it begins with
// "test rdi, rdi; je ...; mov dword [rdi], constant".
std::optional<std::uint32_t> stored_constant(std::span<const std::byte> code);

// Addresses that may be called from code which starts at `address`: the target of everything that looks like
// a near call.
std::vector<std::uint64_t> call_targets(std::span<const std::byte> code, std::uint64_t address);

}  // namespace preflight::probe::libraries
