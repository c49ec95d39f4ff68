#include "python/name.hpp"

#include "python/characters.hpp"

namespace preflight::python {

std::string normalize_name(std::string_view name) {
  std::string normalized;
  normalized.reserve(name.size());
  for (const char c : name) {
    if (c != '-' && c != '_' && c != '.') {
      normalized += lower(c);
    } else if (normalized.empty() || normalized.back() != '-') {
      normalized += '-';
    }
  }
  return normalized;
}

}  // namespace preflight::python
