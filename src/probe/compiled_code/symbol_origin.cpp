#include "probe/compiled_code/symbol_origin.hpp"

#include <algorithm>
#include <array>

namespace preflight::probe::compiled_code {

namespace {

using namespace std::string_view_literals;

bool starts_with_any(std::string_view text, const auto& prefixes) {
  return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return text.starts_with(prefix); });
}

bool contains_any(std::string_view text, const auto& pieces) {
  return std::ranges::any_of(
      pieces, [&](std::string_view piece) { return text.find(piece) != std::string_view::npos; });
}

// Namespaces of torch in mangled names (Itanium C++ ABI: the length, then the name), and its C interfaces.
constexpr std::array kTorchNamespaces = {"N2at"sv,     "NK2at"sv,    "N3c10"sv,  "NK3c10"sv,  "N5torch"sv,
                                         "NK5torch"sv, "N6caffe2"sv, "N4c10d"sv, "NK4c10d"sv, "NK6caffe2"sv};
constexpr std::array kTorchFunctions = {"aoti_torch_"sv, "torch_"sv, "THP"sv, "_Z8THP"sv};

constexpr std::array kCudaFunctions = {"cuda"sv,     "__cuda"sv,    "cublas"sv,      "cudnn"sv, "cufft"sv,
                                       "cusparse"sv, "cusolver"sv,  "curand"sv,      "nccl"sv,  "pnccl"sv,
                                       "nvrtc"sv,    "nvJitLink"sv, "__nvJitLink"sv, "cupti"sv, "nvtx"sv,
                                       "cufile"sv,   "cuFile"sv,    "nvjpeg"sv,      "npp"sv};

bool is_upper(char character) {
  return character >= 'A' && character <= 'Z';
}

}  // namespace

std::string_view to_text(SymbolOrigin origin) {
  switch (origin) {
    case SymbolOrigin::torch:
      return "torch";
    case SymbolOrigin::cuda:
      return "cuda";
    case SymbolOrigin::driver:
      return "driver";
    case SymbolOrigin::python:
      return "python";
    case SymbolOrigin::cxx:
      return "cxx";
    case SymbolOrigin::other:
      return "other";
  }
  return "";
}

bool is_driver_function(std::string_view symbol) {
  if (symbol.starts_with("nvml") && symbol.size() > 4) return is_upper(symbol[4]);
  return symbol.starts_with("cu") && symbol.size() > 2 && is_upper(symbol[2]) &&
         !symbol.starts_with("cuFile");
}

SymbolOrigin origin_of(std::string_view symbol, std::string_view version) {
  if (starts_with_any(version, std::array{"GLIBC_"sv, "GLIBCXX_"sv, "CXXABI_"sv, "GCC_"sv})) {
    return SymbolOrigin::cxx;
  }
  if (symbol.starts_with("_Z")) {
    // A template of the standard library over torch's types is torch's as well.
    if (contains_any(symbol, kTorchNamespaces)) return SymbolOrigin::torch;
    if (starts_with_any(symbol, std::array{"_ZSt"sv, "_ZNSt"sv, "_ZNKSt"sv, "_ZTISt"sv, "_ZTVSt"sv,
                                           "_ZTVN10__cxxabiv1"sv})) {
      return SymbolOrigin::cxx;
    }
  }
  if (starts_with_any(symbol, kTorchFunctions)) return SymbolOrigin::torch;
  if (is_driver_function(symbol)) return SymbolOrigin::driver;
  if (starts_with_any(symbol, kCudaFunctions)) return SymbolOrigin::cuda;
  if (starts_with_any(symbol, std::array{"Py"sv, "_Py"sv})) return SymbolOrigin::python;
  return SymbolOrigin::other;
}

}  // namespace preflight::probe::compiled_code
