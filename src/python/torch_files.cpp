#include "python/torch_files.hpp"

#include <array>
#include <utility>

#include "python/characters.hpp"
#include "support/text.hpp"

namespace preflight::python {

namespace {

// The text between the quotes of 'x' or "x"; nothing for None and everything else.
std::string string_literal(std::string_view text) {
  if (text.empty() || (text.front() != '\'' && text.front() != '"')) return {};
  const auto end = text.find(text.front(), 1);
  return end == std::string_view::npos ? std::string() : std::string(text.substr(1, end - 1));
}

// "cuda" of "cuda: Optional[str] = '12.1'".
std::string_view assigned_name(std::string_view left) {
  return trim(left.substr(0, left.find(':')));
}

}  // namespace

TorchBuild parse_torch_version_file(std::string_view text) {
  TorchBuild build;
  const std::array<std::pair<std::string_view, std::string*>, 5> fields = {{{"__version__", &build.version},
                                                                            {"cuda", &build.cuda},
                                                                            {"hip", &build.hip},
                                                                            {"xpu", &build.xpu},
                                                                            {"git_version", &build.git}}};
  for (const auto line : lines(text)) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = assigned_name(line.substr(0, equals));
    for (const auto& [wanted, field] : fields) {
      if (name == wanted) *field = string_literal(trim(line.substr(equals + 1)));
    }
  }
  return build;
}

std::optional<bool> read_cxx11_abi_of_cmake(std::string_view text) {
  constexpr std::string_view kFlag = "-D_GLIBCXX_USE_CXX11_ABI=";
  const auto place = text.find(kFlag);
  if (place == std::string_view::npos || place + kFlag.size() >= text.size()) return {};
  const char digit = text[place + kFlag.size()];
  if (digit != '0' && digit != '1') return {};
  return digit == '1';
}

std::optional<bool> read_cxx11_abi_of_module(std::string_view text) {
  const auto place = text.find("\ndef compiled_with_cxx11_abi(");
  if (place == std::string_view::npos) return {};
  const auto body = text.substr(place + 1);
  for (const auto line : lines(body.substr(0, body.find("\n\n\n")))) {
    if (trim(line) == "return True") return true;
    if (trim(line) == "return False") return false;
  }
  return {};
}

}  // namespace preflight::python
