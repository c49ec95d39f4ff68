#include "rules/evaluate.hpp"

#include <vector>

#include "rules/checker.hpp"
#include "rules/evaluator.hpp"
#include "rules/findings.hpp"
#include "rules/inputs.hpp"
#include "rules/names.hpp"
#include "rules/parser.hpp"
#include "support/json.hpp"

namespace preflight::rules {

namespace {

nlohmann::json to_json(const Value& value);

nlohmann::json to_json(const facts::Value& value);

struct StoredJson {
  nlohmann::json operator()(const facts::List& list) const {
    nlohmann::json items = nlohmann::json::array();
    for (const auto& item : list) items.push_back(to_json(item));
    return items;
  }
  nlohmann::json operator()(const facts::Map& map) const {
    nlohmann::json members = nlohmann::json::object();
    for (const auto& [key, item] : map) members[key] = to_json(item);
    return members;
  }
  template <class Scalar>
  nlohmann::json operator()(const Scalar& scalar) const {
    return scalar;
  }
};

nlohmann::json to_json(const facts::Value& value) {
  return std::visit(StoredJson{}, value.data);
}

nlohmann::json to_json(const Value& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* list = std::get_if<const ValueList*>(&value)) {
    nlohmann::json items = nlohmann::json::array();
    for (const auto& item : (*list)->items) items.push_back(to_json(item));
    return items;
  }
  if (const auto* map = std::get_if<const MapValue*>(&value)) return StoredJson{}(*(*map)->entries);
  if (const auto* record = std::get_if<const RecordValue*>(&value)) return StoredJson{}(*(*record)->fields);
  if (const auto* row = std::get_if<const RowValue*>(&value)) return StoredJson{}((*row)->row->cells);
  if (!is_known(value)) return nullptr;
  return to_text(value);
}

nlohmann::json result_json(const Value& value, const SubjectFacts* bound) {
  if (const auto* unknown = std::get_if<Unknown>(&value)) {
    nlohmann::json missing = nlohmann::json::array();
    for (const auto& fact : missing_facts(*unknown, bound)) missing.push_back(fact.path + ": " + fact.reason);
    return {{"unknown", missing}};
  }
  if (const auto* absent = std::get_if<AbsentValue>(&value)) {
    return {{"absent", nlohmann::json::array({fact_name(absent->subject, absent->path, bound)})}};
  }
  if (const auto* failure = std::get_if<Failure>(&value)) return {{"error", failure->message}};
  return {{"value", to_json(value)}};
}

nlohmann::json error_json(std::string_view text, const Issue& issue) {
  return {{"error", to_text(issue, text)}};
}

const SubjectFacts* find_subject(const Inputs& inputs, const facts::Subject& subject) {
  const std::size_t kind = kind_place(subject.kind);
  if (kind == 0 || kind >= facts::subject_kinds().size()) return nullptr;
  const auto* list = std::get_if<const ValueList*>(&inputs.subjects(kind));
  if (list == nullptr) return nullptr;
  for (const auto& item : (*list)->items) {
    const auto* candidate = std::get<const SubjectFacts*>(item);
    if (candidate->id() == subject.id) return candidate;
  }
  return nullptr;
}

nlohmann::json evaluate(std::string_view text, const facts::Document& document, const tables::Tables& tables,
                        const facts::Subject* subject) {
  SyntaxTree tree;
  if (const auto issue = parse_expression(text, tree)) return error_json(text, *issue);
  Code code;
  Checker checker(code, tables);
  Inputs inputs(document, tables);
  const SubjectFacts* bound = subject == nullptr ? nullptr : find_subject(inputs, *subject);
  checker.begin(bound == nullptr ? nullptr : &bound->kind());
  std::vector<Issue> issues;
  const Checked checked = checker.check(tree, issues);
  if (!issues.empty()) return error_json(text, issues.front());
  Evaluator evaluator(code, inputs);
  evaluator.begin(bound);
  return result_json(evaluator.evaluate(checked.node), bound);
}

}  // namespace

std::string evaluate_expression(std::string_view text, const facts::Document& document,
                                const tables::Tables& tables, const facts::Subject* subject) {
  return json_line(evaluate(text, document, tables, subject));
}

}  // namespace preflight::rules
