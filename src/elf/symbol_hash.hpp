// The hash tables through which the dynamic loader finds symbols: DT_GNU_HASH, or else DT_HASH (gABI).
#pragma once

#include <functional>
#include <optional>

#include "elf/dynamic.hpp"

namespace preflight::elf {

// A file with more dynamic symbols is refused, and so is a chain of more symbols.
constexpr std::uint32_t kMostSymbols = std::uint32_t{1} << 22U;
constexpr std::uint32_t kLongestChain = 4096;

std::uint32_t gnu_hash(std::string_view name);
std::uint32_t sysv_hash(std::string_view name);

class SymbolHash {
 public:
  // Reads the filter of a GNU table; buckets and chains are read when they are needed. A file without either
  // table has an empty one. Only the file's source must outlive this.
  static Result<SymbolHash> open(const File& file, const Dynamic& dynamic);

  // Whether a symbol whose name has this GNU hash may be here. Costs one look at memory.
  bool may_hold(std::uint32_t hash) const;

  // Calls `accept` with the number of every symbol that may have this name, in the loader's order, until it
  // returns true. `hash` is the name's gnu_hash.
  using Accept = std::function<Result<bool>(std::uint32_t)>;
  std::optional<Error> visit(std::string_view name, std::uint32_t hash, const Accept& accept) const;

  // The number of the first symbol in the GNU table. Those before are not defined, or not for others. 0 when
  // there is no such table, or nothing in it: then the number means nothing.
  Result<std::uint32_t> first_hashed() const;

  // How many symbols the file has; 0 when the tables don't tell.
  Result<std::uint32_t> symbol_count() const;

 private:
  std::optional<Error> visit_gnu(std::uint32_t hash, const Accept& accept) const;
  std::optional<Error> visit_sysv(std::string_view name, const Accept& accept) const;
  Result<std::uint32_t> last_bucket() const;

  bool is_gnu_ = false;
  std::uint32_t bucket_count_ = 0;
  Extent buckets_;
  Extent chains_;
  std::uint32_t chain_count_ = 0;  // DT_HASH: of all symbols; also where both tables are

  std::uint32_t first_ = 0;
  std::uint32_t shift_ = 0;
  std::uint32_t word_bits_ = 64;
  std::vector<std::uint64_t> filter_;
};

}  // namespace preflight::elf
