// The names that expressions may use, found quickly, and the nearest ones to a wrong name.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "facts/registry.hpp"

namespace preflight::rules {

constexpr std::uint32_t kNoPlace = ~std::uint32_t{0};

// The fact's place among its kind's; kNoPlace when it is not declared.
std::uint32_t fact_place(const facts::SubjectKind& kind, std::string_view path);

// Whether any fact of the kind has a path that is `prefix` or goes on below it ("torch" of "torch.cuda").
bool is_path_prefix(const facts::SubjectKind& kind, std::string_view prefix);

// The kind's place in subject_kinds(), by name or plural; their number when there is none.
std::size_t kind_place(std::string_view name);
std::size_t kind_of_plural(std::string_view plural);

// The few nearest to a wrong name, the nearest first; none when nothing is near.
std::vector<std::string_view> nearest_names(std::string_view wrong, std::span<const std::string_view> names);
// " (nearest: driver.module_version, driver.library_version)"; empty when nothing is near.
std::string nearest(std::string_view wrong, std::span<const std::string_view> names);
std::string nearest_facts(const facts::SubjectKind& kind, std::string_view wrong, std::string_view prefix);

}  // namespace preflight::rules
