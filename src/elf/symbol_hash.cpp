#include "elf/symbol_hash.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace preflight::elf {

namespace {

constexpr std::uint64_t kGnuHeaderSize = 16;
constexpr std::uint64_t kSysvHeaderSize = 8;
constexpr std::uint32_t kMostFilterWords = std::uint32_t{1} << 20U;

Error malformed(const char* what) {
  return {ErrorKind::malformed, what};
}

}  // namespace

std::uint32_t gnu_hash(std::string_view name) {
  std::uint32_t hash = 5381;
  for (const char character : name) hash = hash * 33 + static_cast<unsigned char>(character);
  return hash;
}

std::uint32_t sysv_hash(std::string_view name) {
  std::uint32_t hash = 0;
  for (const char character : name) {
    hash = (hash << 4U) + static_cast<unsigned char>(character);
    const std::uint32_t high = hash & 0xf0000000U;
    hash = (hash ^ (high >> 24U)) & ~high;
  }
  return hash;
}

Result<SymbolHash> SymbolHash::open(const File& file, const Dynamic& dynamic) {
  SymbolHash table;
  if (dynamic.sysv_hash != 0) {
    const auto all = Extent::from(file, dynamic.sysv_hash);
    if (!all) return all.error();
    const auto buckets = all->u32_at(0);
    const auto chains = all->u32_at(4);
    if (!buckets || !chains) return malformed("a truncated hash table");
    const std::uint64_t bucket_size = std::uint64_t{*buckets} * 4;
    if (all->size() < kSysvHeaderSize + bucket_size + std::uint64_t{*chains} * 4) {
      return malformed("a hash table beyond the loaded segments");
    }
    if (*chains > kMostSymbols) return Error{ErrorKind::too_large, "too many symbols"};
    table.bucket_count_ = *buckets;
    table.chain_count_ = *chains;
    table.buckets_ = all->without_first(kSysvHeaderSize);
    table.chains_ = table.buckets_.without_first(bucket_size);
  }
  if (dynamic.gnu_hash == 0) return table;

  const auto all = Extent::from(file, dynamic.gnu_hash);
  if (!all) return all.error();
  std::array<std::byte, kGnuHeaderSize> header{};
  if (auto error = all->fill(0, header)) return std::move(*error);
  Fields fields(header, file.layout());
  table.is_gnu_ = true;
  table.bucket_count_ = fields.u32();
  table.first_ = fields.u32();
  const std::uint32_t words = fields.u32();
  table.shift_ = fields.u32();
  table.word_bits_ = file.layout().width == Width::bits64 ? 64 : 32;
  if (!std::has_single_bit(words) || table.shift_ >= 32) return malformed("a wrong filter in a hash table");
  if (words > kMostFilterWords) return Error{ErrorKind::too_large, "too large a filter in a hash table"};
  const std::uint64_t filter_size = std::uint64_t{words} * table.word_bits_ / 8;
  const std::uint64_t bucket_size = std::uint64_t{table.bucket_count_} * 4;
  if (all->size() < kGnuHeaderSize + filter_size + bucket_size) {
    return malformed("a hash table beyond the loaded segments");
  }
  std::vector<std::byte> bytes(static_cast<std::size_t>(filter_size));
  if (auto error = all->fill(kGnuHeaderSize, bytes)) return std::move(*error);
  table.filter_.reserve(words);
  Fields filter(bytes, file.layout());
  for (std::uint32_t index = 0; index < words; ++index) table.filter_.push_back(filter.word());
  table.buckets_ = all->without_first(kGnuHeaderSize + filter_size);
  table.chains_ = table.buckets_.without_first(bucket_size);
  return table;
}

bool SymbolHash::may_hold(std::uint32_t hash) const {
  if (bucket_count_ == 0) return false;
  if (!is_gnu_) return true;
  const std::uint64_t word = filter_[hash / word_bits_ & (filter_.size() - 1)];
  return ((word >> (hash % word_bits_)) & (word >> ((hash >> shift_) % word_bits_)) & 1U) != 0;
}

std::optional<Error> SymbolHash::visit(std::string_view name, std::uint32_t hash,
                                       const Accept& accept) const {
  if (!may_hold(hash)) return std::nullopt;
  return is_gnu_ ? visit_gnu(hash, accept) : visit_sysv(name, accept);
}

std::optional<Error> SymbolHash::visit_gnu(std::uint32_t hash, const Accept& accept) const {
  const auto start = buckets_.u32_at(std::uint64_t{hash % bucket_count_} * 4);
  if (!start) return start.error();
  if (*start == 0) return std::nullopt;
  if (*start < first_) return malformed("a bucket before the first symbol of its hash table");
  for (std::uint32_t index = 0; index < kLongestChain; ++index) {
    const auto entry = chains_.u32_at((std::uint64_t{*start} - first_ + index) * 4);
    if (!entry) return entry.error();
    if (((*entry ^ hash) >> 1U) == 0) {
      const auto accepted = accept(*start + index);
      if (!accepted) return accepted.error();
      if (*accepted) return std::nullopt;
    }
    if ((*entry & 1U) != 0) return std::nullopt;
  }
  return malformed("an endless chain in a hash table");
}

std::optional<Error> SymbolHash::visit_sysv(std::string_view name, const Accept& accept) const {
  auto number = buckets_.u32_at(std::uint64_t{sysv_hash(name) % bucket_count_} * 4);
  for (std::uint32_t count = 0; count < kLongestChain; ++count) {
    if (!number) return number.error();
    if (*number == 0) return std::nullopt;
    if (*number >= chain_count_) return malformed("a symbol outside of its hash table");
    const auto accepted = accept(*number);
    if (!accepted) return accepted.error();
    if (*accepted) return std::nullopt;
    number = chains_.u32_at(std::uint64_t{*number} * 4);
  }
  return malformed("an endless chain in a hash table");
}

// The bucket whose chain holds the last symbol.
Result<std::uint32_t> SymbolHash::last_bucket() const {
  if (bucket_count_ > kMostSymbols) return Error{ErrorKind::too_large, "too many buckets in a hash table"};
  std::vector<std::byte> bytes(std::size_t{bucket_count_} * 4);
  if (auto error = buckets_.fill(0, bytes)) return std::move(*error);
  Fields fields(bytes, buckets_.layout());
  std::uint32_t last = 0;
  for (std::uint32_t index = 0; index < bucket_count_; ++index) last = std::max(last, fields.u32());
  return last;
}

Result<std::uint32_t> SymbolHash::first_hashed() const {
  if (!is_gnu_) return std::uint32_t{0};
  const auto last = last_bucket();
  if (!last) return last.error();
  return *last == 0 ? 0 : first_;
}

Result<std::uint32_t> SymbolHash::symbol_count() const {
  if (chain_count_ != 0 || !is_gnu_) return chain_count_;
  const auto last = last_bucket();
  if (!last) return last.error();
  if (*last == 0) return std::uint32_t{0};
  if (*last < first_) return malformed("a bucket before the first symbol of its hash table");
  for (std::uint64_t number = *last; number < kMostSymbols; ++number) {
    const auto entry = chains_.u32_at((number - first_) * 4);
    if (!entry) return entry.error();
    if ((*entry & 1U) != 0) return static_cast<std::uint32_t>(number + 1);
  }
  return Error{ErrorKind::too_large, "too many symbols"};
}

}  // namespace preflight::elf
