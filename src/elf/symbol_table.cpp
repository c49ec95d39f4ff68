#include "elf/symbol_table.hpp"

#include <algorithm>

namespace preflight::elf {

namespace {

constexpr std::uint16_t kAbsoluteSection = 0xfff1;
constexpr std::uint8_t kThreadLocal = 6;
// Of the numbers of versions, the base version and the first one that a file defines: the oldest. Who asks
// for no version was linked before there were any.
constexpr std::uint16_t kOldestVersion = 2;

// NOTYPE, OBJECT, FUNC, COMMON, TLS and GNU_IFUNC: code or data.
bool is_code_or_data(std::uint8_t type) {
  return type <= 2 || type == 5 || type == kThreadLocal || type == 10;
}

bool offers_definition(const SymbolEntry& entry) {
  return entry.defined() && is_code_or_data(entry.type) &&
         (entry.value != 0 || entry.section == kAbsoluteSection || entry.type == kThreadLocal);
}

enum class Match {
  no,
  only_if_alone,  // a version that was not asked for: good when the file has no second one to offer
  yes
};

Result<Match> match_version(const SymbolEntries& table, std::uint32_t symbol, const WantedSymbol& wanted) {
  if (!table.has_versions()) return Match::yes;
  const auto number = table.version_number(symbol);
  if (!number) return number.error();
  if (wanted.version.empty()) {
    if (number->number <= kOldestVersion) return Match::yes;
    return number->hidden ? Match::no : Match::only_if_alone;
  }
  const auto& version = table.version(*number);
  if (version.name == wanted.version) return Match::yes;
  const bool unversioned = version.name.empty() && !number->hidden;
  return unversioned && !wanted.version_is_hidden ? Match::only_if_alone : Match::no;
}

}  // namespace

Result<SymbolTable> SymbolTable::open(const File& file, const Dynamic& dynamic) {
  SymbolTable table;
  auto entries = SymbolEntries::open(file, dynamic);
  if (!entries) return entries.error();
  table.entries_ = std::move(*entries);
  auto hash = SymbolHash::open(file, dynamic);
  if (!hash) return hash.error();
  table.hash_ = std::move(*hash);
  return table;
}

Result<std::optional<Symbol>> SymbolTable::find(const WantedSymbol& wanted) const {
  if (!hash_.may_hold(wanted.hash)) return std::optional<Symbol>();
  std::optional<SymbolEntry> found;
  std::optional<SymbolEntry> other;
  std::size_t others = 0;
  auto error = hash_.visit(wanted.name, wanted.hash, [&](std::uint32_t number) -> Result<bool> {
    const auto entry = entries_.at(number);
    if (!entry) return entry.error();
    if (!offers_definition(*entry)) return false;
    auto named = entries_.names().holds_text(entry->name, wanted.name);
    if (!named || !*named) return named;
    const auto match = match_version(entries_, number, wanted);
    if (!match) return match.error();
    if (*match == Match::yes) found = *entry;
    if (*match == Match::only_if_alone && others++ == 0) other = *entry;
    return *match == Match::yes;
  });
  if (error) return std::move(*error);
  if (!found && others == 1) found = other;
  if (!found || !found->is_shared()) return std::optional<Symbol>();
  return std::optional(Symbol{found->value, found->size, found->binding});
}

Result<Symbol> find_symbol(const File& file, std::string_view name) {
  const auto dynamic = read_dynamic(file);
  if (!dynamic) return dynamic.error();
  const auto table = SymbolTable::open(file, *dynamic);
  if (!table) return table.error();
  const auto symbol = table->find(WantedSymbol(name));
  if (!symbol) return symbol.error();
  if (!*symbol) return Error{ErrorKind::not_found, "no symbol " + std::string(name)};
  return **symbol;
}

Result<std::vector<std::byte>> read_symbol(const File& file, const Symbol& symbol, std::size_t limit) {
  return file.read_address(symbol.value, std::min<std::uint64_t>(symbol.size, limit));
}

}  // namespace preflight::elf
