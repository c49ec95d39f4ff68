// Which texts rules expect of a member: for lint, of names that the registry does not know.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/rule.hpp"

namespace preflight::rules {

struct MemberText {
  std::size_t rule = 0;  // place in the set
  std::string text;
};

// Every text that a rule's condition or lets compare with `x.MEMBER`: by ==, != or `in` a list.
std::vector<MemberText> compared_texts(const RuleSet& set, std::string_view member);

// Every key by which a rule's condition, lets or messages look into the map `x.MEMBER`.
std::vector<MemberText> looked_up_keys(const RuleSet& set, std::string_view member);

}  // namespace preflight::rules
