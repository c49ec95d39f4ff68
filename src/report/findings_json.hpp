// Parts of the JSON forms that several reports share.
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "rules/judge.hpp"

namespace preflight::report {

nlohmann::ordered_json json_of(const rules::SubjectName& subject);
nlohmann::ordered_json json_of(const rules::Evidence& fact);
nlohmann::ordered_json json_of(const rules::MissingFact& fact);
nlohmann::ordered_json json_of(const rules::Finding& finding);

template <class Item>
nlohmann::ordered_json list_of(const std::vector<Item>& items) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& item : items) list.push_back(json_of(item));
  return list;
}

}  // namespace preflight::report
