// Reads what `python -m torch.utils.collect_env` and vLLM's collect_env.py print, as people paste it.
#pragma once

#include <string_view>

#include "facts/document.hpp"
#include "support/result.hpp"

namespace preflight::collect_env {

// Longer texts are no dumps.
constexpr std::size_t kMostBytes = std::size_t{1} << 20;

// The facts that a dump states: all vintages, in a text of any sort, cut off anywhere. What it doesn't state
// is not recorded, and neither is a value that the end of the text or a wrapped line may have cut. Of several
// dumps the one with the most entries is read. Its packages and variables are only those that collect_env
// prints. Errors: too_large; malformed when there is no dump in the text.
Result<facts::Document> parse_collect_env(std::string_view text);

}  // namespace preflight::collect_env
