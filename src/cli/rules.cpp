// rules: the database of known-bad combinations, for readers and authors.
#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/check_signatures.hpp"
#include "cli/exit_status.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/verbs.hpp"
#include "log/signatures.hpp"
#include "rules/catalogue.hpp"
#include "rules/evaluate.hpp"
#include "rules/examples.hpp"
#include "rules/load.hpp"
#include "support/text.hpp"
#include "support/user_file.hpp"

namespace preflight::cli {

namespace {

constexpr std::size_t kMostRuleText = std::size_t{32} << 20;

// The database in the binary, or what the user's files hold.
struct Database {
  rules::Loaded rules;
  log::LoadedSignatures signatures;
  bool is_whole = false;

  std::vector<Problem> problems() const {
    auto all = rules.problems;
    all.insert(all.end(), signatures.problems.begin(), signatures.problems.end());
    return all;
  }
  std::string counts() const {
    return std::to_string(rules.set.rules.size()) + " rules, " +
           std::to_string(signatures.set.signatures.size()) + " signatures";
  }
};

Result<Database> load(const std::vector<std::string>& files, const tables::Tables& tables) {
  if (files.empty()) {
    return Database{{rules::embedded_rules(tables), {}}, {log::embedded_signatures(), {}}, true};
  }
  std::vector<rules::RuleFile> of_rules;
  std::vector<log::SignatureFile> of_signatures;
  for (const auto& file : files) {
    auto text = read_user_file(file, kMostRuleText);
    if (!text) return Error{text.error().kind, file + ": " + text.error().message};
    if (log::is_signature_file(*text)) {
      of_signatures.push_back({file, std::move(*text)});
    } else {
      of_rules.push_back({file, std::move(*text)});
    }
  }
  return Database{rules::load_rules(std::move(of_rules), rules::embedded_causes(), tables),
                  log::load_signatures(std::move(of_signatures))};
}

// Rules of a file may name the program's signatures, and those of the files beside it.
std::vector<Problem> misfits(const Database& database) {
  if (database.is_whole) {
    auto problems = unknown_signatures(database.rules.set, {&database.signatures.set});
    const auto unused = unused_signatures(database.rules.set, database.signatures.set);
    problems.insert(problems.end(), unused.begin(), unused.end());
    return problems;
  }
  const auto embedded = log::embedded_signatures();
  return unknown_signatures(database.rules.set, {&database.signatures.set, &embedded});
}

int report_problems(const std::vector<Problem>& problems, Console& console) {
  for (const auto& problem : problems) console.err << to_text(problem) << "\n";
  return problems.empty() ? 0 : 1;
}

int lint(const std::vector<std::string>& files, Console& console) {
  const auto database = load(files, tables::embedded_tables());
  if (!database) return fail(console, kUsage, database.error().message);
  auto problems = database->problems();
  if (problems.empty()) problems = misfits(*database);
  if (!problems.empty()) return report_problems(problems, console);
  console.out << database->counts() << ", no problems\n";
  return 0;
}

int test(const std::vector<std::string>& files, Console& console) {
  const auto tables = tables::embedded_tables();
  const auto database = load(files, tables);
  if (!database) return fail(console, kUsage, database.error().message);
  auto problems = database->problems();
  if (!problems.empty()) return report_problems(problems, console);
  const auto of_rules = rules::run_examples(database->rules.set, tables);
  const auto of_signatures = log::run_examples(database->signatures.set);
  problems = of_rules.problems;
  problems.insert(problems.end(), of_signatures.problems.begin(), of_signatures.problems.end());
  if (!problems.empty()) return report_problems(problems, console);
  console.out << database->counts() << ", " << of_rules.run + of_signatures.run
              << " examples, all as they should be\n";
  return 0;
}

std::string list_text(const rules::RuleSet& set, const std::string& format, const report::Style& style) {
  if (format == "markdown") return rules::catalogue_markdown(set);
  if (format == "json") {
    auto list = nlohmann::ordered_json::array();
    for (const auto& rule : set.rules) {
      list.push_back({{"id", rule.id},
                      {"cause", rule.cause},
                      {"severity", rules::to_text(rule.severity)},
                      {"title", rule.title.text}});
    }
    return list.dump(2) + "\n";
  }
  std::string text;
  for (const auto& rule : set.rules) {
    std::string severity(rules::to_text(rule.severity));
    severity.resize(8, ' ');
    text += severity + report::paint(rule.id, report::Ink::bold, style) + "  ";
    text.append(rule.title.text).append("\n");
  }
  return text;
}

// Whether each word stands in the rule's id, cause or texts, whatever its case.
bool speaks_of(const rules::Rule& rule, const std::vector<std::string>& words) {
  std::string text;
  for (const auto part : {rule.id, rule.cause, rule.title.text, rule.why.text})
    text.append(part).append("\n");
  text = to_lower(text);
  return std::ranges::all_of(
      words, [&](const std::string& word) { return text.find(to_lower(word)) != std::string::npos; });
}

int show(const std::string& id, Console& console) {
  const auto set = rules::embedded_rules(tables::embedded_tables());
  const auto rule = std::ranges::find(set.rules, id, &rules::Rule::id);
  if (rule == set.rules.end()) {
    return fail(console, kUsage,
                "rules show: there is no rule '" + id + "'; `gpu-preflight rules list` names them");
  }
  console.out << rules::rule_markdown(set, *rule);
  return 0;
}

struct EvalOptions {
  std::string expression;
  std::string file;
  TargetOptions target;
};

// A value as JSON; the other outcomes in words, errors on `err`.
int print_result(const std::string& line, Console& console) {
  const auto result = nlohmann::json::parse(line);
  if (result.contains("error")) return fail(console, kUsage, result.at("error").get<std::string>());
  for (const auto* state : {"unknown", "absent"}) {
    if (!result.contains(state)) continue;
    for (const auto& path : result.at(state)) console.out << state << ": " << path.get<std::string>() << "\n";
    return 0;
  }
  console.out << result.at("value").dump() << "\n";
  return 0;
}

int eval(const EvalOptions& options, Console& console) {
  if (options.expression.empty() == options.file.empty()) {
    return fail(console, kUsage, "rules eval: give an expression, or --file with one expression a line");
  }
  const auto tables = tables::embedded_tables();
  const auto examined = examine(options.target, tables);
  if (!examined) return fail(console, kUsage, examined.error().message);
  if (options.file.empty()) {
    return print_result(rules::evaluate_expression(options.expression, examined->document, tables), console);
  }
  const auto text = read_user_file(options.file, kMostRuleText);
  if (!text) return fail(console, kUsage, "--file " + options.file + ": " + text.error().message);
  for (const auto line : lines(*text)) {
    console.out << rules::evaluate_expression(line, examined->document, tables) << "\n";
  }
  return 0;
}

void add_files_verb(CLI::App& app, const std::string& name, const std::string& help,
                    int (*work)(const std::vector<std::string>&, Console&), Action& action) {
  auto* verb = app.add_subcommand(name, help);
  verb->footer(
      "Exit status: 0 no problem; 1 problems, listed on standard error; 64 wrong usage, or no such file.\n\n"
      "Example:\n"
      "  gpu-preflight rules " +
      name + " rules/driver.json");
  const auto files = std::make_shared<std::vector<std::string>>();
  verb->add_option("FILE", *files, "Files of rules and of signatures; those in the program by default");
  verb->callback(
      [files, work, &action] { action = [files, work](Console& console) { return work(*files, console); }; });
}

void add_list(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("list", "List the rules (markdown: the whole catalogue)");
  const auto options = std::make_shared<OutputOptions>();
  const auto words = std::make_shared<std::vector<std::string>>();
  verb->add_option("WORD", *words, "Only rules whose id, cause, title or reason holds each of the words");
  add_output_options(*verb, *options, {"text", "json", "markdown"});
  verb->footer(
      "Exit status: 0 printed; 64 wrong usage; 73 not written.\n\n"
      "Examples:\n"
      "  gpu-preflight rules list nccl hang\n"
      "  gpu-preflight rules list --format markdown -o rules.md");
  verb->callback([options, words, &action] {
    action = [options, words](Console& console) {
      auto set = rules::embedded_rules(tables::embedded_tables());
      std::erase_if(set.rules, [&](const rules::Rule& rule) { return !speaks_of(rule, *words); });
      const auto print = [&](const auto& format, const auto& style) { return list_text(set, format, style); };
      return write_outputs(*options, print, console);
    };
  });
}

void add_show(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("show", "Show one rule whole: condition, why, fix, sources");
  const auto id = std::make_shared<std::string>();
  verb->add_option("RULE", *id, "Its id")->required();
  verb->footer(
      "Exit status: 0 printed; 64 wrong usage, or no such rule.\n\n"
      "Example:\n"
      "  gpu-preflight rules show driver-too-old-for-cuda");
  verb->callback([id, &action] { action = [id](Console& console) { return show(*id, console); }; });
}

void add_eval(CLI::App& app, Action& action) {
  auto* verb =
      app.add_subcommand("eval", "Evaluate an expression of the rule language over a target's facts");
  const auto options = std::make_shared<EvalOptions>();
  verb->add_option("EXPRESSION", options->expression, "The expression");
  verb->add_option("--file", options->file,
                   "Take one expression a line, print one JSON result a line (- for standard input)")
      ->type_name("FILE");
  add_target_options(*verb, options->target);
  verb->footer(
      "Exit status: 0 evaluated, also to unknown or absent; 64 wrong usage or input, or a wrong "
      "expression.\n\n"
      "Examples:\n"
      "  gpu-preflight rules eval 'size(gpus)'\n"
      "  gpu-preflight rules eval 'version(\"535.104.05\") >= version(\"525\")'\n"
      "  gpu-preflight rules eval 'python_version(\"2.2.0+cu121\").satisfies(\"~=2.2\")' --facts node.json");
  verb->callback(
      [options, &action] { action = [options](Console& console) { return eval(*options, console); }; });
}

}  // namespace

void add_rules(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("rules", "List, show, check and try the rules");
  verb->require_subcommand(1);
  verb->footer(
      "Exit status: 0 done; 1 problems found (lint, test); 64 wrong usage or input.\n\n"
      "Example:\n"
      "  gpu-preflight rules lint rules/driver.json");
  add_list(*verb, action);
  add_show(*verb, action);
  add_files_verb(*verb, "lint",
                 "Check files of rules and signatures; every problem with file, line and column", lint,
                 action);
  add_files_verb(*verb, "test", "Run the examples of rules and signatures", test, action);
  add_eval(*verb, action);
}

}  // namespace preflight::cli
