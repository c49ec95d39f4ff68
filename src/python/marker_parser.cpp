#include <algorithm>
#include <array>
#include <utility>

#include "python/characters.hpp"
#include "python/marker.hpp"
#include "python/name.hpp"
#include "python/string_literal.hpp"

namespace preflight::python {

namespace {

constexpr int kDeepestNesting = 100;

struct VariableSpelling {
  std::string_view text;
  MarkerVariable variable;
};

constexpr std::array<VariableSpelling, 20> kVariables = {
    {{"python_version", MarkerVariable::python_version},
     {"python_full_version", MarkerVariable::python_full_version},
     {"extra", MarkerVariable::extra},
     {"sys_platform", MarkerVariable::sys_platform},
     {"platform_system", MarkerVariable::platform_system},
     {"platform_machine", MarkerVariable::platform_machine},
     {"platform_python_implementation", MarkerVariable::platform_python_implementation},
     {"os_name", MarkerVariable::os_name},
     {"implementation_name", MarkerVariable::implementation_name},
     {"implementation_version", MarkerVariable::implementation_version},
     {"platform_release", MarkerVariable::platform_release},
     {"platform_version", MarkerVariable::platform_version},
     {"extras", MarkerVariable::extras},
     {"dependency_groups", MarkerVariable::dependency_groups},
     // What setuptools and PEP 345 called them.
     {"os.name", MarkerVariable::os_name},
     {"sys.platform", MarkerVariable::sys_platform},
     {"platform.version", MarkerVariable::platform_version},
     {"platform.machine", MarkerVariable::platform_machine},
     {"platform.python_implementation", MarkerVariable::platform_python_implementation},
     {"python_implementation", MarkerVariable::platform_python_implementation}}};

// An operator that begins another stands after it.
constexpr std::array<std::string_view, 8> kOperators = {"===", "==", "~=", "!=", "<=", ">=", "<", ">"};

bool continues_word(char c) {
  return is_alphanumeric(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

// Names of extras are compared in their normalized form (PEP 685).
void normalize_names(MarkerComparison& comparison) {
  const auto names_set = [](const MarkerOperand& operand) {
    return operand.variable && *operand.variable >= MarkerVariable::extra;
  };
  if (comparison.left.variable == MarkerVariable::extra && !comparison.right.variable) {
    comparison.right.literal = normalize_name(comparison.right.literal);
  } else if (names_set(comparison.right) && !comparison.left.variable) {
    comparison.left.literal = normalize_name(comparison.left.literal);
  }
}

// Recursive descent; each step takes its part of the text, or records an error and returns false.
class MarkerParser {
 public:
  explicit MarkerParser(std::string_view text) : text_(text), rest_(text) {}

  Result<Marker> parse() {
    std::size_t terms = 0;
    if (!parse_terms(0, terms)) return error_;
    if (!rest_.empty()) {
      fail("expected the end of the marker");
      return error_;
    }
    // Parentheses around the whole.
    if (terms == 1 && marker_.tokens.front() == MarkerToken::open) {
      marker_.tokens.erase(marker_.tokens.begin());
      marker_.tokens.pop_back();
    }
    return std::move(marker_);
  }

 private:
  bool fail(std::string_view what) {
    error_ = {ErrorKind::malformed,
              std::string(what) + " at byte " + std::to_string(text_.size() - rest_.size())};
    return false;
  }

  void skip_space() { rest_ = skip_blanks(rest_); }

  bool take(std::string_view symbol) {
    if (!rest_.starts_with(symbol)) return false;
    rest_.remove_prefix(symbol.size());
    return true;
  }

  bool take_word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    if (rest_.size() > word.size() && continues_word(rest_[word.size()])) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  // terms = term (("and" | "or") term)*
  bool parse_terms(int depth, std::size_t& count) {
    if (!parse_term(depth)) return false;
    count = 1;
    while (true) {
      if (take_word("and")) {
        marker_.tokens.push_back(MarkerToken::conjunction);
      } else if (take_word("or")) {
        marker_.tokens.push_back(MarkerToken::disjunction);
      } else {
        return true;
      }
      if (!parse_term(depth)) return false;
      ++count;
    }
  }

  // term = "(" terms ")" | comparison
  bool parse_term(int depth) {
    skip_space();
    if (!take("(")) return parse_comparison();
    if (depth == kDeepestNesting) return fail("parentheses nested too deep");
    const std::size_t begin = marker_.tokens.size();
    marker_.tokens.push_back(MarkerToken::open);
    std::size_t count = 0;
    if (!parse_terms(depth + 1, count)) return false;
    if (!take(")")) return fail("expected \")\"");
    skip_space();
    if (count == 1) {
      marker_.tokens.erase(marker_.tokens.begin() + static_cast<std::ptrdiff_t>(begin));
    } else {
      marker_.tokens.push_back(MarkerToken::close);
    }
    return true;
  }

  bool parse_comparison() {
    MarkerComparison comparison;
    if (!parse_operand(comparison.left)) return false;
    skip_space();
    if (!parse_operation(comparison.operation)) return false;
    skip_space();
    if (!parse_operand(comparison.right)) return false;
    skip_space();
    normalize_names(comparison);
    marker_.comparisons.push_back(std::move(comparison));
    marker_.tokens.push_back(MarkerToken::comparison);
    return true;
  }

  bool parse_operand(MarkerOperand& operand) {
    if (!rest_.empty() && (rest_.front() == '"' || rest_.front() == '\'')) return parse_literal(operand);
    for (const VariableSpelling& spelling : kVariables) {
      if (!take_word(spelling.text)) continue;
      operand.variable = spelling.variable;
      return true;
    }
    return fail("expected a marker variable or a quoted text");
  }

  bool parse_literal(MarkerOperand& operand) {
    const std::size_t end = rest_.find(rest_.front(), 1);
    if (end == std::string_view::npos) return fail("quoted text without an end");
    std::optional<std::string> value = decode_string_literal(rest_.substr(1, end - 1));
    if (!value) return fail("invalid quoted text");
    operand.literal = std::move(*value);
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool parse_operation(std::string_view& operation) {
    if (take_word("in")) {
      operation = "in";
      return true;
    }
    if (take_word("not")) {
      const std::size_t before = rest_.size();
      skip_space();
      if (rest_.size() == before || !take_word("in")) return fail("expected \"in\" after \"not\"");
      operation = "not in";
      return true;
    }
    const auto found = std::find_if(kOperators.begin(), kOperators.end(),
                                    [&](std::string_view symbol) { return take(symbol); });
    if (found == kOperators.end()) return fail("expected a marker operator");
    operation = *found;
    return true;
  }

  std::string_view text_;
  std::string_view rest_;
  Marker marker_;
  Error error_;
};

}  // namespace

Result<Marker> parse_marker(std::string_view text) {
  return MarkerParser(text).parse();
}

}  // namespace preflight::python
