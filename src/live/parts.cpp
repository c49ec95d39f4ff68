#include "live/parts.hpp"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

#include "facts/json.hpp"
#include "support/text.hpp"

namespace preflight::live {

namespace {

bool is_ours(const facts::Subject& subject, std::string_view prefix) {
  if (subject.kind == "gpu") {
    if (pci_address(subject.id) != subject.id) return false;
  } else if (subject.kind != "host") {
    return false;
  }
  return std::ranges::all_of(subject.facts, [&](const auto& fact) { return fact.first.starts_with(prefix); });
}

bool is_hexadecimal(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

void send(WorkerReport& report, facts::Document& document) {
  report.part(facts::to_json(document).dump());
  document = facts::Document();
}

Result<bool> add_part(std::string_view part, std::string_view prefix, facts::Document& document) {
  auto read = facts::document_from_json(part);
  if (!read) return read.error();
  const auto& subjects = read->document.subjects;
  if (!read->warnings.empty() ||
      !std::ranges::all_of(subjects, [&](const auto& subject) { return is_ours(subject, prefix); })) {
    return Error{ErrorKind::malformed, "facts of another probe"};
  }
  for (const auto& subject : subjects) {
    auto& target = document.subject(subject.kind, subject.id);
    for (const auto& [path, fact] : subject.facts) target.facts.insert_or_assign(path, fact);
  }
  return true;
}

std::string pci_address(std::string_view text) {
  constexpr std::size_t kDomain = 4;
  constexpr std::size_t kRest = 8;  // ":3b:00.0"
  const std::string lower = to_lower(text);
  const auto colon = lower.find(':');
  if (colon == std::string::npos || colon < kDomain || colon > 2 * kDomain) return {};
  const auto domain = std::string_view(lower).substr(0, colon);
  const auto rest = std::string_view(lower).substr(colon);
  const bool is_address = is_hexadecimal(domain) && rest.size() == kRest && rest[3] == ':' &&
                          rest[6] == '.' && is_hexadecimal(rest.substr(1, 2)) &&
                          is_hexadecimal(rest.substr(4, 2)) && is_hexadecimal(rest.substr(7, 1));
  if (!is_address) return {};
  const auto zeros = std::min(domain.find_first_not_of('0'), domain.size() - kDomain);
  return std::string(domain.substr(std::min(zeros, domain.size() - kDomain))) + std::string(rest);
}

}  // namespace preflight::live
