#include "rules/compare.hpp"

namespace preflight::rules {

namespace {

struct Order {
  const Value& right;

  std::partial_ordering operator()(bool left) const { return left <=> std::get<bool>(right); }
  std::partial_ordering operator()(std::int64_t left) const { return left <=> std::get<std::int64_t>(right); }
  std::partial_ordering operator()(std::string_view left) const {
    return left <=> std::get<std::string_view>(right);
  }
  std::partial_ordering operator()(const DottedText* left) const {
    return left->version <=> std::get<const DottedText*>(right)->version;
  }
  std::partial_ordering operator()(const PythonText* left) const {
    return left->version <=> std::get<const PythonText*>(right)->version;
  }
  template <class T>
  std::partial_ordering operator()(const T&) const {
    return std::partial_ordering::unordered;
  }
};

}  // namespace

std::partial_ordering order(const Value& left, const Value& right) {
  if (left.index() != right.index()) return std::partial_ordering::unordered;
  return std::visit(Order{right}, left);
}

Equality equality(const Value& left, const Value& right) {
  if (!is_known(left) || !is_known(right)) return Equality::undecided;
  // Most are texts, and most of those differ in length already.
  const auto* text = std::get_if<std::string_view>(&left);
  const auto* other_text = std::get_if<std::string_view>(&right);
  if (text != nullptr && other_text != nullptr) {
    return *text == *other_text ? Equality::equal : Equality::different;
  }
  const auto* list = std::get_if<const ValueList*>(&left);
  const auto* other = std::get_if<const ValueList*>(&right);
  if (list == nullptr || other == nullptr) {
    return order(left, right) == std::partial_ordering::equivalent ? Equality::equal : Equality::different;
  }
  const auto& items = (*list)->items;
  const auto& others = (*other)->items;
  if (items.size() != others.size()) return Equality::different;
  Equality whole = Equality::equal;
  for (std::size_t place = 0; place < items.size(); ++place) {
    const Equality item = equality(items[place], others[place]);
    if (item == Equality::different) return item;
    if (item == Equality::undecided) whole = item;
  }
  return whole;
}

}  // namespace preflight::rules
