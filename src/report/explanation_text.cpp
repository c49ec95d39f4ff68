#include <algorithm>

#include "report/explanation.hpp"
#include "report/findings_text.hpp"

namespace preflight::report {

namespace {

constexpr std::size_t kMostPossible = 8;
constexpr std::size_t kMostLines = 3;
constexpr std::size_t kMostUnexplained = 10;

std::string headline(const Explanation& explanation, const Style& style) {
  const auto& findings = explanation.findings;
  const auto of_log = static_cast<std::size_t>(std::ranges::count_if(findings, rests_on_log));
  std::string what = counted(of_log, "finding");
  Ink ink = of_log > 0 ? ink_of(findings.front().severity) : Ink::plain;
  if (of_log == 0 && !explanation.possible.empty()) {
    what = "no cause is certain; " + std::to_string(explanation.possible.size()) + " possible";
    ink = Ink::yellow;
  } else if (of_log == 0) {
    what = "nothing known in it";
  }
  std::string text = printable(explanation.log.name) + ", " + counted(explanation.log.lines, "line") + ": " +
                     paint(what, ink, style);
  if (findings.size() > of_log) {
    text += "; " + counted(findings.size() - of_log, "finding") + " without a line, on " +
            printable(explanation.facts.target);
  }
  return text + "\n";
}

void add_possible(std::string& text, const PossibleCause& possible, const Style& style) {
  text += "  " + paint(possible.cause, Ink::bold, style) + ": " + printable(possible.meaning) + "\n";
  for (std::size_t index = 0; index < possible.lines.size() && index < kMostLines; ++index)
    text += quoted_text(possible.lines[index], 4, style);
  for (const auto& missing : possible.missing)
    text += wrap("would settle it: " + missing.path + " (" + missing.reason + ")", 4, style.width);
}

void add_possible_causes(std::string& text, const Explanation& explanation, const Style& style) {
  if (explanation.possible.empty()) return;
  text += "\n" + paint("Possible causes, the likeliest first", Ink::bold, style) +
          " (facts of the machine would settle them: --facts, --host)\n";
  for (std::size_t index = 0; index < explanation.possible.size() && index < kMostPossible; ++index)
    add_possible(text, explanation.possible[index], style);
}

void add_unexplained(std::string& text, const Explanation& explanation, const Style& style) {
  if (explanation.unexplained.empty()) return;
  text += "\n" + paint("Known lines without a cause of their own", Ink::bold, style) + "\n";
  for (std::size_t index = 0; index < explanation.unexplained.size() && index < kMostUnexplained; ++index)
    text += quoted_text(explanation.unexplained[index], 2, style);
}

}  // namespace

std::string to_text(const Explanation& explanation, const Style& style) {
  std::string text = headline(explanation, style);
  text += findings_text(explanation.findings, explanation.facts, style, Detail::full);
  add_possible_causes(text, explanation, style);
  add_unexplained(text, explanation, style);
  return text;
}

}  // namespace preflight::report
