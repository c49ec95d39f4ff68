#include "rules/functions.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "gpu_code/architecture.hpp"
#include "support/text.hpp"

namespace preflight::rules {

namespace {

using Arguments = std::span<const Value>;

constexpr Type kTexts{Base::string, 1};
constexpr Type kDotted{Base::version};
constexpr Type kPython{Base::python_version};
constexpr Type kSpecifier{Base::specifier};
constexpr Type kAnyList{Base::any, 1};
constexpr Type kAnyMap{Base::map, 0, Base::any};

constexpr std::int64_t kMostReleaseNumbers = 8;

std::string_view text(const Value& value) {
  return std::get<std::string_view>(value);
}
const DottedVersion& dotted(const Value& value) {
  return std::get<const DottedText*>(value)->version;
}
const python::Version& python_version(const Value& value) {
  return std::get<const PythonText*>(value)->version;
}
const std::vector<Value>& items(const Value& value) {
  return std::get<const ValueList*>(value)->items;
}
Value count(std::size_t number) {
  return static_cast<std::int64_t>(number);
}

Value size_of_list(Arena&, Arguments arguments) {
  return count(items(arguments[0]).size());
}
Value size_of_map(Arena&, Arguments arguments) {
  return count(std::get<const MapValue*>(arguments[0])->entries->size());
}
// In code points, as in CEL.
Value size_of_text(Arena&, Arguments arguments) {
  std::size_t points = 0;
  for (const char byte : text(arguments[0])) points += (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  return count(points);
}

Value to_string(Arena& arena, Arguments arguments) {
  return arena.text(to_text(arguments[0]));
}
Value to_int(Arena&, Arguments arguments) {
  const auto number = to_integer(text(arguments[0]));
  if (!number) return Failure{"int() of a text that is no integer"};
  return std::int64_t{*number};
}
Value same(Arena&, Arguments arguments) {
  return arguments[0];
}
Value to_version(Arena& arena, Arguments arguments) {
  return arena.dotted(text(arguments[0]), nullptr, "version()");
}
Value to_python_version(Arena& arena, Arguments arguments) {
  return arena.python(text(arguments[0]), nullptr, "python_version()");
}
Value to_specifier(Arena& arena, Arguments arguments) {
  auto set = python::parse_specifier_set(text(arguments[0]));
  if (!set) return arena.unknown({nullptr, "specifier()", set.error().message});
  return arena.specifiers(std::move(*set));
}

Value starts_with(Arena&, Arguments arguments) {
  return text(arguments[0]).starts_with(text(arguments[1]));
}
Value ends_with(Arena&, Arguments arguments) {
  return text(arguments[0]).ends_with(text(arguments[1]));
}
Value contains_text(Arena&, Arguments arguments) {
  return text(arguments[0]).find(text(arguments[1])) != std::string_view::npos;
}
Value lower(Arena& arena, Arguments arguments) {
  const auto is_capital = [](char character) { return character >= 'A' && character <= 'Z'; };
  if (std::ranges::none_of(text(arguments[0]), is_capital)) return arguments[0];
  return arena.text(to_lower(text(arguments[0])));
}
Value trimmed(Arena&, Arguments arguments) {
  return trim(text(arguments[0]));
}
// As in CEL: an empty text splits into one empty piece.
Value split_text(Arena& arena, Arguments arguments) {
  const std::string_view separator = text(arguments[1]);
  std::string_view rest = text(arguments[0]);
  if (separator.empty()) return Failure{"split() by an empty text"};
  std::vector<Value> pieces;
  for (auto end = rest.find(separator); end != std::string_view::npos; end = rest.find(separator)) {
    pieces.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end + separator.size());
  }
  pieces.emplace_back(rest);
  return arena.list(std::move(pieces));
}
Value joined(Arena& arena, Arguments arguments) {
  const std::string_view separator = arguments.size() > 1 ? text(arguments[1]) : std::string_view();
  std::string whole;
  const char* between = "";
  for (const auto& item : items(arguments[0])) {
    if (!is_known(item)) return item;
    if (*between != '\0') whole += separator;
    between = ",";
    whole += text(item);
    if (whole.size() > kMostTextBytes) return Failure{"join() makes too long a text"};
  }
  return arena.text(std::move(whole));
}

// Of a list each text once, where it stands first.
Value distinct(Arena& arena, Arguments arguments) {
  std::vector<Value> kept;
  std::set<std::string_view> seen;
  for (const auto& item : items(arguments[0])) {
    if (!is_known(item)) return item;
    if (seen.insert(text(item)).second) kept.push_back(item);
  }
  return arena.list(std::move(kept));
}

template <std::size_t place>
Value dotted_number(Arena&, Arguments arguments) {
  return std::int64_t{dotted(arguments[0]).at(place)};
}
template <std::size_t place>
Value python_number(Arena&, Arguments arguments) {
  const auto numbers = split(python_version(arguments[0]).release(), '.');
  if (place >= numbers.size()) return std::int64_t{0};
  const auto number = to_integer(numbers[place]);
  if (!number) return Failure{"a number of the version does not fit 64 bits"};
  return std::int64_t{*number};
}
// As much of a release as is written, and zeros for what is not.
template <class NumberAt>
Value leading_numbers(Arena& arena, std::int64_t count, NumberAt number_at) {
  if (count < 1 || count > kMostReleaseNumbers) return Failure{"release() wants 1 to 8 numbers"};
  std::string release;
  for (std::int64_t place = 0; place < count; ++place) {
    if (place > 0) release += '.';
    release += number_at(static_cast<std::size_t>(place));
  }
  return arena.text(std::move(release));
}
Value dotted_release(Arena& arena, Arguments arguments) {
  return leading_numbers(arena, std::get<std::int64_t>(arguments[1]),
                         [&](std::size_t place) { return std::to_string(dotted(arguments[0]).at(place)); });
}
Value python_release(Arena& arena, Arguments arguments) {
  const auto numbers = split(python_version(arguments[0]).release(), '.');
  return leading_numbers(arena, std::get<std::int64_t>(arguments[1]), [&](std::size_t place) {
    return std::string(place < numbers.size() ? numbers[place] : "0");
  });
}
Value python_local(Arena&, Arguments arguments) {
  return python_version(arguments[0]).local();
}
Value python_public(Arena&, Arguments arguments) {
  return python_version(arguments[0]).public_text();
}
Value satisfies(Arena&, Arguments arguments) {
  return python::contains(*std::get<const python::SpecifierSet*>(arguments[1]), python_version(arguments[0]));
}

// What the architectures of the first argument say of the compute capability that is the second.
Value ask_architectures(Arena& arena, Arguments arguments, std::string_view function, auto decide) {
  std::vector<std::string_view> names;
  names.reserve(items(arguments[0]).size());
  for (const auto& item : items(arguments[0])) {
    if (!is_known(item)) return item;
    names.push_back(text(item));
  }
  const auto& capability = dotted(arguments[1]);
  const auto major = static_cast<int>(capability.at(0));
  const auto minor = static_cast<int>(capability.at(1));
  if (const auto answer = decide(names, gpu_code::ComputeCapability{major, minor})) return *answer;
  return arena.unknown({nullptr, std::string(function), "a name is no GPU architecture"});
}
Value runs_on(Arena& arena, Arguments arguments) {
  return ask_architectures(arena, arguments, "runs_on()", gpu_code::any_runs_on);
}
Value compiles_for(Arena& arena, Arguments arguments) {
  return ask_architectures(arena, arguments, "compiles_for()", gpu_code::any_compiles_for);
}

constexpr std::string_view kReleaseMeaning = "So many leading numbers with dots: 2.2 of 2.2.1 for 2";

std::vector<Function> all_functions() {
  return {
      {"size", Form::either, {kText}, kInt, size_of_text, "Code points of a text"},
      {"size", Form::either, {kAnyList}, kInt, size_of_list, "Items of a list"},
      {"size", Form::either, {kAnyMap}, kInt, size_of_map, "Entries of a map"},
      {"string", Form::global, {kText}, kText, same, "The text itself"},
      {"string", Form::global, {kBool}, kText, to_string, "true or false"},
      {"string", Form::global, {kInt}, kText, to_string, "Decimal digits"},
      {"string", Form::global, {kDotted}, kText, to_string, "The version as it was written"},
      {"string", Form::global, {kPython}, kText, to_string, "The version as it was written"},
      {"int", Form::global, {kInt}, kInt, same, "The number itself"},
      {"int", Form::global, {kText}, kInt, to_int, "The number that the text is; an error when it is none"},
      {"version", Form::global, {kText}, kDotted, to_version, "A dotted version; unknown when it is none"},
      {"version", Form::global, {kDotted}, kDotted, same, "The version itself"},
      {"python_version",
       Form::global,
       {kText},
       kPython,
       to_python_version,
       "A PEP 440 version; unknown when it is none"},
      {"python_version", Form::global, {kPython}, kPython, same, "The version itself"},
      {"specifier",
       Form::global,
       {kText},
       kSpecifier,
       to_specifier,
       "Specifiers of PEP 440: ~=2.2.0,!=2.2.3"},
      {"startsWith", Form::member, {kText, kText}, kBool, starts_with, "Whether the text begins so"},
      {"endsWith", Form::member, {kText, kText}, kBool, ends_with, "Whether the text ends so"},
      {"contains", Form::member, {kText, kText}, kBool, contains_text, "Whether the text holds the other"},
      {"lowerAscii", Form::member, {kText}, kText, lower, "A to Z made small"},
      {"trim", Form::member, {kText}, kText, trimmed, "Without white space at both ends"},
      {"split", Form::member, {kText, kText}, kTexts, split_text, "The pieces between separators"},
      {"join", Form::member, {kTexts}, kText, joined, "The texts in a row"},
      {"join", Form::member, {kTexts, kText}, kText, joined, "The texts, with a separator between them"},
      {"distinct", Form::member, {kTexts}, kTexts, distinct, "Each text once, in the order of the list"},
      {"major", Form::member, {kDotted}, kInt, dotted_number<0>, "The first number"},
      {"minor", Form::member, {kDotted}, kInt, dotted_number<1>, "The second number, or 0"},
      {"patch", Form::member, {kDotted}, kInt, dotted_number<2>, "The third number, or 0"},
      {"major", Form::member, {kPython}, kInt, python_number<0>, "The first number of the release"},
      {"minor", Form::member, {kPython}, kInt, python_number<1>, "The second number, or 0"},
      {"patch", Form::member, {kPython}, kInt, python_number<2>, "The third number, or 0"},
      {"release", Form::member, {kDotted, kInt}, kText, dotted_release, kReleaseMeaning},
      {"release", Form::member, {kPython, kInt}, kText, python_release, kReleaseMeaning},
      {"local", Form::member, {kPython}, kText, python_local, "What stands after '+': cu121; else empty"},
      {"public", Form::member, {kPython}, kText, python_public, "Without the local part, normalised: 2.2.0"},
      {"satisfies",
       Form::member,
       {kPython, kSpecifier},
       kBool,
       satisfies,
       "Whether PEP 440's specifiers admit the version; pre-releases are admitted"},
      {"runs_on",
       Form::member,
       {kTexts, kDotted},
       kBool,
       runs_on,
       "Whether machine code for one of the architectures runs on a GPU of the compute capability"},
      {"compiles_for",
       Form::member,
       {kTexts, kDotted},
       kBool,
       compiles_for,
       "Whether PTX for one of the architectures can be compiled for a GPU of the compute capability"},
  };
}

}  // namespace

const std::vector<Function>& functions() {
  static const std::vector<Function> kFunctions = all_functions();
  return kFunctions;
}

}  // namespace preflight::rules
