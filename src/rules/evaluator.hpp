// Evaluation of checked expressions in three-valued logic (docs/rule-language.md).
#pragma once

#include <string_view>
#include <vector>

#include "rules/code.hpp"
#include "rules/inputs.hpp"

namespace preflight::rules {

// What an evaluation read: a fact, an entry of a fact that is a map, or the row of a table.
struct Read {
  const Reading* reading = nullptr;     // null for a row
  std::string_view key = {};            // of the entry
  const facts::Value* entry = nullptr;  // null when the whole fact was read or the map lacks the key
  bool is_entry = false;
  const RowValue* row = nullptr;
};

class Evaluator {
 public:
  // All must outlive the evaluator.
  Evaluator(const Code& code, Inputs& inputs)
      : code_(code), inputs_(inputs), tables_(code.names.size(), nullptr) {}

  // Begins anew for this subject (a null pointer: the host): forgets reads, and invalidates every value that
  // was returned.
  void begin(const SubjectFacts* subject);

  Value evaluate(NodeIndex root);

  // What was read since begin(), repetitions included. What an operand read that && or || absorbed is left
  // out.
  const std::vector<Read>& reads() const { return reads_; }

 private:
  Value run(const Node& node);
  Value child(const Node& node, std::uint32_t place) { return run(code_.nodes[code_.child(node, place)]); }

  Value fact(const SubjectFacts& subject, std::uint32_t place);
  Value subject_fact(const Node& node);
  Value list(const Node& node);
  Value list_item(const Node& node);
  Value map_operand(const Node& node, std::uint32_t place);
  Value map_entry(const Node& node);
  Value in_map(const Node& node);
  Value record_field(const Node& node);
  Value table_row(const Node& node);
  Value row_cell(const Node& node);
  Value in_table(const Node& node);
  // The table that a node names; a null pointer when there is none.
  const tables::Table* table(const Node& node);
  Value has(const Node& node);
  Value negation(const Node& node);
  Value minus(const Node& node);
  Value logic(const Node& node, bool absorbing);
  Value conditional(const Node& node);
  Value comparison(const Node& node);
  Value in_list(const Node& node);
  Value arithmetic(const Node& node);
  Value quantifier(const Node& node, bool absorbing);
  Value exists_one(const Node& node);
  Value filter(const Node& node);
  Value map(const Node& node);
  Value call(const Node& node);

  // The value that stands for two operands of which at least one is not known.
  Value merge(const Value& left, const Value& right);
  Value macro_items(const Node& node);
  template <class Visit>
  void each_item(const Node& node, const Value& list, const Visit& visit);

  const Code& code_;
  Inputs& inputs_;
  Arena scratch_;
  const SubjectFacts* subject_ = nullptr;
  std::vector<const tables::Table*> tables_;  // by the place of their names, once they were looked up
  std::vector<Value> variables_;
  std::vector<Read> reads_;
  std::size_t steps_ = 0;
};

}  // namespace preflight::rules
