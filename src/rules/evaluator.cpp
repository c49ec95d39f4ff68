#include "rules/evaluator.hpp"

#include <array>
#include <limits>
#include <span>
#include <utility>

#include "rules/compare.hpp"
#include "rules/functions.hpp"

namespace preflight::rules {

namespace {

// Bounds for hostile rules: nodes evaluated for one rule and subject, and sizes of what is made.
constexpr std::size_t kMostSteps = 1000000;
constexpr std::size_t kMostItems = 65536;

constexpr Failure kTooLong{"the evaluation takes too many steps"};

bool is(const Value& value, bool wanted) {
  const auto* truth = std::get_if<bool>(&value);
  return truth != nullptr && *truth == wanted;
}

Value integer_result(Op op, std::int64_t left, std::int64_t right) {
  std::int64_t result = 0;
  bool overflow = false;
  switch (op) {
    case Op::add:
      overflow = __builtin_add_overflow(left, right, &result);
      break;
    case Op::subtract:
      overflow = __builtin_sub_overflow(left, right, &result);
      break;
    case Op::multiply:
      overflow = __builtin_mul_overflow(left, right, &result);
      break;
    default:
      if (right == 0) return Failure{"division by zero"};
      overflow = left == std::numeric_limits<std::int64_t>::min() && right == -1;
      if (!overflow) result = op == Op::divide ? left / right : left % right;
      break;
  }
  if (overflow) return Failure{"the integer does not fit 64 bits"};
  return result;
}

bool comparison_result(Op op, std::partial_ordering order) {
  switch (op) {
    case Op::less:
      return order < 0;
    case Op::less_equal:
      return order <= 0;
    case Op::greater:
      return order > 0;
    default:
      return order >= 0;
  }
}

}  // namespace

void Evaluator::begin(const SubjectFacts* subject) {
  subject_ = subject;
  scratch_.clear();
  reads_.clear();
  steps_ = 0;
}

Value Evaluator::evaluate(NodeIndex root) {
  return run(code_.nodes[root]);
}

Value Evaluator::merge(const Value& left, const Value& right) {
  const auto* first = std::get_if<Unknown>(&left);
  const auto* second = std::get_if<Unknown>(&right);
  if (first != nullptr && second != nullptr) return scratch_.unknown(*first, *second);
  if (first != nullptr) return left;
  if (second != nullptr) return right;
  return is_known(left) ? right : left;
}

Value Evaluator::run(const Node& node) {
  if (++steps_ > kMostSteps) return kTooLong;
  switch (node.op) {
    case Op::constant:
      return code_.constants[node.detail];
    case Op::subject:
      return subject_;
    case Op::subjects:
      return inputs_.subjects(node.detail);
    case Op::variable:
      return variables_[node.detail];
    case Op::host_fact:
      return fact(inputs_.host(), node.detail);
    case Op::subject_fact:
      return subject_fact(node);
    case Op::list:
      return list(node);
    case Op::list_item:
      return list_item(node);
    case Op::map_entry:
      return map_entry(node);
    case Op::record_field:
      return record_field(node);
    case Op::table_row:
      return table_row(node);
    case Op::row_cell:
    case Op::row_list:
      return row_cell(node);
    case Op::has:
      return has(node);
    case Op::known:
      return is_known(child(node, 0));
    case Op::negation:
      return negation(node);
    case Op::minus:
      return minus(node);
    case Op::both:
      return logic(node, false);
    case Op::either:
      return logic(node, true);
    case Op::conditional:
      return conditional(node);
    case Op::equal:
    case Op::not_equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
      return comparison(node);
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::remainder:
      return arithmetic(node);
    case Op::in_list:
      return in_list(node);
    case Op::in_map:
      return in_map(node);
    case Op::in_table:
      return in_table(node);
    case Op::all:
      return quantifier(node, false);
    case Op::exists:
      return quantifier(node, true);
    case Op::exists_one:
      return exists_one(node);
    case Op::filter:
      return filter(node);
    case Op::map:
      return map(node);
    case Op::call:
      return call(node);
  }
  return Failure{"not evaluated"};
}

Value Evaluator::fact(const SubjectFacts& subject, std::uint32_t place) {
  const Reading& reading = inputs_.read(subject, place);
  reads_.push_back({&reading});
  return reading.value;
}

Value Evaluator::subject_fact(const Node& node) {
  const Value subject = child(node, 0);
  if (!is_known(subject)) return subject;
  return fact(*std::get<const SubjectFacts*>(subject), node.detail);
}

Value Evaluator::list(const Node& node) {
  std::vector<Value> items;
  items.reserve(node.count);
  Value unusable = true;
  for (std::uint32_t place = 0; place < node.count; ++place) {
    items.push_back(child(node, place));
    if (!is_known(items.back())) unusable = merge(unusable, items.back());
  }
  return is_known(unusable) ? scratch_.list(std::move(items)) : unusable;
}

Value Evaluator::list_item(const Node& node) {
  const Value list = child(node, 0);
  const Value place = child(node, 1);
  if (!is_known(list) || !is_known(place)) return merge(list, place);
  const auto& items = std::get<const ValueList*>(list)->items;
  const std::int64_t number = std::get<std::int64_t>(place);
  if (number < 0 || static_cast<std::uint64_t>(number) >= items.size()) {
    return Failure{"the list has no item of this number"};
  }
  return items[static_cast<std::size_t>(number)];
}

// A map of which one entry is looked at: the entry becomes evidence, not the whole map.
Value Evaluator::map_operand(const Node& node, std::uint32_t place) {
  const std::size_t before = reads_.size();
  const Value map = child(node, place);
  if (is_known(map)) reads_.resize(before);
  return map;
}

Value Evaluator::map_entry(const Node& node) {
  const Value operand = map_operand(node, 0);
  const Value key = child(node, 1);
  if (!is_known(operand) || !is_known(key)) return merge(operand, key);
  const MapValue& map = *std::get<const MapValue*>(operand);
  const auto name = std::get<std::string_view>(key);
  const auto found = map.entries->find(name);
  const facts::Value* entry = found == map.entries->end() ? nullptr : &found->second;
  reads_.push_back({map.origin, name, entry, true});
  const std::string_view path = map.origin->declaration->path;
  if (entry == nullptr) {
    return AbsentValue{map.origin->subject, scratch_.text(entry_path(path, name))};
  }
  return inputs_.stored(*entry, map.scalar, map.origin->subject, path, name);
}

Value Evaluator::in_map(const Node& node) {
  const Value key = child(node, 0);
  const Value operand = map_operand(node, 1);
  if (!is_known(operand) || !is_known(key)) return merge(key, operand);
  const MapValue& map = *std::get<const MapValue*>(operand);
  const auto name = std::get<std::string_view>(key);
  const auto found = map.entries->find(name);
  const facts::Value* entry = found == map.entries->end() ? nullptr : &found->second;
  reads_.push_back({map.origin, name, entry, true});
  return entry != nullptr;
}

Value Evaluator::record_field(const Node& node) {
  const Value operand = child(node, 0);
  if (!is_known(operand)) return operand;
  const RecordValue& record = *std::get<const RecordValue*>(operand);
  const std::string& name = code_.names[node.detail];
  const std::string_view path = record.origin->declaration->path;
  const auto found = record.fields->find(name);
  if (found == record.fields->end()) {
    return AbsentValue{record.origin->subject, scratch_.text(std::string(path) + "[]." + name)};
  }
  return inputs_.stored(found->second, node.scalar, record.origin->subject, path, name);
}

const tables::Table* Evaluator::table(const Node& node) {
  const tables::Table*& known = tables_[node.detail];
  if (known == nullptr) known = inputs_.table(code_.names[node.detail]);
  return known;
}

Value Evaluator::table_row(const Node& node) {
  const Value key = child(node, 0);
  if (!is_known(key)) return key;
  const std::string& name = code_.names[node.detail];
  const tables::Table* table = this->table(node);
  if (table == nullptr) return scratch_.unknown({nullptr, "table." + name, "there is no such table"});
  const std::string_view text = key_text(key, scratch_);
  const tables::Row* row = table->row(text);
  if (row == nullptr) {
    return scratch_.unknown(
        {nullptr, entry_path("table." + name, text), "no row " + std::string(text) + " in table " + name});
  }
  const RowValue* value = scratch_.row({table, row, text});
  Read read;
  read.row = value;
  reads_.push_back(read);
  return value;
}

Value Evaluator::row_cell(const Node& node) {
  const Value operand = child(node, 0);
  if (!is_known(operand)) return operand;
  const RowValue& row = *std::get<const RowValue*>(operand);
  const std::string& column = code_.names[node.detail];
  const auto path = [&] { return entry_path("table." + row.table->name, row.key) + "." + column; };
  const auto cell = row.row->cells.find(column);
  if (cell == row.row->cells.end()) {
    return scratch_.unknown(
        {nullptr, path(),
         "row " + std::string(row.key) + " of table " + row.table->name + " has no " + column});
  }
  const auto* list = std::get_if<facts::List>(&cell->second.data);
  if (node.op == Op::row_cell || list == nullptr) return inputs_.cell(cell->second, node.scalar, path);
  std::vector<Value> items;
  for (const auto& item : *list) items.push_back(inputs_.cell(item, node.scalar, path));
  return scratch_.list(std::move(items));
}

Value Evaluator::in_table(const Node& node) {
  const Value key = child(node, 0);
  if (!is_known(key)) return key;
  const tables::Table* table = this->table(node);
  if (table == nullptr) {
    return scratch_.unknown({nullptr, "table." + code_.names[node.detail], "there is no such table"});
  }
  return table->has_row(key_text(key, scratch_));
}

Value Evaluator::has(const Node& node) {
  const Value value = child(node, 0);
  if (is_known(value)) return true;
  if (std::holds_alternative<AbsentValue>(value)) return false;
  return value;
}

Value Evaluator::negation(const Node& node) {
  const Value value = child(node, 0);
  if (!is_known(value)) return value;
  return !std::get<bool>(value);
}

Value Evaluator::minus(const Node& node) {
  const Value value = child(node, 0);
  if (!is_known(value)) return value;
  return integer_result(Op::subtract, 0, std::get<std::int64_t>(value));
}

// && (false absorbs) and || (true absorbs), on either side.
Value Evaluator::logic(const Node& node, bool absorbing) {
  const std::size_t before = reads_.size();
  const Value left = child(node, 0);
  if (is(left, absorbing)) return left;
  const std::size_t between = reads_.size();
  const Value right = child(node, 1);
  if (is(right, absorbing)) {
    if (!is_known(left)) {
      using Difference = std::vector<Read>::difference_type;
      reads_.erase(reads_.begin() + static_cast<Difference>(before),
                   reads_.begin() + static_cast<Difference>(between));
    }
    return right;
  }
  if (is_known(left) && is_known(right)) return !absorbing;
  return merge(left, right);
}

Value Evaluator::conditional(const Node& node) {
  const Value condition = child(node, 0);
  if (!is_known(condition)) return condition;
  return child(node, std::get<bool>(condition) ? 1 : 2);
}

Value Evaluator::comparison(const Node& node) {
  const Value left = child(node, 0);
  const Value right = child(node, 1);
  if (!is_known(left) || !is_known(right)) return merge(left, right);
  if (node.op != Op::equal && node.op != Op::not_equal) return comparison_result(node.op, order(left, right));
  const Equality result = equality(left, right);
  if (result == Equality::undecided) return Failure{"items of a list that is compared are not known"};
  return (result == Equality::equal) == (node.op == Op::equal);
}

Value Evaluator::in_list(const Node& node) {
  const Value item = child(node, 0);
  const Value list = child(node, 1);
  if (!is_known(item) || !is_known(list)) return merge(item, list);
  Value result = false;
  for (const auto& candidate : std::get<const ValueList*>(list)->items) {
    if (!is_known(candidate)) {
      result = merge(result, candidate);
    } else if (equality(item, candidate) == Equality::equal) {
      return true;
    }
  }
  return result;
}

Value Evaluator::arithmetic(const Node& node) {
  const Value left = child(node, 0);
  const Value right = child(node, 1);
  if (!is_known(left) || !is_known(right)) return merge(left, right);
  if (const auto* number = std::get_if<std::int64_t>(&left)) {
    return integer_result(node.op, *number, std::get<std::int64_t>(right));
  }
  if (const auto* text = std::get_if<std::string_view>(&left)) {
    const auto other = std::get<std::string_view>(right);
    if (text->size() + other.size() > kMostTextBytes) return Failure{"the text becomes too long"};
    std::string both;
    both.reserve(text->size() + other.size());
    return scratch_.text(std::move(both.append(*text).append(other)));
  }
  const auto& first = std::get<const ValueList*>(left)->items;
  const auto& second = std::get<const ValueList*>(right)->items;
  if (first.size() + second.size() > kMostItems) return Failure{"the list becomes too long"};
  std::vector<Value> items = first;
  items.insert(items.end(), second.begin(), second.end());
  return scratch_.list(std::move(items));
}

// Over a map, a macro binds the keys.
Value Evaluator::macro_items(const Node& node) {
  const Value operand = child(node, 0);
  const auto* map = std::get_if<const MapValue*>(&operand);
  if (map == nullptr) return operand;
  std::vector<Value> keys;
  keys.reserve((*map)->entries->size());
  for (const auto& entry : *(*map)->entries) keys.emplace_back(std::string_view(entry.first));
  return scratch_.list(std::move(keys));
}

// Gives the predicate's value for each item to `visit(item, value, reads before it)` until that is false.
template <class Visit>
void Evaluator::each_item(const Node& node, const Value& list, const Visit& visit) {
  if (variables_.size() <= node.detail) variables_.resize(node.detail + 1, Failure{"not bound"});
  for (const auto& item : std::get<const ValueList*>(list)->items) {
    variables_[node.detail] = item;
    const std::size_t before = reads_.size();
    if (!visit(item, child(node, 1), before)) return;
  }
}

// all (false absorbs) and exists (true absorbs).
Value Evaluator::quantifier(const Node& node, bool absorbing) {
  const Value items = macro_items(node);
  if (!is_known(items)) return items;
  const std::size_t first = reads_.size();
  Value result = !absorbing;
  each_item(node, items, [&](const Value&, const Value& value, std::size_t before) {
    if (is(value, absorbing)) {
      // This item decides: what the others hold is no evidence.
      using Difference = std::vector<Read>::difference_type;
      reads_.erase(reads_.begin() + static_cast<Difference>(first),
                   reads_.begin() + static_cast<Difference>(before));
      result = value;
      return false;
    }
    if (!is_known(value)) result = merge(result, value);
    return true;
  });
  return result;
}

Value Evaluator::exists_one(const Node& node) {
  const Value items = macro_items(node);
  if (!is_known(items)) return items;
  std::size_t count = 0;
  Value unusable = true;
  each_item(node, items, [&](const Value&, const Value& value, std::size_t) {
    if (is(value, true)) ++count;
    if (!is_known(value)) unusable = merge(unusable, value);
    return true;
  });
  return is_known(unusable) ? Value(count == 1) : unusable;
}

Value Evaluator::filter(const Node& node) {
  const Value items = macro_items(node);
  if (!is_known(items)) return items;
  std::vector<Value> kept;
  std::vector<std::pair<std::size_t, std::size_t>> reads_of_others;
  Value unusable = true;
  each_item(node, items, [&](const Value& item, const Value& value, std::size_t before) {
    if (is(value, true)) kept.push_back(item);
    if (is(value, false)) reads_of_others.emplace_back(before, reads_.size());
    if (!is_known(value)) unusable = merge(unusable, value);
    return true;
  });
  // What left items out is evidence only where nothing stayed.
  if (!kept.empty()) {
    using Difference = std::vector<Read>::difference_type;
    for (auto range = reads_of_others.rbegin(); range != reads_of_others.rend(); ++range) {
      reads_.erase(reads_.begin() + static_cast<Difference>(range->first),
                   reads_.begin() + static_cast<Difference>(range->second));
    }
  }
  return is_known(unusable) ? scratch_.list(std::move(kept)) : unusable;
}

Value Evaluator::map(const Node& node) {
  const Value items = macro_items(node);
  if (!is_known(items)) return items;
  std::vector<Value> made;
  Value unusable = true;
  each_item(node, items, [&](const Value&, const Value& value, std::size_t) {
    made.push_back(value);
    if (!is_known(value)) unusable = merge(unusable, value);
    return true;
  });
  return is_known(unusable) ? scratch_.list(std::move(made)) : unusable;
}

Value Evaluator::call(const Node& node) {
  std::array<Value, kMostParameters> arguments;
  Value unusable = true;
  for (std::uint32_t place = 0; place < node.count; ++place) {
    arguments[place] = child(node, place);
    if (!is_known(arguments[place])) unusable = merge(unusable, arguments[place]);
  }
  if (!is_known(unusable)) return unusable;
  return functions()[node.detail].run(scratch_, std::span<const Value>(arguments.data(), node.count));
}

}  // namespace preflight::rules
