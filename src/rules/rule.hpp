// Rules as they are loaded: checked and compiled.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/code.hpp"
#include "rules/template.hpp"
#include "support/json_reader.hpp"

namespace preflight::rules {

enum class Severity {
  error,    // will fail
  warning,  // fails in a named situation, or is slow
  note,
};

std::string_view to_text(Severity severity);

// Label of a cause to one line that says what it is.
using Causes = std::map<std::string, std::string, std::less<>>;

struct RuleFile {
  std::string name;  // for messages: rules/driver.json
  std::string text;
};

struct Let {
  std::string_view name;  // with its parameters: fits(gpu)
  std::string_view text;
  NodeIndex node = kNoNode;  // none when there are parameters
};

// Where the examples of one kind stand in their file: the offset of the array; npos when there are none.
struct ExamplesPlace {
  std::size_t matches = std::string::npos;
  std::size_t passes = std::string::npos;
  std::size_t undecided = std::string::npos;
};

// Its texts stand in the files of the set.
struct Rule {
  std::string_view id;
  std::string_view cause;
  Severity severity = Severity::error;
  std::size_t kind = 0;  // place in subject_kinds() of what it is judged for; 0 is the host
  std::vector<Let> lets;
  std::string_view when_text;
  NodeIndex when = kNoNode;
  Template title;
  Template why;
  std::vector<Template> fix;
  std::vector<std::string_view> sources;
  std::string_view source_note;  // how far the sources carry: "one thread"; may be empty

  std::size_t file = 0;    // of the set's files
  std::size_t offset = 0;  // in the file: of the rule
  ExamplesPlace examples;
};

// Can be moved, not copied. The tables that it was loaded with need not outlive it.
struct RuleSet {
  std::vector<RuleFile> files;
  DecodedStrings decoded;  // of the files
  std::vector<Rule> rules;
  Code code;
};

}  // namespace preflight::rules
