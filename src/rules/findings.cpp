#include "rules/findings.hpp"

#include <algorithm>

#include "facts/typed_text.hpp"

namespace preflight::rules {

namespace {

constexpr std::size_t kMostValueBytes = 200;

// Long lists and maps are cut; a character that the cut splits is dropped.
std::string shortened(std::string text) {
  if (text.size() <= kMostValueBytes) return text;
  std::size_t end = kMostValueBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

std::string value_text(const Read& read) {
  if (read.is_entry) return read.entry == nullptr ? "absent" : shortened(facts::to_text(*read.entry));
  const facts::Fact* fact = read.reading->fact;
  if (fact == nullptr || fact->unknown() != nullptr) return "unknown";
  if (fact->absent()) return "absent";
  const std::string text = facts::to_text(*fact->value(), read.reading->declaration->type);
  return text.empty() ? "empty" : shortened(text);
}

void append_once(std::vector<std::string>& texts, const std::vector<std::string>& more) {
  for (const auto& text : more) {
    if (std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
  }
}

}  // namespace

std::string fact_name(const SubjectFacts* subject, std::string_view path, const SubjectFacts* bound) {
  if (subject == nullptr || subject->kind().binding.empty()) return std::string(path);
  const facts::SubjectKind& kind = subject->kind();
  if (subject == bound) return std::string(kind.binding) + "." + std::string(path);
  return entry_path(kind.plural, subject->id()) + "." + std::string(path);
}

std::vector<MissingFact> missing_facts(const Unknown& unknown, const SubjectFacts* bound) {
  std::vector<MissingFact> facts;
  for (const auto* missing : *unknown.missing) {
    MissingFact fact{fact_name(missing->subject, missing->path, bound), missing->reason};
    if (std::ranges::find(facts, fact) == facts.end()) facts.push_back(std::move(fact));
  }
  return facts;
}

std::vector<Evidence> evidence_of(const std::vector<Read>& reads) {
  std::vector<Evidence> all;
  for (const auto& read : reads) {
    if (read.reading == nullptr || read.reading->fact == nullptr) continue;
    const SubjectFacts& subject = *read.reading->subject;
    const std::string_view fact = read.reading->declaration->path;
    Evidence evidence{{std::string(subject.kind().name), subject.id()},
                      read.is_entry ? entry_path(fact, read.key) : std::string(fact),
                      value_text(read),
                      read.reading->fact->source};
    const auto is_same = [&](const Evidence& other) {
      return other.subject == evidence.subject && other.path == evidence.path;
    };
    if (std::ranges::none_of(all, is_same)) all.push_back(std::move(evidence));
  }
  return all;
}

void append_table_sources(const std::vector<Read>& reads, std::vector<std::string>& sources) {
  for (const auto& read : reads) {
    if (read.row == nullptr) continue;
    append_once(sources, read.row->table->sources);
    append_once(sources, read.row->row->sources);
  }
}

}  // namespace preflight::rules
