#include "elf/contents.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace preflight::elf {

namespace {

// string_view::find from a place on; memmem(3) is several times as fast on tables of text.
std::size_t find_from(std::string_view text, std::string_view wanted, std::size_t from) {
  const void* const found = ::memmem(text.data() + from, text.size() - from, wanted.data(), wanted.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace

Result<bool> find_text(const File& file, const Section& section, std::string_view prefix, std::uint64_t limit,
                       const std::function<bool(std::string_view)>& accept) {
  if (section.type == kSectionNoBits || prefix.empty()) return false;
  const std::uint64_t size = std::min(section.size, limit);
  if (section.offset > UINT64_MAX - size) return Error{ErrorKind::malformed, "truncated"};
  constexpr std::uint64_t kStep = std::uint64_t{1} << 18U;
  for (std::uint64_t start = 0; start < size; start += kStep) {
    // Each piece overlaps the next by the longest text, so that none is cut.
    const std::uint64_t length = std::min(size - start, kStep + kLongestText);
    const auto bytes = file.read(section.offset + start, length);
    if (!bytes) return bytes.error();
    const std::string_view view(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    for (auto at = find_from(view, prefix, 0); at < kStep; at = find_from(view, prefix, at + 1)) {
      const auto text = view.substr(at, kLongestText);
      if (accept(text.substr(0, text.find('\0')))) return true;
    }
  }
  return false;
}

}  // namespace preflight::elf
