#include "python/requirement.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "python/characters.hpp"
#include "python/name.hpp"
#include "support/text.hpp"

namespace preflight::python {

namespace {

bool continues_name(char c) {
  return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
}

// Each step takes its part of the text, or records an error and returns false.
class RequirementParser {
 public:
  explicit RequirementParser(std::string_view text) : text_(text), rest_(text) {}

  Result<Requirement> parse() {
    if (!parse_all()) return error_;
    return std::move(requirement_);
  }

 private:
  bool parse_all() {
    skip_space();
    if (!parse_name(requirement_.name)) return fail("expected a package name");
    requirement_.normalized_name = normalize_name(requirement_.name);
    skip_space();
    if (!parse_extras()) return false;
    skip_space();
    if (!(take('@') ? parse_url() : parse_specifiers())) return false;
    return rest_.empty() || parse_marker_part();
  }

  bool fail(std::string_view what) {
    error_ = {ErrorKind::malformed,
              std::string(what) + " at byte " + std::to_string(text_.size() - rest_.size())};
    return false;
  }

  void skip_space() { rest_ = skip_blanks(rest_); }

  bool take(char symbol) {
    if (!rest_.starts_with(symbol)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool parse_name(std::string& name) {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), continues_name);
    const std::string_view found = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    if (found.empty() || !is_alphanumeric(found.front()) || found.back() == '.' || found.back() == '-')
      return false;
    name = found;
    rest_.remove_prefix(found.size());
    return true;
  }

  bool parse_extras() {
    if (!take('[')) return true;
    skip_space();
    if (take(']')) return true;
    std::vector<std::string>& extras = requirement_.extras;
    do {
      skip_space();
      if (!parse_name(extras.emplace_back())) return fail("expected the name of an extra");
      skip_space();
    } while (take(','));
    if (!take(']')) return fail("expected a comma or \"]\" after an extra");
    std::sort(extras.begin(), extras.end());
    extras.erase(std::unique(extras.begin(), extras.end()), extras.end());
    return true;
  }

  bool parse_url() {
    skip_space();
    const std::string_view url = rest_.substr(0, rest_.find_first_of(" \t"));
    if (url.empty()) return fail("expected a URL after \"@\"");
    requirement_.url = url;
    rest_.remove_prefix(url.size());
    skip_space();
    return true;
  }

  bool parse_specifiers() {
    const bool is_enclosed = take('(');
    skip_space();
    while (std::optional<SpecifierPrefix> found = read_specifier(rest_)) {
      if (!add(*found)) return fail("invalid version specifier");
      rest_.remove_prefix(found->size);
      skip_space();
      if (!take(',')) break;
      skip_space();
    }
    skip_space();
    if (is_enclosed && !take(')')) return fail("expected a comma or \")\" after a version specifier");
    skip_space();
    return true;
  }

  // "===" takes commas for part of its version, but `packaging` splits there all the same.
  bool add(SpecifierPrefix& found) {
    if (found.specifier.operation != SpecifierOperator::arbitrary) {
      requirement_.specifiers.push_back(std::move(found.specifier));
      return true;
    }
    Result<SpecifierSet> specifiers = parse_specifier_set(rest_.substr(0, found.size));
    if (!specifiers) return false;
    std::move(specifiers->begin(), specifiers->end(), std::back_inserter(requirement_.specifiers));
    return true;
  }

  bool parse_marker_part() {
    if (!take(';')) return fail("expected a semicolon, or a comma between version specifiers,");
    Result<Marker> marker = parse_marker(rest_);
    if (!marker) {
      error_ = marker.error();
      error_.message += " of the marker";
      return false;
    }
    requirement_.marker = std::move(*marker);
    return true;
  }

  std::string_view text_;
  std::string_view rest_;
  Requirement requirement_;
  Error error_;
};

}  // namespace

Result<Requirement> parse_requirement(std::string_view text) {
  return RequirementParser(text).parse();
}

std::string to_text(const Requirement& requirement) {
  std::string text = requirement.name;
  if (!requirement.extras.empty()) text += "[" + join(requirement.extras, ",") + "]";
  text += to_text(requirement.specifiers);
  if (!requirement.url.empty()) text += " @ " + requirement.url + (requirement.marker ? " " : "");
  if (requirement.marker) text += "; " + to_text(*requirement.marker);
  return text;
}

}  // namespace preflight::python
