#include "doubles/fatbin_image.hpp"

namespace preflight::test {

namespace {

void put(std::string& out, std::uint64_t value, unsigned count) {
  for (unsigned place = 0; place < count; ++place) out += static_cast<char>(value >> (8 * place) & 0xffU);
}

void pad(std::string& out) {
  out.resize((out.size() + 7) / 8 * 8);
}

std::string entry_bytes(const FatbinImage::Entry& entry) {
  constexpr std::uint64_t kIs64BitForLinux = 0x11;
  std::string options = entry.options;
  pad(options);
  std::string code = entry.code;
  pad(code);
  const bool compressed = entry.compression != Compression::none;

  std::string out;
  put(out, entry.kind, 2);
  put(out, 0x101, 2);
  put(out, entry.header_size.value_or(static_cast<std::uint32_t>(64 + options.size())), 4);
  put(out, entry.code_size.value_or(code.size()), 8);
  put(out, compressed ? entry.code.size() : 0, 4);
  put(out, options.empty() ? 0 : 64, 4);
  put(out, entry.minor, 2);
  put(out, entry.major, 2);
  put(out, entry.architecture, 4);
  put(out, 0, 8);
  put(out,
      kIs64BitForLinux | static_cast<std::uint64_t>(entry.variant) |
          static_cast<std::uint64_t>(entry.compression),
      8);
  put(out, 0, 8);
  put(out, compressed ? 10 * entry.code.size() : 0, 8);
  return out + options + code;
}

}  // namespace

std::string FatbinImage::bytes() const {
  std::string content;
  for (const auto& entry : entries) content += entry_bytes(entry);
  std::string out;
  put(out, magic, 4);
  put(out, 1, 2);
  put(out, header_size, 2);
  put(out, size.value_or(content.size()), 8);
  return out + content;
}

}  // namespace preflight::test
