#include "elf/contents.hpp"

#include <algorithm>
#include <cstdint>

namespace preflight::elf {

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
    for (auto at = view.find(prefix); at < kStep; at = view.find(prefix, at + 1)) {
      const auto text = view.substr(at, kLongestText);
      if (accept(text.substr(0, text.find('\0')))) return true;
    }
  }
  return false;
}

}  // namespace preflight::elf
