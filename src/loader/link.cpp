#include "loader/link.hpp"

#include <algorithm>
#include <set>

#include "elf/symbol_uses.hpp"

namespace preflight::loader {

namespace {

constexpr std::uint64_t kMostLookups = 200'000'000;  // of a symbol in a table

}  // namespace

Result<Links> Linker::check(const Process& process, ObjectIndex object) {
  const Image& image = *process.objects()[object].image;
  const auto needs = elf::needed_versions(image.file, image.dynamic);
  if (!needs) return needs.error();
  const auto& wanted = needed(image);
  if (!wanted) return wanted.error();
  Links links;
  check_versions(process, object, *needs, links);

  std::vector<const elf::SymbolTable*> tables;
  if (image.dynamic.symbolic) tables.push_back(table_of(image));
  for (const auto index : process.scope_of(object))
    tables.push_back(table_of(*process.objects()[index].image));
  std::erase(tables, nullptr);

  lookups_ += std::uint64_t{wanted->size()} * tables.size();
  if (lookups_ > kMostLookups) return Error{ErrorKind::too_large, "too many symbols to look up"};
  std::vector<const elf::UndefinedSymbol*> unbound;
  for (const auto& symbol : *wanted) {
    if (symbol.weak) continue;
    const elf::WantedSymbol looked_for(symbol);
    const bool is_defined = std::ranges::any_of(tables, [&](const elf::SymbolTable* table) {
      const auto found = table->find(looked_for);
      return found && *found;
    });
    if (!is_defined) unbound.push_back(&symbol);
  }
  if (unbound.empty()) return links;
  const auto uses = elf::read_symbol_uses(image.file, image.dynamic);
  if (!uses) return uses.error();
  for (const auto* const symbol : unbound) {
    const bool is_used = symbol->number < uses->size() && (*uses)[symbol->number] != elf::SymbolUse::none;
    if (is_used) links.undefined.push_back({object, symbol->name, symbol->version});
  }
  return links;
}

const Result<std::vector<elf::UndefinedSymbol>>& Linker::needed(const Image& image) {
  auto place = needed_.find(&image);
  if (place == needed_.end()) {
    place = needed_.emplace(&image, elf::undefined_symbols(image.file, image.dynamic)).first;
  }
  return place->second;
}

const elf::SymbolTable* Linker::table_of(const Image& image) {
  auto place = tables_.find(&image);
  if (place == tables_.end()) {
    place = tables_.emplace(&image, elf::SymbolTable::open(image.file, image.dynamic)).first;
  }
  return place->second ? &*place->second : nullptr;
}

const std::vector<std::string>& Linker::versions_of(const Image& image) {
  const auto [place, is_new] = versions_.try_emplace(&image);
  if (is_new) {
    auto defined = elf::defined_versions(image.file, image.dynamic);
    if (defined) place->second = std::move(*defined);
  }
  return place->second;
}

void Linker::check_versions(const Process& process, ObjectIndex object,
                            const std::vector<elf::NeededVersion>& needs, Links& links) {
  std::set<std::string_view> libraries;
  for (const auto& need : needs) libraries.insert(need.library);
  for (const auto library : libraries) {
    const auto server = process.find(library);
    if (!server) continue;  // it wasn't found, which is told elsewhere
    const Image& image = *process.objects()[*server].image;
    for (auto& version : elf::missing_versions(needs, library, versions_of(image))) {
      links.versions.push_back({object, std::move(version), image.path});
    }
  }
}

}  // namespace preflight::loader
