#include "rules/parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace preflight::rules {

namespace {

// Levels of the binary operators, loosest first; all associate to the left. ("?:" is looser than all.)
struct BinaryOperator {
  std::string_view text;
  int level;
};
constexpr std::array<BinaryOperator, 14> kOperators = {{{"||", 0},
                                                        {"&&", 1},
                                                        {"==", 2},
                                                        {"!=", 2},
                                                        {"<", 2},
                                                        {"<=", 2},
                                                        {">", 2},
                                                        {">=", 2},
                                                        {"in", 2},
                                                        {"+", 3},
                                                        {"-", 3},
                                                        {"*", 4},
                                                        {"/", 4},
                                                        {"%", 4}}};

class Parser {
 public:
  Parser(std::string_view source, SyntaxTree& tree) : lexer_(source), tree_(tree) { advance(); }

  std::optional<Issue> parse() {
    const SyntaxIndex root = conditional();
    if (!problem_ && token_.kind != TokenKind::end) fail("an operator is missing here");
    tree_.root = root;
    return std::move(problem_);
  }

 private:
  // Once there is a problem, the rest of the text is not looked at: every token is the end.
  SyntaxIndex fail_at(std::size_t offset, std::string message) {
    if (!problem_) problem_ = Issue{offset, std::move(message)};
    token_ = {TokenKind::end, static_cast<std::uint32_t>(offset), {}};
    return kNoSyntax;
  }
  SyntaxIndex fail(std::string message) { return fail_at(token_.offset, std::move(message)); }

  void advance() {
    if (problem_) return;
    token_ = lexer_.next();
    if (token_.kind == TokenKind::bad) fail_at(lexer_.problem().offset, lexer_.problem().message);
  }
  bool at(char symbol) const {
    return token_.kind == TokenKind::symbol && token_.written.size() == 1 && token_.written.front() == symbol;
  }
  bool take(char symbol) {
    if (!at(symbol)) return false;
    advance();
    return true;
  }
  void expect(char symbol) {
    if (!take(symbol)) fail(std::string("'") + symbol + "' is missing here");
  }

  // Children are given in order; a missing one means that there is a problem already.
  SyntaxIndex make(SyntaxNode node, std::initializer_list<SyntaxIndex> children) {
    SyntaxIndex previous = kNoSyntax;
    for (const SyntaxIndex child : children) {
      if (child == kNoSyntax) return kNoSyntax;
      append(node, previous, child);
    }
    return add(node);
  }
  void append(SyntaxNode& node, SyntaxIndex& previous, SyntaxIndex child) {
    (previous == kNoSyntax ? node.first : tree_.nodes[previous].next) = child;
    previous = child;
    node.depth = std::max<std::uint16_t>(node.depth, static_cast<std::uint16_t>(tree_[child].depth + 1));
  }
  SyntaxIndex add(const SyntaxNode& node) {
    if (node.depth > kMostExpressionDepth) return fail_at(node.offset, "nested too deeply");
    tree_.nodes.push_back(node);
    return static_cast<SyntaxIndex>(tree_.nodes.size() - 1);
  }

  SyntaxIndex conditional() {
    if (++nesting_ > kMostExpressionDepth) return fail("nested too deeply");
    SyntaxIndex value = binary(0);
    const Token question = token_;
    if (take('?')) {
      const SyntaxIndex chosen = binary(0);
      expect(':');
      const SyntaxIndex other = conditional();
      value = make({Syntax::conditional, 1, question.offset}, {value, chosen, other});
    }
    --nesting_;
    return value;
  }

  const BinaryOperator* operator_here() const {
    if (token_.kind != TokenKind::symbol && token_.kind != TokenKind::identifier) return nullptr;
    // Most tokens are none of these, which the first character tells.
    const auto* found = std::ranges::find_if(kOperators, [&](const BinaryOperator& candidate) {
      return candidate.text.front() == token_.written.front() && candidate.text == token_.written;
    });
    return found == kOperators.end() ? nullptr : found;
  }

  SyntaxIndex binary(int level) {
    SyntaxIndex left = unary();
    for (const auto* found = operator_here(); found != nullptr && found->level >= level;
         found = operator_here()) {
      const Token token = token_;
      advance();
      const SyntaxIndex right = binary(found->level + 1);
      left = make({Syntax::binary, 1, token.offset, token.written}, {left, right});
    }
    return left;
  }

  SyntaxIndex unary() {
    const Token token = token_;
    if (!at('!') && !at('-')) return member();
    if (++nesting_ > kMostExpressionDepth) return fail("nested too deeply");
    advance();
    const SyntaxIndex operand = unary();
    --nesting_;
    return make({Syntax::unary, 1, token.offset, token.written}, {operand});
  }

  SyntaxIndex member() {
    SyntaxIndex value = primary();
    while (value != kNoSyntax) {
      const Token start = token_;
      if (take('.')) {
        const Token name = token_;
        if (name.kind != TokenKind::identifier) return fail("a name is missing after the dot");
        advance();
        if (at('(')) {
          value = call({Syntax::member_call, 1, name.offset, name.written}, value);
        } else {
          value = make({Syntax::select, 1, name.offset, name.written}, {value});
        }
      } else if (take('[')) {
        const SyntaxIndex key = conditional();
        expect(']');
        value = make({Syntax::index, 1, start.offset}, {value, key});
      } else {
        break;
      }
    }
    return value;
  }

  SyntaxIndex call(SyntaxNode node, SyntaxIndex receiver) {
    SyntaxIndex previous = kNoSyntax;
    if (receiver != kNoSyntax) append(node, previous, receiver);
    expect('(');
    return items(node, previous, ')');
  }

  SyntaxIndex items(SyntaxNode node, SyntaxIndex previous, char closing) {
    if (take(closing)) return add(node);
    do {
      const SyntaxIndex item = conditional();
      if (item == kNoSyntax) return kNoSyntax;
      append(node, previous, item);
    } while (take(','));
    expect(closing);
    return problem_ ? kNoSyntax : add(node);
  }

  SyntaxIndex primary() {
    const Token token = token_;
    switch (token.kind) {
      case TokenKind::identifier:
        return name(token);
      case TokenKind::integer:
        return integer(token);
      case TokenKind::text:
        return text(token);
      default:
        break;
    }
    if (take('(')) {
      const SyntaxIndex value = conditional();
      expect(')');
      return problem_ ? kNoSyntax : value;
    }
    if (take('[')) return items({Syntax::list, 1, token.offset}, kNoSyntax, ']');
    return fail(token.kind == TokenKind::end ? "the expression ends too early" : "a value is missing here");
  }

  SyntaxIndex name(const Token& token) {
    advance();
    if (token.written == "true" || token.written == "false") {
      return add({Syntax::boolean, 1, token.offset, {}, token.written == "true" ? 1 : 0});
    }
    if (token.written == "in") return fail_at(token.offset, "a value is missing here");
    if (at('(')) return call({Syntax::call, 1, token.offset, token.written}, kNoSyntax);
    return add({Syntax::identifier, 1, token.offset, token.written});
  }

  SyntaxIndex integer(const Token& token) {
    std::int64_t value = 0;
    const char* end = token.written.data() + token.written.size();
    if (std::from_chars(token.written.data(), end, value).ec != std::errc{}) {
      return fail("this integer does not fit 64 bits");
    }
    advance();
    return add({Syntax::integer, 1, token.offset, {}, value});
  }

  SyntaxIndex text(const Token& token) {
    std::string_view value = token.written.substr(1, token.written.size() - 2);
    if (has_escapes(value)) {
      std::string& decoded = tree_.texts.emplace_back();
      const Issue bad = decode_text(token.written, decoded);
      if (!bad.message.empty()) return fail_at(token.offset + bad.offset, bad.message);
      value = decoded;
    }
    advance();
    return add({Syntax::text, 1, token.offset, value});
  }

  Lexer lexer_;
  SyntaxTree& tree_;
  Token token_;
  std::optional<Issue> problem_;
  std::uint16_t nesting_ = 0;
};

}  // namespace

std::optional<Issue> parse_expression(std::string_view source, SyntaxTree& tree) {
  tree.clear();
  if (source.size() > kMostExpressionBytes) {
    return Issue{0, "longer than " + std::to_string(kMostExpressionBytes) + " bytes"};
  }
  return Parser(source, tree).parse();
}

}  // namespace preflight::rules
