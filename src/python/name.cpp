#include "python/name.hpp"

#include "python/characters.hpp"

namespace preflight::python {

std::string normalize_name(std::string_view name) {
  std::string normalized(name);
  std::size_t size = 0;
  for (const char c : name) {
    const bool is_separator = c == '-' || c == '_' || c == '.';
    if (is_separator && size > 0 && normalized[size - 1] == '-') continue;
    normalized[size++] = is_separator ? '-' : lower(c);
  }
  normalized.resize(size);
  return normalized;
}

}  // namespace preflight::python
