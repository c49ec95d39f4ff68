// Expression text into a syntax tree.
#pragma once

#include <optional>
#include <string_view>

#include "rules/ast.hpp"

namespace preflight::rules {

constexpr std::size_t kMostExpressionBytes = 8192;
constexpr std::uint16_t kMostExpressionDepth = 128;

// Reads one expression into `tree`, which is cleared first (so that its memory is used again). Returns what
// is wrong, if anything; then the tree is not to be used.
std::optional<Issue> parse_expression(std::string_view source, SyntaxTree& tree);

}  // namespace preflight::rules
