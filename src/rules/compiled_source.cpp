// Writes compiled rules as C++: flat arrays, and rules whose spans point into them.
#include <stdexcept>

#include "rules/compiled.hpp"

namespace preflight::rules {

namespace {

// A literal of a string_view, which no compiler has to measure; in octal, whatever isn't plain, because an
// octal escape ends after three digits.
std::string literal_of(std::string_view text) {
  std::string literal = "\"";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte >= ' ' && byte < 0x7F && character != '"' && character != '\\' && character != '?') {
      literal += character;
    } else {
      literal += '\\';
      for (const int shift : {6, 3, 0}) literal += static_cast<char>('0' + ((byte >> shift) & 7));
    }
  }
  return literal + "\"sv";
}

template <class Enum>
std::string number_of(Enum value) {
  return std::to_string(static_cast<int>(value));
}

// An array that is being written, and spans of it.
class Array {
 public:
  Array(std::string_view type, std::string_view name) : type_(type), name_(name) {}

  void add(const std::string& item) {
    items_ += "    " + item + ",\n";
    ++size_;
  }
  std::size_t size() const { return size_; }

  // Of what was added since `begin`.
  std::string span_from(std::size_t begin) const {
    if (begin == size_) return "{}";
    return "{" + name_ + " + " + std::to_string(begin) + ", " + std::to_string(size_ - begin) + "}";
  }
  std::string definition() const {
    if (size_ == 0) return "constexpr std::span<const " + type_ + "> " + name_ + ";\n\n";
    return "constexpr " + type_ + " " + name_ + "[] = {\n" + items_ + "};\n\n";
  }

 private:
  std::string type_, name_, items_;
  std::size_t size_ = 0;
};

struct AddConstant {
  Array& array;

  void operator()(bool value) const { add(ConstantKind::boolean, value ? "1" : "0"); }
  void operator()(std::int64_t value) const {
    // The smallest integer has no literal.
    add(ConstantKind::integer,
        "static_cast<std::int64_t>(" + std::to_string(static_cast<std::uint64_t>(value)) + "ULL)");
  }
  void operator()(std::string_view text) const { add(ConstantKind::text, "0", text); }
  void operator()(const DottedText* version) const { add(ConstantKind::version, "0", version->text); }
  void operator()(const PythonText* version) const { add(ConstantKind::python_version, "0", version->text); }
  void operator()(const python::SpecifierSet* set) const {
    add(ConstantKind::specifiers, "0", python::to_text(*set));
  }
  void operator()(const ValueList* list) const {
    add(ConstantKind::list, std::to_string(list->items.size()));
    for (const auto& item : list->items) std::visit(*this, item);
  }
  template <class Other>
  void operator()(const Other&) const {
    throw std::logic_error("a constant of a rule is of a type that is not compiled");
  }

 private:
  void add(ConstantKind kind, const std::string& number, std::string_view text = {}) const {
    array.add("{ConstantKind{" + number_of(kind) + "}, " + number +
              (text.empty() ? "}" : ", " + literal_of(text) + "}"));
  }
};

class SourceWriter {
 public:
  explicit SourceWriter(const RuleSet& set) : set_(set) {}

  std::string write(std::string_view header, std::string_view name_space, std::string_view function) {
    for (const auto& node : set_.code.nodes) add(node);
    for (const auto child : set_.code.children) children_.add(std::to_string(child));
    for (const auto& constant : set_.code.constants) std::visit(AddConstant{constants_}, constant);
    for (const auto& name : set_.code.names) names_.add(literal_of(name));
    for (const auto& rule : set_.rules) add(rule);
    std::string text = "// Generated from the rules by tools/compile_rules.\n#include \"";
    text.append(header).append("\"\n\nnamespace preflight::").append(name_space);
    text += " {\n\nnamespace {\n\nusing namespace rules;\nusing namespace std::string_view_literals;\n\n";
    for (const auto* array :
         {&nodes_, &children_, &constants_, &names_, &placeholders_, &templates_, &lets_, &sources_, &rules_})
      text += array->definition();
    text += "constexpr CompiledRules kCompiled = {kNodes, kChildren, kConstants, kNames, kRules};\n\n";
    text.append("}  // namespace\n\nconst rules::CompiledRules& ").append(function);
    text.append("() { return kCompiled; }\n\n}  // namespace preflight::").append(name_space);
    return text + "\n";
  }

 private:
  void add(const Node& node) {
    nodes_.add("{Op{" + number_of(node.op) + "}, facts::Scalar{" + number_of(node.scalar) + "}, " +
               std::to_string(node.count) + ", " + std::to_string(node.first) + ", " +
               std::to_string(node.detail) + "}");
  }

  std::string written(const Template& message) {
    const std::size_t begin = placeholders_.size();
    for (const auto& place : message.placeholders) {
      placeholders_.add("{" + std::to_string(place.begin) + ", " + std::to_string(place.end) + ", " +
                        std::to_string(place.node) + "}");
    }
    return "{" + literal_of(message.text) + ", " + placeholders_.span_from(begin) + "}";
  }

  void add(const Rule& rule) {
    const std::size_t let = lets_.size();
    const std::size_t step = templates_.size();
    const std::size_t source = sources_.size();
    for (const auto& named : rule.lets) {
      lets_.add("{" + literal_of(named.name) + ", " + literal_of(named.text) + ", " +
                std::to_string(named.node) + "}");
    }
    for (const auto& message : rule.fix) templates_.add(written(message));
    for (const auto& address : rule.sources) sources_.add(literal_of(address));
    rules_.add("{" + literal_of(rule.id) + ", " + literal_of(rule.cause) + ", Severity{" +
               number_of(rule.severity) + "}, " + std::to_string(rule.kind) + ", " + lets_.span_from(let) +
               ", " + literal_of(rule.when_text) + ", " + std::to_string(rule.when) + ", " +
               written(rule.title) + ", " + written(rule.why) + ", " + templates_.span_from(step) + ", " +
               sources_.span_from(source) + ", " + literal_of(rule.source_note) + "}");
  }

  const RuleSet& set_;
  Array nodes_{"Node", "kNodes"};
  Array children_{"NodeIndex", "kChildren"};
  Array constants_{"CompiledConstant", "kConstants"};
  Array names_{"std::string_view", "kNames"};
  Array placeholders_{"Template::Placeholder", "kPlaceholders"};
  Array templates_{"CompiledTemplate", "kTemplates"};
  Array lets_{"Let", "kLets"};
  Array sources_{"std::string_view", "kSources"};
  Array rules_{"CompiledRule", "kRules"};
};

}  // namespace

std::string compiled_source(const RuleSet& set, std::string_view header, std::string_view name_space,
                            std::string_view function) {
  return SourceWriter(set).write(header, name_space, function);
}

}  // namespace preflight::rules
