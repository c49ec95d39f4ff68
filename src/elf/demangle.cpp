#include "elf/demangle.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <cxxabi.h>
#include <memory>
#include <optional>

#include "support/utf8.hpp"

namespace preflight::elf {

namespace {

constexpr std::size_t kLongestMangled = 4096;
constexpr std::size_t kLongestDemangled = 8192;
constexpr double kMostUnfolded = 1U << 26U;  // characters

bool is_sequence_letter(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z');
}

// An upper bound of the text's length. A name refers back to parts of itself ("S1_", "T_"), which may do the
// same: with r references, and packs each repeated for as many elements as there are letters, it unfolds to
// at most letters^(packs + 1) * 3^(r / 3) characters. Letters that only look like references raise the bound.
double most_unfolded(std::string_view symbol) {
  double references = 0;
  double packs = 0;
  for (std::size_t at = 0; at + 1 < symbol.size(); ++at) {
    const auto two = symbol.substr(at, 2);
    // In "dispatch", which is in many names, the letters could only stand for the alignment of a char.
    if (two == "Dp" || (two == "sp" && !symbol.substr(at).starts_with("spatc"))) ++packs;
    if (two.front() != 'S' && two.front() != 'T') continue;
    const auto rest = symbol.substr(at + 1);
    const auto end = std::ranges::find_if_not(rest, is_sequence_letter);
    if (end != rest.end() && *end == '_') ++references;
  }
  return std::pow(static_cast<double>(symbol.size()), packs + 1) * std::pow(3.0, references / 3);
}

std::optional<std::string> demangled(std::string_view symbol) {
  if (!symbol.starts_with("_Z") || symbol.size() > kLongestMangled ||
      symbol.find('\0') != std::string_view::npos || most_unfolded(symbol) > kMostUnfolded) {
    return std::nullopt;
  }
  const std::string terminated(symbol);
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(terminated.c_str(), nullptr, nullptr, &status), &std::free);
  if (text == nullptr || status != 0) return std::nullopt;
  std::string name(text.get());
  if (name.size() > kLongestDemangled) return std::nullopt;
  return name;
}

bool continues_identifier(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

}  // namespace

std::string demangle(std::string_view symbol) {
  const auto name = demangled(symbol);
  return to_valid_utf8(name ? std::string_view(*name) : symbol);
}

bool mentions_new_abi(std::string_view symbol) {
  return symbol.find("7__cxx11") != std::string_view::npos ||
         symbol.find("B5cxx11") != std::string_view::npos;
}

bool mentions_old_abi_string(std::string_view symbol) {
  const auto name = demangled(symbol);
  if (!name) return false;
  for (const std::string_view word : {"std::string", "std::basic_string"}) {
    for (auto at = name->find(word); at != std::string::npos; at = name->find(word, at + 1)) {
      const std::size_t end = at + word.size();
      const bool starts = at == 0 || (!continues_identifier((*name)[at - 1]) && (*name)[at - 1] != ':');
      if (starts && (end == name->size() || !continues_identifier((*name)[end]))) return true;
    }
  }
  return false;
}

}  // namespace preflight::elf
