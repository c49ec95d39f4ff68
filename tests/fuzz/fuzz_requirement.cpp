// Versions, specifiers, requirements, markers and metadata of any bytes: no crash, and texts that were
// printed mean what they meant before.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "python/check.hpp"
#include "python/requirement.hpp"
#include "python/specifier.hpp"
#include "python/version.hpp"

namespace {

using namespace preflight::python;

void require(bool holds) {
  if (!holds) std::abort();
}

MarkerEnvironment some_environment() {
  MarkerEnvironment environment;
  environment.os_name = "posix";
  environment.python_version = "3.11";
  environment.python_full_version = "3.11.0+";
  environment.sys_platform = "linux";
  return environment;
}

void try_versions(std::string_view left, std::string_view right) {
  const auto a = parse_version(left);
  const auto b = parse_version(right);
  if (!a || !b) return;
  require(parse_version(a->text())->text() == a->text());
  require((*a < *b) == (*b > *a));
  require(*a == *a);
}

void try_specifiers(std::string_view text, std::string_view version_text) {
  const auto specifiers = parse_specifier_set(text);
  const auto version = parse_version(version_text);
  if (!specifiers) return;
  const auto again = parse_specifier_set(to_text(*specifiers));
  require(bool(again));
  if (version) require(contains(*specifiers, *version) == contains(*again, *version));
}

void try_requirement(std::string_view text) {
  const auto requirement = parse_requirement(text);
  if (!requirement) return;
  (void)to_text(*requirement);
  if (requirement->marker) (void)evaluate(*requirement->marker, some_environment(), "extra");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view first = text.substr(0, text.find('\n'));
  const std::string_view second = text.substr(first.size() < size ? first.size() + 1 : size);
  try_versions(first, second);
  try_specifiers(first, second);
  try_requirement(text);
  Metadata metadata = parse_metadata(text);
  add_requires_txt(text, metadata);
  (void)check_requirements({metadata, parse_metadata(second)}, some_environment());
  return 0;
}
