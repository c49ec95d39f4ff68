#include <algorithm>
#include <array>
#include <utility>

#include "python/marker.hpp"
#include "python/name.hpp"
#include "python/specifier.hpp"

namespace preflight::python {

namespace {

Truth to_truth(bool value) {
  return value ? Truth::yes : Truth::no;
}

Truth conjunction(Truth left, Truth right) {
  if (left == Truth::no || right == Truth::no) return Truth::no;
  return left == Truth::yes && right == Truth::yes ? Truth::yes : Truth::unknown;
}

Truth disjunction(Truth left, Truth right) {
  if (left == Truth::yes || right == Truth::yes) return Truth::yes;
  return left == Truth::no && right == Truth::no ? Truth::no : Truth::unknown;
}

const std::optional<std::string>* field(const MarkerEnvironment& environment, MarkerVariable variable) {
  switch (variable) {
    case MarkerVariable::implementation_name:
      return &environment.implementation_name;
    case MarkerVariable::implementation_version:
      return &environment.implementation_version;
    case MarkerVariable::os_name:
      return &environment.os_name;
    case MarkerVariable::platform_machine:
      return &environment.platform_machine;
    case MarkerVariable::platform_python_implementation:
      return &environment.platform_python_implementation;
    case MarkerVariable::platform_release:
      return &environment.platform_release;
    case MarkerVariable::platform_system:
      return &environment.platform_system;
    case MarkerVariable::platform_version:
      return &environment.platform_version;
    case MarkerVariable::python_full_version:
      return &environment.python_full_version;
    case MarkerVariable::python_version:
      return &environment.python_version;
    case MarkerVariable::sys_platform:
      return &environment.sys_platform;
    case MarkerVariable::extra:
    case MarkerVariable::extras:
    case MarkerVariable::dependency_groups:
      break;
  }
  return nullptr;
}

bool is_version(MarkerVariable variable) {
  return variable == MarkerVariable::implementation_version || variable == MarkerVariable::platform_release ||
         variable == MarkerVariable::python_full_version || variable == MarkerVariable::python_version;
}

// `packaging` takes the literal in `"x" == "os_name"` for the variable of that name.
std::optional<MarkerVariable> variable_named(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(MarkerVariable::extra); ++i) {
    const auto variable = static_cast<MarkerVariable>(i);
    if (to_text(variable) == name) return variable;
  }
  return std::nullopt;
}

Error undefined(const MarkerComparison& comparison) {
  return {ErrorKind::malformed, "the marker operator " + std::string(comparison.operation) +
                                    " is not defined for what stands beside it"};
}

using Value = std::optional<std::string>;

bool has_text_meaning(std::string_view operation) {
  return operation != "~=" && operation != "===";
}

// Texts have no order: "<" and ">" never hold, whatever the values.
Truth compare_texts(std::string_view operation, const Value& left, const Value& right) {
  if (operation == "<" || operation == ">") return Truth::no;
  if (!left || !right) return Truth::unknown;
  if (operation == "in") return to_truth(right->find(*left) != std::string::npos);
  if (operation == "not in") return to_truth(right->find(*left) == std::string::npos);
  return to_truth((*left == *right) == (operation != "!="));
}

Result<Truth> compare(const MarkerComparison& comparison, MarkerVariable variable, const Value& left,
                      const Value& right) {
  if (is_version(variable)) {
    if (!right) return Truth::unknown;
    const auto specifier = parse_specifier(std::string(comparison.operation) + *right);
    if (specifier) return left ? to_truth(contains(*specifier, std::string_view(*left))) : Truth::unknown;
  }
  if (!has_text_meaning(comparison.operation)) return undefined(comparison);
  return compare_texts(comparison.operation, left, right);
}

class Evaluation {
 public:
  Evaluation(const Marker& marker, const MarkerEnvironment& environment, std::string_view extra)
      : environment_(environment),
        extra_(normalize_name(extra)),
        token_(marker.tokens.begin()),
        end_(marker.tokens.end()),
        comparison_(marker.comparisons.begin()) {}

  // Judges up to the end or the closing parenthesis. Nothing is skipped: a comparison without meaning is an
  // error wherever it stands.
  Result<Truth> judge_group() {
    Truth any = Truth::no;   // of the terms that "or" has ended
    Truth all = Truth::yes;  // of the terms since then
    for (; token_ != end_ && *token_ != MarkerToken::close; ++token_) {
      if (*token_ == MarkerToken::conjunction) continue;
      if (*token_ == MarkerToken::disjunction) {
        any = disjunction(any, all);
        all = Truth::yes;
        continue;
      }
      const Result<Truth> truth = judge_term();
      if (!truth) return truth.error();
      all = conjunction(all, *truth);
    }
    return disjunction(any, all);
  }

 private:
  Result<Truth> judge_term() {
    if (*token_ == MarkerToken::comparison) return judge(*comparison_++);
    ++token_;
    return judge_group();
  }

  [[nodiscard]] Result<Truth> judge(const MarkerComparison& comparison) const {
    const MarkerOperand& left = comparison.left;
    const MarkerOperand& right = comparison.right;
    const std::optional<MarkerVariable> variable =
        left.variable ? left.variable : (right.variable ? right.variable : variable_named(right.literal));
    if (!variable || *variable > MarkerVariable::extra) return undefined(comparison);
    if (!left.variable) return compare(comparison, *variable, left.literal, value(*variable));
    const Value other = right.variable ? std::string(to_text(*right.variable)) : right.literal;
    return compare(comparison, *variable, value(*variable), other);
  }

  [[nodiscard]] Value value(MarkerVariable variable) const {
    const Value* known = field(environment_, variable);
    if (known == nullptr) return extra_;
    // An interpreter built from a checkout calls itself "3.13.0+", which is no PEP 440 version.
    if (variable == MarkerVariable::python_full_version && *known && (*known)->ends_with('+')) {
      return **known + "local";
    }
    return *known;
  }

  const MarkerEnvironment& environment_;
  std::string extra_;
  std::vector<MarkerToken>::const_iterator token_;
  std::vector<MarkerToken>::const_iterator end_;
  std::vector<MarkerComparison>::const_iterator comparison_;
};

}  // namespace

Result<Truth> evaluate(const Marker& marker, const MarkerEnvironment& environment, std::string_view extra) {
  return Evaluation(marker, environment, extra).judge_group();
}

Result<Truth> evaluate_any(const Marker& marker, const MarkerEnvironment& environment,
                           const std::vector<std::string>& extras) {
  if (extras.empty()) return evaluate(marker, environment);
  Truth any = Truth::no;
  for (const std::string& extra : extras) {
    const Result<Truth> truth = evaluate(marker, environment, extra);
    if (!truth) return truth.error();
    any = disjunction(any, *truth);
  }
  return any;
}

}  // namespace preflight::python
