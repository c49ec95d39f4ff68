#include "doubles/hidden_symbols.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace preflight {

void copy_without_symbols(const std::filesystem::path& library, const std::filesystem::path& copy,
                          const std::vector<std::string>& symbols) {
  std::ifstream source(library, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(source)), std::istreambuf_iterator<char>());
  for (const auto& symbol : symbols) {
    const std::string name = '\0' + symbol + '\0';
    auto at = bytes.find(name);
    if (at == std::string::npos) throw std::runtime_error(library.string() + " has no symbol " + symbol);
    for (; at != std::string::npos; at = bytes.find(name, at)) bytes[at + 1] = '-';
  }
  std::ofstream target(copy, std::ios::binary);
  target.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!target.flush()) throw std::runtime_error("can't write " + copy.string());
}

}  // namespace preflight
