#include "report/quoted_lines.hpp"

#include <algorithm>

namespace preflight::report {

namespace {

constexpr std::string_view kMessage = "message";

void quote_lines_of(const facts::Document& document, rules::Finding& finding) {
  std::vector<rules::Evidence> evidence;
  for (const auto& fact : finding.evidence) {
    const auto is_quoted = [&](const rules::Evidence& line) { return line.subject == fact.subject; };
    if (std::ranges::any_of(evidence, is_quoted)) continue;
    if (auto line = quoted_line(document, fact.subject)) evidence.push_back(std::move(*line));
  }
  for (auto& fact : finding.evidence) {
    const bool counts_messages = fact.subject.kind == "host" && fact.path == "messages";
    if (fact.subject.kind != kMessage && !counts_messages) evidence.push_back(std::move(fact));
  }
  finding.evidence = std::move(evidence);
}

}  // namespace

std::optional<rules::Evidence> quoted_line(const facts::Document& document,
                                           const rules::SubjectName& subject) {
  if (subject.kind != kMessage) return std::nullopt;
  const auto found = std::ranges::find_if(document.subjects, [&](const facts::Subject& candidate) {
    return candidate.kind == kMessage && candidate.id == subject.id;
  });
  if (found == document.subjects.end()) return std::nullopt;
  const auto* text = found->text("text");
  if (text == nullptr) return std::nullopt;
  const auto* count = found->integer("count");
  std::string value = *text;
  if (count != nullptr && *count > 1) value += "  (" + std::to_string(*count) + " such lines)";
  return rules::Evidence{subject, "text", std::move(value), found->find("text")->source};
}

void quote_lines(const facts::Document& document, std::vector<rules::Finding>& findings) {
  for (auto& finding : findings) quote_lines_of(document, finding);
}

}  // namespace preflight::report
