// libFuzzer: arbitrary bytes as a bare fat binary, as a library that holds one, and as the name of an
// architecture.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gpu_code/gpu_code.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace gpu_code = preflight::gpu_code;
  const std::span<const std::uint8_t> bytes(data, size);
  if (const auto architecture = gpu_code::parse_architecture({reinterpret_cast<const char*>(data), size})) {
    if (gpu_code::parse_architecture(gpu_code::sass_name(*architecture)) != architecture) __builtin_trap();
  }
  const preflight::BufferSource source(std::as_bytes(bytes));
  const auto code = gpu_code::read_gpu_code(source);
  if (!code) return 0;
  for (const auto& found : code->sass) {
    if (found.containers == 0 || found.containers > code->containers) __builtin_trap();
    if (gpu_code::parse_architecture(gpu_code::sass_name(found.architecture)) != found.architecture) {
      __builtin_trap();
    }
  }
  for (const auto& found : code->ptx) {
    if (found.oldest > found.newest) __builtin_trap();
  }
  (void)gpu_code::has_sass_for(*code, {9, 0});
  (void)gpu_code::has_ptx_for(*code, {9, 0});
  return 0;
}
