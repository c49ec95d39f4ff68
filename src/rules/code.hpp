// Checked expressions in their compact form: trees of small nodes in one pool.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "rules/value.hpp"

namespace preflight::rules {

enum class Op : std::uint8_t {
  constant,      // detail: of `constants`
  subject,       // the one that the rule is judged for
  subjects,      // all of a kind; detail: the kind's place in subject_kinds()
  variable,      // of a macro; detail: its place in the frame
  host_fact,     // detail: the fact's place among its kind's
  subject_fact,  // child: the subject; detail: as above
  list,          // children: the items
  list_item,     // children: list, place
  map_entry,     // children: map, key
  record_field,  // child: the record; detail: of `names`
  table_row,     // child: the key; detail: of `names`, the table
  row_cell,      // child: the row; detail: of `names`, the column; so on
  row_list,      // a cell that holds a list
  has,           // child
  known,         // child
  negation,      // child
  minus,         // child
  both,          // children: left, right
  either,        // children: left, right
  conditional,   // children: condition, then, else
  equal,         // children: left, right; so on
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  add,       // children: left, right; of ints, strings or lists
  subtract,  // children: left, right; of ints; so on
  multiply,
  divide,
  remainder,
  in_list,   // children: item, list
  in_map,    // children: key, map
  in_table,  // child: the key; detail: of `names`, the table
  all,       // children: list, predicate; detail: the variable's place in the frame; so on
  exists,
  exists_one,
  filter,
  map,
  call,  // children: arguments; detail: of functions()
};

using NodeIndex = std::uint32_t;
constexpr NodeIndex kNoNode = ~NodeIndex{0};

struct Node {
  Op op = Op::constant;
  facts::Scalar scalar = facts::Scalar::string;  // of a field, cell or item of a cell
  std::uint16_t count = 0;                       // of children
  std::uint32_t first = 0;                       // of `children`
  std::uint32_t detail = 0;
};

// The expressions of a set of rules. Values among the constants point into the pool: it can be moved, not
// copied.
struct Code {
  std::vector<Node> nodes;
  std::vector<NodeIndex> children;
  std::vector<Value> constants;
  Arena constant_data;
  std::vector<std::string> names;  // of tables, columns and fields

  NodeIndex child(const Node& node, std::uint32_t place) const { return children[node.first + place]; }
};

}  // namespace preflight::rules
