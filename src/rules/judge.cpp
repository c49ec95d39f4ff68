#include "rules/judge.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "rules/evaluator.hpp"
#include "rules/findings.hpp"
#include "rules/inputs.hpp"

namespace preflight::rules {

namespace {

class Judge {
 public:
  Judge(const RuleSet& set, const facts::Document& document, const tables::Tables& tables)
      : set_(set), inputs_(document, tables), evaluator_(set.code, inputs_) {}

  Judgement judge() {
    for (const auto& rule : set_.rules) judge_rule(rule);
    return std::move(judgement_);
  }

 private:
  void judge_rule(const Rule& rule) {
    first_undecided_ = judgement_.undecided.size();
    if (rule.kind == 0) return judge_subject(rule, inputs_.host());
    const Value& subjects = inputs_.subjects(rule.kind);
    const auto* list = std::get_if<const ValueList*>(&subjects);
    // Without a list of subjects, the rule is undecided unless it comes out the same for whatever they are.
    if (list == nullptr) return judge_subject(rule, inputs_.unseen(rule.kind));
    for (const auto& subject : (*list)->items) judge_subject(rule, *std::get<const SubjectFacts*>(subject));
  }

  void judge_subject(const Rule& rule, const SubjectFacts& subject) {
    ++judgement_.evaluated;
    evaluator_.begin(&subject);
    const Value result = evaluator_.evaluate(rule.when);
    if (const auto* truth = std::get_if<bool>(&result)) {
      if (*truth && subject.is_real()) add_finding(rule, subject);
    } else if (const auto* unknown = std::get_if<Unknown>(&result)) {
      add_undecided(rule, subject, missing_facts(*unknown, &subject));
    }
  }

  void add_finding(const Rule& rule, const SubjectFacts& subject) {
    for (const auto& let : rule.lets) {
      if (let.node != kNoNode) evaluator_.evaluate(let.node);
    }
    Finding finding;
    finding.evidence = evidence_of(evaluator_.reads());
    finding.sources.assign(rule.sources.begin(), rule.sources.end());
    append_table_sources(evaluator_.reads(), finding.sources);
    finding.rule = rule.id;
    finding.cause = rule.cause;
    finding.severity = rule.severity;
    finding.subject = {std::string(subject.kind().name), subject.id()};
    finding.title = render(rule.title, evaluator_);
    finding.why = render(rule.why, evaluator_);
    for (const auto& step : rule.fix) finding.fix.push_back(render(step, evaluator_));
    judgement_.findings.push_back(std::move(finding));
  }

  // Of the current rule, subjects that miss the same stand in one entry.
  void add_undecided(const Rule& rule, const SubjectFacts& subject, std::vector<MissingFact> missing) {
    auto& all = judgement_.undecided;
    using Difference = std::vector<Undecided>::difference_type;
    auto found = std::find_if(all.begin() + static_cast<Difference>(first_undecided_), all.end(),
                              [&](const Undecided& entry) { return entry.missing == missing; });
    if (found == all.end())
      found = all.insert(all.end(), {std::string(rule.id), rule.severity, {}, std::move(missing)});
    if (subject.is_real()) found->subjects.push_back({std::string(subject.kind().name), subject.id()});
  }

  const RuleSet& set_;
  Inputs inputs_;
  Evaluator evaluator_;
  Judgement judgement_;
  std::size_t first_undecided_ = 0;
};

// Findings come in the order of the rules. A cause stands where its strongest finding does.
void sort_findings(std::vector<Finding>& findings) {
  std::ranges::stable_sort(findings, {}, &Finding::severity);
  std::map<std::string_view, std::size_t> places;
  std::vector<std::pair<std::size_t, std::size_t>> order;  // place of the cause, place of the finding
  for (std::size_t place = 0; place < findings.size(); ++place) {
    order.emplace_back(places.emplace(findings[place].cause, place).first->second, place);
  }
  std::ranges::sort(order);
  std::vector<Finding> sorted;
  sorted.reserve(findings.size());
  for (const auto& [cause, place] : order) sorted.push_back(std::move(findings[place]));
  findings = std::move(sorted);
}

}  // namespace

Judgement judge(const RuleSet& set, const facts::Document& document, const tables::Tables& tables) {
  Judgement judgement = Judge(set, document, tables).judge();
  sort_findings(judgement.findings);
  return judgement;
}

}  // namespace preflight::rules
