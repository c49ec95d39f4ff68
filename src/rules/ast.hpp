// What the parser reads an expression into.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "rules/lexer.hpp"

namespace preflight::rules {

enum class Syntax : std::uint8_t {
  identifier,   // text
  integer,      // integer
  text,         // text: its value
  boolean,      // integer: 0 or 1
  list,         // children: the items
  select,       // text: the member; child: of what
  index,        // children: of what, which
  call,         // text: the function; children: arguments
  member_call,  // text: the function; children: receiver, arguments
  unary,        // text: "!" or "-"; child
  binary,       // text: the operator; children: left, right
  conditional,  // children: condition, then, else
};

using SyntaxIndex = std::uint32_t;
constexpr SyntaxIndex kNoSyntax = ~SyntaxIndex{0};

struct SyntaxNode {
  Syntax kind = Syntax::identifier;
  std::uint16_t depth = 1;   // of the tree below, itself included
  std::uint32_t offset = 0;  // in the source: of a member, its name; of an operator, the operator
  std::string_view text = {};
  std::int64_t integer = 0;
  SyntaxIndex first = kNoSyntax;  // first child
  SyntaxIndex next = kNoSyntax;   // next sibling
};

// Views point into the source and into `texts`.
struct SyntaxTree {
  std::vector<SyntaxNode> nodes;
  std::deque<std::string> texts;
  SyntaxIndex root = kNoSyntax;

  const SyntaxNode& operator[](SyntaxIndex index) const { return nodes[index]; }
  SyntaxIndex first(SyntaxIndex index) const { return nodes[index].first; }
  SyntaxIndex second(SyntaxIndex index) const { return nodes[nodes[index].first].next; }

  void clear() {
    nodes.clear();
    if (!texts.empty()) texts.clear();
    root = kNoSyntax;
  }
};

}  // namespace preflight::rules
