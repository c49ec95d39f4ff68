// Findings for people, as every text report shows them.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "facts/document.hpp"
#include "report/layout.hpp"
#include "rules/judge.hpp"

namespace preflight::report {

enum class Detail {
  brief,  // the verdict and the findings' titles with what to type (-q)
  full
};

// Findings of one cause about the same thing stand together, the first of them whole.
std::string findings_text(const std::vector<rules::Finding>& findings, const facts::Document& facts,
                          const Style& style, Detail detail);

// A line of a log after the place where it stands.
std::string quoted_text(const rules::Evidence& line, std::size_t indent, const Style& style);

// "environment /opt/venv"; empty for the host.
std::string subject_text(const rules::SubjectName& subject);

// "2 errors"
template <std::integral Number>
std::string counted(Number number, std::string_view noun) {
  return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

Ink ink_of(rules::Severity severity);

}  // namespace preflight::report
