// Any text as NCCL's log: what is kept is bounded and valid UTF-8.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "smoke/nccl_log.hpp"
#include "support/utf8.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace preflight;
  const auto log = smoke::parse_nccl_log({reinterpret_cast<const char*>(data), size});
  require(log.paths.size() <= smoke::kMostNcclPaths && log.warnings.size() <= smoke::kMostNcclWarnings);
  for (const auto& path : log.paths) {
    require(path.from >= 0 && path.to >= 0 && !path.channels.empty());
    require(to_valid_utf8(path.via) == path.via && to_valid_utf8(path.device) == path.device);
  }
  for (const auto& warning : log.warnings) require(to_valid_utf8(warning.text) == warning.text);
  return 0;
}
