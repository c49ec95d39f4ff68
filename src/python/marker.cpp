#include "python/marker.hpp"

#include <array>

namespace preflight::python {

namespace {

constexpr std::array<std::string_view, 14> kVariableNames = {"implementation_name",
                                                             "implementation_version",
                                                             "os_name",
                                                             "platform_machine",
                                                             "platform_python_implementation",
                                                             "platform_release",
                                                             "platform_system",
                                                             "platform_version",
                                                             "python_full_version",
                                                             "python_version",
                                                             "sys_platform",
                                                             "extra",
                                                             "extras",
                                                             "dependency_groups"};

void append(std::string& text, const MarkerOperand& operand) {
  if (operand.variable) {
    text += to_text(*operand.variable);
    return;
  }
  const char quote = operand.literal.find('"') == std::string::npos ? '"' : '\'';
  text += quote;
  text += operand.literal;
  text += quote;
}

}  // namespace

std::string_view to_text(MarkerVariable variable) {
  return kVariableNames.at(static_cast<std::size_t>(variable));
}

std::string to_text(const Marker& marker) {
  std::string text;
  auto comparison = marker.comparisons.begin();
  for (const MarkerToken token : marker.tokens) {
    switch (token) {
      case MarkerToken::comparison:
        append(text, comparison->left);
        text.append(" ").append(comparison->operation).append(" ");
        append(text, comparison->right);
        ++comparison;
        break;
      case MarkerToken::conjunction:
        text += " and ";
        break;
      case MarkerToken::disjunction:
        text += " or ";
        break;
      case MarkerToken::open:
        text += '(';
        break;
      case MarkerToken::close:
        text += ')';
        break;
    }
  }
  return text;
}

}  // namespace preflight::python
