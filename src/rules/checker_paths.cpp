// Names and members: variables, lets, the subject, lists of subjects, tables, and the facts of the host.
#include <algorithm>

#include "rules/checker.hpp"
#include "rules/names.hpp"

namespace preflight::rules {

namespace {

constexpr std::string_view kTable = "table";

const facts::SubjectKind* kind_bound_as(std::string_view name) {
  for (const auto& kind : facts::subject_kinds()) {
    if (!kind.binding.empty() && kind.binding == name) return &kind;
  }
  return nullptr;
}

}  // namespace

std::string Checker::name_conflict(std::string_view name) const {
  if (std::ranges::find(lets_, name, &LetBinding::name) != lets_.end() ||
      std::ranges::find(variables_, name, &Binding::name) != variables_.end()) {
    return "'" + std::string(name) + "' is the name of another value already";
  }
  if (name == kTable || name == "has" || name == "known" || name == "true" || name == "false" ||
      name == "in") {
    return "'" + std::string(name) + "' is a word of the language";
  }
  if (subject_ != nullptr && subject_->binding == name) {
    return "'" + std::string(name) + "' is the name of the subject";
  }
  if (is_path_prefix(facts::subject_kinds().front(), name)) {
    return "'" + std::string(name) + "' is the name of a fact";
  }
  return {};
}

// A chain of names, from its root on.
Checked Checker::path(SyntaxIndex index) {
  std::vector<Name> names;
  while ((*tree_)[index].kind == Syntax::select) {
    names.push_back({(*tree_)[index].text, (*tree_)[index].offset});
    index = (*tree_)[index].first;
  }
  const SyntaxNode& root = (*tree_)[index];
  Checked value =
      root.kind == Syntax::identifier ? root_of_path({root.text, root.offset}, names) : visit(index);
  while (!names.empty() && !value.type.is_invalid()) value = member(value, names);
  return value;
}

// `names` are the members, last first; those that are used up are taken from its end.
Checked Checker::root_of_path(const Name& root, std::vector<Name>& names) {
  for (auto variable = variables_.rbegin(); variable != variables_.rend(); ++variable) {
    if (variable->name == root.text) return variable->value;
  }
  for (std::size_t place = 0; place < visible_lets_; ++place) {
    LetBinding& let = lets_[place];
    if (let.name != root.text) continue;
    let.is_used = true;
    if (let.parameters.empty()) return let.value;
    return fail(root.offset,
                "the let '" + std::string(let.name) + "' is called: " + std::string(let.name) + "(...)");
  }
  if (subject_ != nullptr && root.text == subject_->binding) {
    return {add(Op::subject, {}), {Base::subject, 0, Base::string, subject_}};
  }
  if (root.text == kTable) {
    if (names.empty()) return fail(root.offset, "a table is named after 'table.'");
    const Name name = names.back();
    names.pop_back();
    return table_named(name);
  }
  const std::size_t kind = kind_of_plural(root.text);
  if (kind < facts::subject_kinds().size()) {
    const Type type{Base::subject, 1, Base::string, &facts::subject_kinds()[kind]};
    return {add(Op::subjects, {}, static_cast<std::uint32_t>(kind)), type};
  }
  return host_path(root, names);
}

Checked Checker::table_named(const Name& name) {
  const auto found = tables_.find(name.text);
  if (found != tables_.end()) return {kNoNode, {Base::table, 0, Base::string, &found->second}};
  std::vector<std::string_view> known;
  for (const auto& entry : tables_) known.push_back(entry.first);
  return fail(name.offset, "there is no table '" + std::string(name.text) + "'" + nearest(name.text, known));
}

Checked Checker::host_path(const Name& root, std::vector<Name>& names) {
  const facts::SubjectKind& host = facts::subject_kinds().front();
  const auto* other = kind_bound_as(root.text);
  if (other != nullptr && !is_path_prefix(host, root.text)) {
    return fail(root.offset, "'" + std::string(root.text) + "' is bound only in a rule with for_each \"" +
                                 std::string(other->plural) + "\"");
  }
  names.push_back(root);
  return facts_path({}, host, names);
}

// The longest declared path wins.
Checked Checker::facts_path(const Checked& subject, const facts::SubjectKind& kind,
                            std::vector<Name>& names) {
  path_.clear();
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    if (!path_.empty()) path_ += '.';
    path_ += name->text;
  }
  std::string_view path = path_;
  for (std::size_t left = 0; left < names.size(); ++left) {
    const std::uint32_t place = fact_place(kind, path);
    if (place != kNoPlace) {
      names.resize(left);
      const Type type = type_of(kind.facts[place].type);
      if (subject.node == kNoNode) return {add(Op::host_fact, {}, place), type};
      return {add(Op::subject_fact, {subject.node}, place), type};
    }
    path.remove_suffix(std::min(path.size(), names[left].text.size() + 1));
  }
  // The first name that leads nowhere is what is wrong.
  std::string known;
  std::size_t offset = names.back().offset;
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    if (!known.empty()) known += '.';
    known += name->text;
    offset = name->offset;
    if (!is_path_prefix(kind, known)) break;
  }
  const bool is_host = subject.node == kNoNode;
  const std::string prefix = is_host || kind.binding.empty() ? "" : std::string(kind.binding) + ".";
  return fail(offset, "there is no fact '" + prefix + path_ + "'" + nearest_facts(kind, path_, prefix));
}

Checked Checker::member(const Checked& value, std::vector<Name>& names) {
  const Name name = names.back();
  if (value.type.lists == 0) {
    if (value.type.base == Base::subject) return facts_path(value, value.type.kind(), names);
    names.pop_back();
    if (value.type.base == Base::map) {
      const Checked key = constant(code_.constant_data.text(std::string(name.text)), {Base::string});
      return {add(Op::map_entry, {value.node, key.node}), {value.type.of}};
    }
    if (value.type.base == Base::record) return field(value, name);
    if (value.type.base == Base::row) return column(value, name);
  }
  return fail(name.offset, to_text(value.type) + " has no member '" + std::string(name.text) + "'");
}

Checked Checker::field(const Checked& record, const Name& name) {
  const auto& fields = record.type.records().fields;
  const auto found = std::ranges::find(fields, name.text, &facts::Field::name);
  if (found == fields.end()) {
    std::vector<std::string_view> known;
    for (const auto& field : fields) known.push_back(field.name);
    return fail(name.offset,
                "the record has no field '" + std::string(name.text) + "'" + nearest(name.text, known));
  }
  const NodeIndex made = add(Op::record_field, {record.node}, name_place(name.text));
  code_.nodes[made].scalar = found->scalar;
  return {made, {base_of(found->scalar)}};
}

Checked Checker::column(const Checked& row, const Name& name) {
  const tables::Table& table = row.type.table();
  const tables::Column* column = table.column(name.text);
  if (column == nullptr) {
    std::vector<std::string_view> known;
    for (const auto& candidate : table.columns) known.push_back(candidate.name);
    return fail(name.offset, "the table " + table.name + " has no column '" + std::string(name.text) + "'" +
                                 nearest(name.text, known));
  }
  const Type type = type_of(column->type);
  const NodeIndex made = add(type.is_list() ? Op::row_list : Op::row_cell, {row.node}, name_place(name.text));
  code_.nodes[made].scalar = column->type.scalar;
  return {made, type};
}

}  // namespace preflight::rules
