// Type checker: a syntax tree into code, against the registry and the tables.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/ast.hpp"
#include "rules/code.hpp"
#include "rules/type.hpp"

namespace preflight::rules {

struct Checked {
  NodeIndex node = kNoNode;
  Type type = {};
};

// Of a function, and where it stands in the source.
struct Argument {
  Checked value;
  std::uint32_t offset = 0;
};

// A named value: of a macro's variable, or of what a let is called with.
struct Binding {
  std::string_view name;
  Checked value;
};

// A named expression that those behind it may use. With parameters it is checked where it is called, once for
// each call: they take the types of what they are given.
struct LetBinding {
  std::string_view name;
  Checked value;
  std::vector<std::string_view> parameters = {};
  SyntaxTree body = {};  // with parameters; without a root where it could not be parsed
  bool is_used = false;
};

// No rule has more lets, and none has more parts when what is called has been put in.
constexpr std::size_t kMostLets = 16;
constexpr std::size_t kMostRuleParts = 262144;

class Checker {
 public:
  // Appends to `code`. Both must outlive the checker.
  Checker(Code& code, const tables::Tables& tables) : code_(code), tables_(tables) {}

  // What the next expressions may use: the subject of a kind (a null pointer: none), and no lets.
  void begin(const facts::SubjectKind* subject);
  void add_let(LetBinding let);
  const std::vector<LetBinding>& lets() const { return lets_; }

  // Why a let may not have this name; empty when it may.
  std::string name_conflict(std::string_view name) const;

  // Every problem is appended to `issues`, with offsets in the source; the result is of use only when there
  // is none.
  Checked check(const SyntaxTree& tree, std::vector<Issue>& issues);

 private:
  struct Name {
    std::string_view text;
    std::uint32_t offset;
  };

  Checked visit(SyntaxIndex index);
  Checked fail(std::size_t offset, std::string message);

  Checked path(SyntaxIndex index);
  Checked root_of_path(const Name& root, std::vector<Name>& names);
  Checked host_path(const Name& root, std::vector<Name>& names);
  Checked facts_path(const Checked& subject, const facts::SubjectKind& kind, std::vector<Name>& names);
  Checked member(const Checked& value, std::vector<Name>& names);
  Checked field(const Checked& record, const Name& name);
  Checked column(const Checked& row, const Name& name);
  Checked table_named(const Name& name);

  Checked index(const SyntaxNode& node);
  Checked list(const SyntaxNode& node);
  Checked unary(const SyntaxNode& node);
  Checked binary(const SyntaxNode& node);
  Checked logic(const SyntaxNode& node, const Checked& left, const Checked& right);
  Checked comparison(const SyntaxNode& node, const Checked& left, const Checked& right);
  Checked membership(const SyntaxNode& node, const Checked& left, const Checked& right);
  Checked arithmetic(const SyntaxNode& node, const Checked& left, const Checked& right);
  Checked conditional(const SyntaxNode& node);
  Checked presence(const SyntaxNode& node, Op op);
  Checked macro(const SyntaxNode& node, Op op);
  Checked call(const SyntaxNode& node);
  std::size_t let_called(const SyntaxNode& node) const;
  Checked call_let(std::size_t place, const SyntaxNode& node);
  Checked apply(std::size_t function, std::vector<Argument>& arguments);
  Checked fold(std::size_t function, const std::vector<Argument>& arguments);

  bool is_constant(const Checked& value) const;
  bool is_table_key(const SyntaxNode& node, const Checked& key);
  NodeIndex add(Op op, std::initializer_list<NodeIndex> children, std::uint32_t detail = 0);
  Checked constant(Value value, Type type);
  std::uint32_t name_place(std::string_view name);

  Code& code_;
  const tables::Tables& tables_;
  const facts::SubjectKind* subject_ = nullptr;
  std::vector<LetBinding> lets_;
  std::size_t visible_lets_ = 0;  // those before the one whose body is checked
  std::size_t parts_ = 0;         // of the rule, so far
  std::vector<Binding> variables_;
  std::uint32_t next_variable_ = 0;
  std::unordered_map<std::string, std::uint32_t> name_places_;
  const SyntaxTree* tree_ = nullptr;
  std::vector<Issue>* issues_ = nullptr;
  std::string path_;  // working memory of facts_path()
};

}  // namespace preflight::rules
