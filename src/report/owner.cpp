#include "report/owner.hpp"

#include <algorithm>

namespace preflight::report {

std::string environment_of(const facts::Document& document, const rules::SubjectName& subject) {
  if (subject.kind == "environment") return subject.id;
  const auto found = std::ranges::find_if(document.subjects, [&](const facts::Subject& one) {
    return one.kind == subject.kind && one.id == subject.id;
  });
  const auto* const environment = found == document.subjects.end() ? nullptr : found->text("environment");
  return environment == nullptr ? std::string() : *environment;
}

}  // namespace preflight::report
