#include "derive/image_requirement.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "support/text.hpp"

namespace preflight::derive {

namespace {

constexpr std::size_t kMostConditions = 4096;
constexpr std::string_view kOperatorCharacters = "<>=!";

constexpr std::array<std::pair<std::string_view, Comparison>, 6> kComparisons = {{
    {"=", Comparison::equal},
    {"!=", Comparison::not_equal},
    {"<", Comparison::less},
    {"<=", Comparison::less_equal},
    {">", Comparison::greater},
    {">=", Comparison::greater_equal},
}};

constexpr std::array<std::pair<std::string_view, Property>, 4> kProperties = {{
    {"cuda", Property::cuda},
    {"driver", Property::driver},
    {"arch", Property::arch},
    {"brand", Property::brand},
}};

Property property_named(std::string_view name) {
  const auto lower = to_lower(name);
  for (const auto& [text, property] : kProperties) {
    if (text == lower) return property;
  }
  return Property::other;
}

std::optional<Comparison> comparison_of(std::string_view text) {
  for (const auto& [written, comparison] : kComparisons) {
    if (written == text) return comparison;
  }
  return {};
}

Result<Condition> parse_condition(std::string_view text) {
  const auto malformed = [&](std::string_view what) {
    return Error{ErrorKind::malformed, std::string(what) + ": " + std::string(text)};
  };
  const auto name_end = text.find_first_of(kOperatorCharacters);
  if (name_end == 0 || name_end == std::string_view::npos) return malformed("no name and operator");
  const auto rest = text.substr(name_end);
  const auto value_begin = rest.find_first_not_of(kOperatorCharacters);
  if (value_begin == std::string_view::npos) return malformed("no value");
  const auto comparison = comparison_of(rest.substr(0, value_begin));
  if (!comparison) return malformed("no such operator");
  const auto value = rest.substr(value_begin);
  Condition condition{property_named(text.substr(0, name_end)), *comparison, {}, {}};
  if (condition.property == Property::brand) {
    if (*comparison != Comparison::equal && *comparison != Comparison::not_equal) {
      return malformed("brands have no order");
    }
    condition.brand = to_lower(value);
  } else if (condition.property != Property::other) {
    auto version = parse_dotted_version(value);
    if (!version) return malformed("not a version");
    condition.version = std::move(*version);
  }
  return condition;
}

bool holds(std::strong_ordering order, Comparison comparison) {
  switch (comparison) {
    case Comparison::equal:
      return order == 0;
    case Comparison::not_equal:
      return order != 0;
    case Comparison::less:
      return order < 0;
    case Comparison::less_equal:
      return order <= 0;
    case Comparison::greater:
      return order > 0;
    case Comparison::greater_equal:
      return order >= 0;
  }
  return false;
}

template <class T>
Met compare(const std::optional<T>& actual, Comparison comparison, const T& wanted) {
  if (!actual) return Met::unknown;
  return holds(*actual <=> wanted, comparison) ? Met::yes : Met::no;
}

Met evaluate(const Condition& condition, const Properties& properties) {
  switch (condition.property) {
    case Property::cuda:
      return compare(properties.cuda, condition.comparison, condition.version);
    case Property::driver:
      return compare(properties.driver, condition.comparison, condition.version);
    case Property::arch:
      return compare(properties.arch, condition.comparison, condition.version);
    case Property::brand:
      return compare(properties.brand, condition.comparison, condition.brand);
    case Property::other:
      break;
  }
  return Met::unknown;
}

Met evaluate(const Term& term, const Properties& properties) {
  Met met = Met::yes;
  for (const auto& condition : term) {
    const auto one = evaluate(condition, properties);
    if (one == Met::no) return Met::no;
    if (one == Met::unknown) met = Met::unknown;
  }
  return met;
}

}  // namespace

Result<ImageRequirement> parse_image_requirement(std::string_view text) {
  ImageRequirement requirement;
  std::size_t count = 0;
  for (const auto alternative : split(text, ' ')) {
    Term term;
    for (const auto piece : split(alternative, ',')) {
      if (piece.empty()) continue;
      if (++count > kMostConditions) return Error{ErrorKind::too_large, "more than 4,096 conditions"};
      auto condition = parse_condition(piece);
      if (!condition) return condition.error();
      term.push_back(std::move(*condition));
    }
    if (!term.empty()) requirement.push_back(std::move(term));
  }
  return requirement;
}

Met evaluate(const ImageRequirement& requirement, const Properties& properties) {
  Met met = requirement.empty() ? Met::yes : Met::no;
  for (const auto& term : requirement) {
    const auto one = evaluate(term, properties);
    if (one == Met::yes) return Met::yes;
    if (one == Met::unknown) met = Met::unknown;
  }
  return met;
}

}  // namespace preflight::derive
