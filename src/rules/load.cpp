#include "rules/load.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "rules/functions.hpp"
#include "rules/let_head.hpp"
#include "rules/names.hpp"
#include "rules/parser.hpp"
#include "support/json_reader.hpp"

namespace preflight::rules {

namespace {

constexpr std::size_t kMostFileBytes = std::size_t{64} << 20;
constexpr std::size_t kMostProblems = 200;

// Reads the rules of one file after the other; what a rule names may stand in it in any order, so that its
// members are collected first and checked when it ends.
class Loader {
 public:
  Loader(const Causes& causes, const tables::Tables& tables)
      : causes_(causes), checker_(loaded_.set.code, tables) {}

  Loaded load(std::vector<RuleFile> files) {
    loaded_.set.files = std::move(files);
    for (file_ = 0; file_ < loaded_.set.files.size(); ++file_) load_file();
    return std::move(loaded_);
  }

 private:
  struct NamedText {
    std::string_view name;
    JsonString text;
  };

  // The members of a rule as they stand in the file.
  struct Draft {
    std::size_t offset = 0;
    std::vector<std::string_view> seen;
    JsonString id, cause, for_each, when, severity, title, why, source_note;
    std::vector<NamedText> lets;
    std::vector<JsonString> fix, sources;
    ExamplesPlace examples;

    // For the next rule; the vectors keep their memory.
    void clear() {
      for (const auto& member : kTexts) this->*member.text = {};
      for (const auto& member : kLists) (this->*member.items).clear();
      seen.clear();
      lets.clear();
      examples = {};
    }
  };
  struct TextMember {
    std::string_view name;
    JsonString Draft::*text;
    bool is_required;
  };
  struct ListMember {
    std::string_view name;
    std::vector<JsonString> Draft::*items;
  };
  struct ExamplesMember {
    std::string_view name;
    std::size_t ExamplesPlace::*offset;
  };
  static constexpr std::array<TextMember, 8> kTexts = {{{"id", &Draft::id, true},
                                                        {"cause", &Draft::cause, true},
                                                        {"for_each", &Draft::for_each, false},
                                                        {"when", &Draft::when, true},
                                                        {"severity", &Draft::severity, true},
                                                        {"title", &Draft::title, true},
                                                        {"why", &Draft::why, true},
                                                        {"source_note", &Draft::source_note, false}}};
  static constexpr std::array<ListMember, 2> kLists = {{{"fix", &Draft::fix}, {"sources", &Draft::sources}}};
  static constexpr std::array<ExamplesMember, 3> kExamples = {{{"matches", &ExamplesPlace::matches},
                                                               {"passes", &ExamplesPlace::passes},
                                                               {"undecided", &ExamplesPlace::undecided}}};

  std::string_view text() const { return loaded_.set.files[file_].text; }

  void report(std::size_t offset, std::string message) {
    has_problem_ = true;
    if (loaded_.problems.size() >= kMostProblems) return;
    loaded_.problems.push_back({loaded_.set.files[file_].name, position_of(text(), offset),
                                std::string(rule_id_), std::move(message)});
  }
  void report_in(const JsonString& string, const Issue& issue) {
    report(offset_in_string(text(), string.offset, issue.offset), issue.message);
  }

  void load_file();
  void read_member(JsonReader& reader, const JsonString& key);
  void read_rule(JsonReader& reader);
  void read_rule_member(JsonReader& reader, const JsonString& key, Draft& draft);
  bool is_kind(JsonReader& reader, JsonKind wanted, std::string_view message);
  void check(const Draft& draft);
  bool has_all(const Draft& draft);
  void check_names(const Draft& draft, Rule& rule);
  void check_lets(const Draft& draft, Rule& rule);
  void check_let(const NamedText& let, Rule& rule);
  void check_let_names(const NamedText& let, const LetHead& head);
  Checked check_expression(const JsonString& source);
  Template check_template(const JsonString& source);

  const Causes& causes_;
  Loaded loaded_;
  Checker checker_;
  Draft draft_;
  SyntaxTree tree_;
  std::vector<Issue> issues_;
  std::unordered_set<std::string_view> ids_;
  std::string_view rule_id_;
  std::size_t file_ = 0;
  bool has_problem_ = false;  // in the current rule
  bool all_parsed_ = true;    // its expressions: only then is it known which lets are used
};

std::string quoted(std::string_view name) {
  return "'" + std::string(name) + "'";
}

bool is_kebab_case(std::string_view id) {
  const auto is_good = [](char character) {
    return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') ||
           character == '-';
  };
  return !id.empty() && std::ranges::all_of(id, is_good) && id.front() != '-' && id.back() != '-' &&
         id.find("--") == std::string_view::npos;
}

void Loader::load_file() {
  rule_id_ = {};
  if (text().size() > kMostFileBytes) return report(0, "larger than 64 MiB");
  const std::size_t bad_byte = first_bad_byte(text());
  if (bad_byte != std::string_view::npos) return report(bad_byte, "not valid UTF-8");
  JsonReader reader(text(), loaded_.set.decoded);
  if (reader.peek() != JsonKind::object)
    return report(reader.offset(), "a rule file is an object with \"rules\"");
  reader.object([&](const JsonString& key) { read_member(reader, key); });
  reader.end();
  rule_id_ = {};
  if (reader.problem()) report(reader.problem()->offset, reader.problem()->message);
}

void Loader::read_member(JsonReader& reader, const JsonString& key) {
  if (key.value != "rules") {
    report(key.offset, "unknown member " + quoted(key.value));
    reader.skip();
  } else if (is_kind(reader, JsonKind::array, "\"rules\" is an array")) {
    reader.array([&] { read_rule(reader); });
  }
}

// Whether the next value is of this kind; another one is reported and skipped.
bool Loader::is_kind(JsonReader& reader, JsonKind wanted, std::string_view message) {
  const JsonKind kind = reader.peek();
  if (kind == wanted) return true;
  if (kind != JsonKind::bad) report(reader.offset(), std::string(message));
  reader.skip();
  return false;
}

void Loader::read_rule(JsonReader& reader) {
  rule_id_ = {};
  has_problem_ = false;
  all_parsed_ = true;
  if (!is_kind(reader, JsonKind::object, "a rule is an object")) return;
  draft_.clear();
  draft_.offset = reader.offset();
  const bool is_whole = reader.object([&](const JsonString& key) { read_rule_member(reader, key, draft_); });
  if (is_whole) check(draft_);
}

void Loader::read_rule_member(JsonReader& reader, const JsonString& key, Draft& draft) {
  const std::string_view name = key.value;
  if (std::ranges::find(draft.seen, name) != draft.seen.end()) {
    report(key.offset, quoted(key.value) + " stands here twice");
    reader.skip();
    return;
  }
  draft.seen.push_back(key.value);
  for (const auto& member : kTexts) {
    if (member.name != name) continue;
    if (is_kind(reader, JsonKind::text, "a string is wanted here")) reader.string(draft.*member.text);
    if (name == "id") rule_id_ = draft.id.value;
    return;
  }
  for (const auto& member : kLists) {
    if (member.name != name) continue;
    if (!is_kind(reader, JsonKind::array, "an array of strings is wanted here")) return;
    reader.array([&] {
      JsonString item;
      if (!is_kind(reader, JsonKind::text, "a string is wanted here")) return;
      if (reader.string(item)) (draft.*member.items).push_back(item);
    });
    return;
  }
  for (const auto& member : kExamples) {
    if (member.name != name) continue;
    draft.examples.*member.offset = reader.offset();
    if (is_kind(reader, JsonKind::array, "an array of examples is wanted here")) reader.skip();
    return;
  }
  if (name == "let") {
    if (!is_kind(reader, JsonKind::object, "an object of expressions is wanted here")) return;
    reader.object([&](const JsonString& let) {
      NamedText& named = draft.lets.emplace_back(NamedText{let.value, {}});
      if (is_kind(reader, JsonKind::text, "a string is wanted here")) reader.string(named.text);
    });
    return;
  }
  report(key.offset, "unknown member " + quoted(key.value));
  reader.skip();
}

bool Loader::has_all(const Draft& draft) {
  const auto require = [&](std::string_view name, bool is_there) {
    if (is_there) return;
    const bool is_seen = std::ranges::find(draft.seen, name) != draft.seen.end();
    report(draft.offset, quoted(name) + (is_seen ? " is empty" : " is missing"));
  };
  for (const auto& member : kTexts)
    require(member.name, !member.is_required || !(draft.*member.text).value.empty());
  for (const auto& member : kLists) require(member.name, !(draft.*member.items).empty());
  return !has_problem_;
}

void Loader::check(const Draft& draft) {
  if (!has_all(draft)) return;
  Rule rule;
  rule.file = file_;
  rule.offset = draft.offset;
  rule.examples = draft.examples;
  check_names(draft, rule);
  checker_.begin(rule.kind == 0 ? nullptr : &facts::subject_kinds()[rule.kind]);
  check_lets(draft, rule);
  const Checked when = check_expression(draft.when);
  if (!when.type.is_invalid() && !when.type.is(Base::boolean)) {
    report_in(draft.when, {0, "'when' is a bool, not " + to_text(when.type)});
  }
  rule.when = when.node;
  rule.when_text = draft.when.value;
  rule.title = check_template(draft.title);
  rule.why = check_template(draft.why);
  rule.fix.reserve(draft.fix.size());
  for (const auto& step : draft.fix) rule.fix.push_back(check_template(step));
  for (std::size_t place = 0; place < checker_.lets().size(); ++place) {
    const LetBinding& let = checker_.lets()[place];
    if (!let.is_used && all_parsed_)
      report(draft.lets[place].text.offset, "the let " + quoted(let.name) + " is not used");
  }
  rule.sources.reserve(draft.sources.size());
  for (const auto& source : draft.sources) {
    if (!source.value.starts_with("https://") && !source.value.starts_with("http://")) {
      report(source.offset, "a source is a web address");
    }
    rule.sources.push_back(source.value);
  }
  rule.source_note = draft.source_note.value;
  if (!has_problem_) loaded_.set.rules.push_back(std::move(rule));
}

void Loader::check_names(const Draft& draft, Rule& rule) {
  rule.id = draft.id.value;
  rule.cause = draft.cause.value;
  if (!is_kebab_case(rule.id)) report(draft.id.offset, "an id is written like-this");
  if (!ids_.insert(rule.id).second) report(draft.id.offset, "there is another rule with this id");
  if (!causes_.contains(rule.cause)) {
    std::vector<std::string_view> known;
    for (const auto& cause : causes_) known.push_back(cause.first);
    report(draft.cause.offset, "unknown cause " + quoted(rule.cause) + nearest(rule.cause, known));
  }
  const auto& severity = draft.severity.value;
  if (severity == "warning") {
    rule.severity = Severity::warning;
  } else if (severity == "note") {
    rule.severity = Severity::note;
  } else if (severity != "error") {
    report(draft.severity.offset, "a severity is error, warning or note");
  }
  if (std::ranges::find(draft.seen, "for_each") == draft.seen.end()) return;
  rule.kind = kind_of_plural(draft.for_each.value);
  if (rule.kind == facts::subject_kinds().size()) {
    rule.kind = 0;
    std::vector<std::string_view> known;
    for (const auto& kind : facts::subject_kinds()) {
      if (!kind.binding.empty()) known.push_back(kind.plural);
    }
    report(draft.for_each.offset,
           "there are no subjects " + quoted(draft.for_each.value) + nearest(draft.for_each.value, known));
  }
}

// Each sees those before it.
void Loader::check_lets(const Draft& draft, Rule& rule) {
  if (draft.lets.size() > kMostLets) {
    return report(draft.lets[kMostLets].text.offset, "more than " + std::to_string(kMostLets) + " lets");
  }
  rule.lets.reserve(draft.lets.size());
  for (const auto& let : draft.lets) check_let(let, rule);
}

void Loader::check_let(const NamedText& let, Rule& rule) {
  LetBinding binding;
  if (const auto head = read_let_head(let.name)) {
    binding.name = head->name;
    binding.parameters = head->parameters;
    check_let_names(let, *head);
  } else {
    report(let.text.offset, quoted(let.name) + " is not a name, nor one with parameters: fits(gpu)");
  }
  if (binding.parameters.empty()) {
    binding.value = check_expression(let.text);
  } else if (const auto issue = parse_expression(let.text.value, binding.body)) {
    report_in(let.text, *issue);
    all_parsed_ = false;
    binding.body.clear();
  }
  rule.lets.push_back({let.name, let.text.value, binding.value.node});
  checker_.add_let(std::move(binding));
}

void Loader::check_let_names(const NamedText& let, const LetHead& head) {
  const auto check = [&](std::string_view name, std::string conflict) {
    if (conflict.empty()) conflict = checker_.name_conflict(name);
    if (!conflict.empty()) report(let.text.offset, conflict);
  };
  const bool is_function = !head.parameters.empty() &&
                           std::ranges::find(functions(), head.name, &Function::name) != functions().end();
  check(head.name, is_function ? quoted(head.name) + " is a function of the language" : "");
  for (auto parameter = head.parameters.begin(); parameter != head.parameters.end(); ++parameter) {
    const bool is_taken =
        *parameter == head.name || std::find(head.parameters.begin(), parameter, *parameter) != parameter;
    check(*parameter, is_taken ? quoted(*parameter) + " is the name of another value already" : "");
  }
}

Checked Loader::check_expression(const JsonString& source) {
  if (const auto issue = parse_expression(source.value, tree_)) {
    report_in(source, *issue);
    all_parsed_ = false;
    return {};
  }
  issues_.clear();
  const Checked checked = checker_.check(tree_, issues_);
  for (const auto& issue : issues_) report_in(source, issue);
  return checked;
}

Template Loader::check_template(const JsonString& source) {
  issues_.clear();
  Template message = parse_template(source.value, checker_, tree_, issues_);
  for (const auto& issue : issues_) report_in(source, issue);
  all_parsed_ = all_parsed_ && issues_.empty();
  return message;
}

}  // namespace

std::string_view to_text(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "";
}

Loaded load_rules(std::vector<RuleFile> files, const Causes& causes, const tables::Tables& tables) {
  return Loader(causes, tables).load(std::move(files));
}

}  // namespace preflight::rules
