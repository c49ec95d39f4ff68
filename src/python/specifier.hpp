// PEP 440 version specifiers: ">=1.2,!=1.5.*". Behaviour follows Python's `packaging.specifiers`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "python/version.hpp"
#include "support/result.hpp"

namespace preflight::python {

enum class SpecifierOperator {
  compatible,     // ~=
  equal,          // ==
  not_equal,      // !=
  less_equal,     // <=
  greater_equal,  // >=
  less,           // <
  greater,        // >
  arbitrary       // ===
};

std::string_view to_text(SpecifierOperator operation);

struct Specifier {
  SpecifierOperator operation = SpecifierOperator::equal;
  std::string written;     // the version as it was written: "1.5.*"
  Version version;         // its value, without ".*"; not used by `arbitrary`, which compares texts
  bool is_prefix = false;  // "==1.5.*" or "!=1.5.*"
};

// All must hold. An empty set admits every version.
using SpecifierSet = std::vector<Specifier>;

// Whether pre-releases may match. `allow` is what `packaging` does for one version by default and what pip
// does for an installed one: there is no final release to prefer.
enum class Prereleases { allow, exclude };

Result<Specifier> parse_specifier(std::string_view text);

// Specifiers separated by commas; empty items are passed over.
Result<SpecifierSet> parse_specifier_set(std::string_view text);

// A specifier at the beginning of a text, and how many bytes it takes; nothing when there is none. After
// "===" it reaches to the next white space, ";" or ")", so that it may hold commas.
struct SpecifierPrefix {
  Specifier specifier;
  std::size_t size = 0;
};
std::optional<SpecifierPrefix> read_specifier(std::string_view text);

bool contains(const Specifier& specifier, const Version& version);
bool contains(const SpecifierSet& specifiers, const Version& version,
              Prereleases prereleases = Prereleases::allow);

// As `packaging` judges a text: "===" compares it as it is, the others admit no text that isn't a version.
bool contains(const Specifier& specifier, std::string_view version_text);

// ">=1.2"; sets in order of their texts and without repetition, as pip prints them: "!=1.5.*,>=1.2".
std::string to_text(const Specifier& specifier);
std::string to_text(const SpecifierSet& specifiers);

}  // namespace preflight::python
