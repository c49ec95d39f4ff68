#include "python/specifier.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "python/characters.hpp"
#include "python/version_scanner.hpp"

namespace preflight::python {

namespace {

struct OperatorText {
  std::string_view text;
  SpecifierOperator operation;
};

// An operator that begins another stands after it.
constexpr std::array<OperatorText, 8> kSpecifierOperators = {{{"===", SpecifierOperator::arbitrary},
                                                              {"==", SpecifierOperator::equal},
                                                              {"~=", SpecifierOperator::compatible},
                                                              {"!=", SpecifierOperator::not_equal},
                                                              {"<=", SpecifierOperator::less_equal},
                                                              {">=", SpecifierOperator::greater_equal},
                                                              {"<", SpecifierOperator::less},
                                                              {">", SpecifierOperator::greater}}};

std::string_view arbitrary_version(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && text[size] != ';' && text[size] != ')' &&
         leading_space(text.substr(size)) == 0) {
    ++size;
  }
  return text.substr(0, size);
}

// Reads what may follow the operator and returns what is left of `text`; nothing when it's no version.
std::optional<std::string_view> read_version(Specifier& specifier, std::string_view text) {
  const bool is_equality =
      specifier.operation == SpecifierOperator::equal || specifier.operation == SpecifierOperator::not_equal;
  VersionScanner scanner(text);
  if (!scanner.read_release()) return std::nullopt;
  std::string_view rest = scanner.rest();
  if (is_equality && rest.starts_with(".*")) {
    specifier.is_prefix = true;
    rest.remove_prefix(2);
  } else {
    scanner.read_suffixes();
    if (is_equality) scanner.read_local();
    rest = scanner.rest();
  }
  specifier.version = scanner.take();
  const bool needs_two_numbers = specifier.operation == SpecifierOperator::compatible;
  if (needs_two_numbers && specifier.version.release().find('.') == std::string_view::npos)
    return std::nullopt;
  return rest;
}

bool same_release(const Version& left, const Version& right) {
  return left.epoch() == right.epoch() && compare_releases(left.release(), right.release()) == 0;
}

bool has_prefix(const Version& version, const Version& owner, std::string_view release) {
  return version.epoch() == owner.epoch() && release_starts_with(version.release(), release);
}

bool equals(const Version& version, const Specifier& specifier) {
  const Version& wanted = specifier.version;
  if (specifier.is_prefix) return has_prefix(version, wanted, wanted.release());
  return wanted.local().empty() ? compare_public(version, wanted) == 0 : version == wanted;
}

// ">1.7" admits neither 1.7's local versions nor its post-releases.
bool is_after(const Version& version, const Version& bound) {
  if (compare_public(version, bound) <= 0) return false;
  if (bound.is_postrelease() || bound.is_devrelease()) return true;
  return !(same_release(version, bound) && version.pre() == bound.pre());
}

// "<1.7" admits no pre-release of 1.7, and "<1.7.post1" none of 1.7.post1.
bool is_before(const Version& version, const Version& bound) {
  if (compare_public(version, bound) >= 0) return false;
  if (bound.is_prerelease() || !version.is_prerelease() || !same_release(version, bound)) return true;
  return bound.is_postrelease() && (version.post() != bound.post() || !version.pre().empty());
}

bool is_compatible(const Version& version, const Version& wanted) {
  const std::string_view release = wanted.release();
  return version >= wanted && has_prefix(version, wanted, release.substr(0, release.rfind('.')));
}

// One text for all spellings that a set holds once: "==1.0" and "==1.0.0".
std::string canonical_text(const Specifier& specifier) {
  const Version& version = specifier.version;
  std::string text(to_text(specifier.operation));
  if (specifier.operation == SpecifierOperator::arbitrary || specifier.is_prefix)
    return text += specifier.written;
  text += version.base_text();
  if (specifier.operation != SpecifierOperator::compatible) {
    while (text.ends_with(".0")) text.erase(text.size() - 2);
  }
  return text += std::string_view(version.text()).substr(version.base_text().size());
}

}  // namespace

std::string_view to_text(SpecifierOperator operation) {
  return std::find_if(kSpecifierOperators.begin(), kSpecifierOperators.end(),
                      [&](const OperatorText& entry) { return entry.operation == operation; })
      ->text;
}

std::optional<SpecifierPrefix> read_specifier(std::string_view text) {
  const auto entry = std::find_if(kSpecifierOperators.begin(), kSpecifierOperators.end(),
                                  [&](const OperatorText& each) { return text.starts_with(each.text); });
  if (entry == kSpecifierOperators.end()) return std::nullopt;
  SpecifierPrefix found;
  found.specifier.operation = entry->operation;
  const std::string_view operand = strip_left(text.substr(entry->text.size()));
  std::size_t written = 0;
  if (entry->operation == SpecifierOperator::arbitrary) {
    written = arbitrary_version(operand).size();
  } else {
    const std::optional<std::string_view> rest = read_version(found.specifier, operand);
    if (!rest) return std::nullopt;
    written = operand.size() - rest->size();
  }
  found.specifier.written = operand.substr(0, written);
  found.size = text.size() - operand.size() + written;
  return found;
}

Result<Specifier> parse_specifier(std::string_view text) {
  text = strip(text);
  std::optional<SpecifierPrefix> found = read_specifier(text);
  if (!found || found->size != text.size())
    return Error{ErrorKind::malformed, "not a PEP 440 version specifier"};
  return std::move(found->specifier);
}

Result<SpecifierSet> parse_specifier_set(std::string_view text) {
  SpecifierSet specifiers;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view item = strip(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (item.empty()) continue;
    Result<Specifier> specifier = parse_specifier(item);
    if (!specifier) return specifier.error();
    specifiers.push_back(std::move(*specifier));
  }
  return specifiers;
}

bool contains(const Specifier& specifier, const Version& version) {
  const Version& wanted = specifier.version;
  switch (specifier.operation) {
    case SpecifierOperator::compatible:
      return is_compatible(version, wanted);
    case SpecifierOperator::equal:
      return equals(version, specifier);
    case SpecifierOperator::not_equal:
      return !equals(version, specifier);
    case SpecifierOperator::less_equal:
      return compare_public(version, wanted) <= 0;
    case SpecifierOperator::greater_equal:
      return compare_public(version, wanted) >= 0;
    case SpecifierOperator::less:
      return is_before(version, wanted);
    case SpecifierOperator::greater:
      return is_after(version, wanted);
    case SpecifierOperator::arbitrary:
      return equal_ignoring_case(version.text(), specifier.written);
  }
  return false;
}

bool contains(const SpecifierSet& specifiers, const Version& version, Prereleases prereleases) {
  if (prereleases == Prereleases::exclude && version.is_prerelease()) return false;
  return std::all_of(specifiers.begin(), specifiers.end(),
                     [&](const Specifier& specifier) { return contains(specifier, version); });
}

bool contains(const Specifier& specifier, std::string_view version_text) {
  if (specifier.operation == SpecifierOperator::arbitrary) {
    return equal_ignoring_case(version_text, specifier.written);
  }
  const Result<Version> version = parse_version(version_text);
  return version && contains(specifier, *version);
}

std::string to_text(const Specifier& specifier) {
  std::string text(to_text(specifier.operation));
  text += specifier.written;
  return text;
}

std::string to_text(const SpecifierSet& specifiers) {
  std::vector<std::pair<std::string, std::string>> sorted;  // text as written, canonical text
  sorted.reserve(specifiers.size());
  for (const Specifier& specifier : specifiers)
    sorted.emplace_back(to_text(specifier), canonical_text(specifier));
  std::sort(sorted.begin(), sorted.end());
  std::unordered_set<std::string_view> seen;
  std::string text;
  for (const auto& [written, canonical] : sorted) {
    if (!seen.insert(canonical).second) continue;
    if (!text.empty()) text += ',';
    text += written;
  }
  return text;
}

}  // namespace preflight::python
