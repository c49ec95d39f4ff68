#include "smoke/outcome.hpp"

#include "smoke/message.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace preflight::smoke {

namespace {

std::string text_in(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

long long number_in(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<long long>() : 0;
}

nlohmann::json to_json(const WrongSum& wrong) {
  return {{"rank", wrong.rank},         {"size", wrong.size},   {"index", wrong.index},
          {"expected", wrong.expected}, {"found", wrong.found}, {"count", wrong.count}};
}

// As the worker tells it (rank_work.cpp), or as to_json() does.
std::vector<WrongSum> wrong_sums_in(const nlohmann::json& list, std::optional<int> rank) {
  std::vector<WrongSum> sums;
  if (!list.is_array()) return sums;
  for (const auto& item : list) {
    if (!item.is_object()) continue;
    WrongSum wrong;
    wrong.rank = rank.value_or(static_cast<int>(number_in(item, "rank")));
    wrong.size = static_cast<std::size_t>(number_in(item, "size"));
    wrong.index = static_cast<std::size_t>(number_in(item, "index"));
    wrong.expected = text_in(item, "expected");
    wrong.found = text_in(item, "found");
    wrong.count = static_cast<std::size_t>(number_in(item, "count"));
    sums.push_back(std::move(wrong));
  }
  return sums;
}

}  // namespace

std::string write_facts(const std::string& host, const std::map<std::string, std::string>& facts) {
  return json_line({{"host", host}, {"facts", facts}});
}

RankFacts read_facts(int rank, std::string_view text) {
  RankFacts facts;
  facts.rank = rank;
  const auto read = parse_json(text);
  if (!read || !read->is_object()) return facts;
  facts.host = text_in(*read, "host");
  const auto found = read->find("facts");
  if (found == read->end() || !found->is_object()) return facts;
  for (const auto& [name, value] : found->items()) {
    if (value.is_string()) facts.facts[name] = value.get<std::string>();
  }
  return facts;
}

std::string write_conclusion(const RankConclusion& conclusion) {
  return json_line({{"wrong", conclusion.wrong},
                    {"failure", conclusion.failure},
                    {"nanoseconds", conclusion.nanoseconds},
                    {"log", conclusion.log}});
}

RankConclusion read_conclusion(std::string_view text) {
  const auto read = parse_json(text);
  if (!read || !read->is_object()) return {"", "it ended with what can't be read", 0, ""};
  return {text_in(*read, "wrong"), text_in(*read, "failure"), number_in(*read, "nanoseconds"),
          text_in(*read, "log")};
}

std::string to_text(const WrongSum& wrong) {
  return "rank " + std::to_string(wrong.rank) + ", all-reduce of " + std::to_string(wrong.size) +
         " bytes: " + std::to_string(wrong.count) + " wrong elements, the first at " +
         std::to_string(wrong.index) + ": " + wrong.found + " instead of " + wrong.expected;
}

Outcome outcome_of(const std::vector<RankConclusion>& conclusions) {
  Outcome outcome;
  double nanoseconds = 0;
  bool timed = !conclusions.empty();
  for (std::size_t index = 0; index < conclusions.size(); ++index) {
    const auto& conclusion = conclusions[index];
    const int rank = static_cast<int>(index);
    if (!conclusion.failure.empty()) outcome.failures[rank] = conclusion.failure;
    if (const auto wrong = parse_json(conclusion.wrong)) {
      for (auto& sum : wrong_sums_in(*wrong, rank)) {
        if (outcome.wrong.size() < kMostWrong) outcome.wrong.push_back(std::move(sum));
      }
    }
    timed = timed && conclusion.nanoseconds > 0;
    nanoseconds += static_cast<double>(conclusion.nanoseconds);
  }
  if (timed) outcome.nanoseconds = nanoseconds / static_cast<double>(conclusions.size());
  return outcome;
}

std::string write_outcome(const Outcome& outcome) {
  nlohmann::json wrong = nlohmann::json::array();
  for (const auto& sum : outcome.wrong) wrong.push_back(to_json(sum));
  nlohmann::json failures = nlohmann::json::object();
  for (const auto& [rank, failure] : outcome.failures) failures[std::to_string(rank)] = failure;
  nlohmann::json all{{"wrong", wrong}, {"failures", failures}, {"again", outcome.again}};
  if (outcome.nanoseconds) all["nanoseconds"] = *outcome.nanoseconds;
  return json_line(all);
}

Result<Outcome> read_outcome(std::string_view text) {
  const Error malformed{ErrorKind::malformed, "rank 0 sent an outcome that can't be read"};
  const auto read = parse_json(text);
  if (!read || !read->is_object()) return malformed;
  Outcome outcome;
  if (const auto wrong = read->find("wrong"); wrong != read->end()) {
    outcome.wrong = wrong_sums_in(*wrong, std::nullopt);
  }
  const auto failures = read->find("failures");
  if (failures == read->end() || !failures->is_object()) return malformed;
  for (const auto& [name, failure] : failures->items()) {
    const auto rank = to_integer(name);
    if (!rank || *rank < 0 || *rank >= kMostRanks || !failure.is_string()) return malformed;
    outcome.failures[static_cast<int>(*rank)] = failure.get<std::string>();
  }
  const auto again = read->find("again");
  outcome.again = again != read->end() && again->is_boolean() && again->get<bool>();
  const auto time = read->find("nanoseconds");
  if (time != read->end() && time->is_number()) outcome.nanoseconds = time->get<double>();
  return outcome;
}

}  // namespace preflight::smoke
