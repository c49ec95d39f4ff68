#include "probe/libraries/version.hpp"

#include <algorithm>
#include <array>

#include "elf/contents.hpp"
#include "elf/symbol_table.hpp"
#include "probe/libraries/known.hpp"
#include "probe/libraries/machine_code.hpp"
#include "support/version.hpp"

namespace preflight::probe::libraries {

namespace {

constexpr std::uint64_t kMostText = std::uint64_t{8} << 20U;
constexpr std::uint64_t kMostDriverText = std::uint64_t{4} << 20U;
constexpr std::size_t kMostCode = 4096;

Error not_established(std::string what) {
  return {ErrorKind::malformed, std::move(what)};
}

bool is_driver_version(std::string_view text) {
  const auto version = parse_dotted_version(text);
  return version && version->numbers.size() >= 2 && version->at(0) >= 100 && version->at(0) < 1000;
}

// The driver version in a text of libcuda: "nvidia-application-profiles-535.104.05-rc",
// "libnvidia-pkcs11.so.535.104.05".
std::optional<std::string> version_in_cuda_text(std::string_view text) {
  for (const std::string_view mark : {"-profiles-", ".so."}) {
    const auto at = text.find(mark);
    if (at == std::string_view::npos) continue;
    const auto version = leading_dotted_version(text.substr(at + mark.size()));
    if (is_driver_version(version)) return std::string(version);
  }
  return std::nullopt;
}

// The version of NVML: that of CUDA's major, then the driver's: "12.535.104.05".
std::optional<std::string> version_in_nvml_text(std::string_view text) {
  const auto dot = text.find('.');
  if (dot != 2 || !is_driver_version(text.substr(dot + 1))) return std::nullopt;
  return std::string(text.substr(dot + 1));
}

// The last bytes of a section, where the compiler puts the longer constants' texts.
elf::Section tail(elf::Section section, std::uint64_t size) {
  if (section.size <= size || section.offset > UINT64_MAX - section.size) return section;
  section.offset += section.size - size;
  section.size = size;
  return section;
}

std::optional<std::string> version_in_driver_texts(const elf::File& file, std::string_view library) {
  const auto section = file.section(".rodata");
  if (!section) return std::nullopt;
  std::optional<std::string> version;
  const auto look = [&](std::string_view prefix, auto read) {
    (void)elf::find_text(file, tail(*section, kMostDriverText), prefix, kMostDriverText,
                         [&](std::string_view text) {
                           version = read(text);
                           return version.has_value();
                         });
  };
  if (library == "libcuda") look("nvidia-", version_in_cuda_text);
  if (library == "libnvidia-ml") look("1", version_in_nvml_text);
  return version;
}

std::optional<std::uint32_t> constant_returned_by(const elf::File& file, std::string_view function) {
  if (file.header().machine != elf::Machine::x86_64) return std::nullopt;
  const auto symbol = elf::find_symbol(file, function);
  if (!symbol) return std::nullopt;
  const auto code = elf::read_symbol(file, *symbol, kMostCode);
  if (!code) return std::nullopt;
  return returned_constant(*code);
}

// "cudnn_version_9_19_0_56_...": the first three numbers.
std::optional<std::string> version_in_cudnn_text(std::string_view text, std::string_view prefix) {
  std::string dotted(text.substr(prefix.size()));
  std::ranges::replace(dotted, '_', '.');
  const auto version = parse_dotted_version(leading_dotted_version(dotted));
  if (!version || version->numbers.size() < 3) return std::nullopt;
  return std::to_string(version->at(0)) + '.' + std::to_string(version->at(1)) + '.' +
         std::to_string(version->at(2));
}

Result<FoundVersion> cudnn_version_in(const elf::File& file, std::string_view path) {
  if (const auto number = constant_returned_by(file, "cudnnGetVersion")) {
    if (auto version = decode_cudnn_version(*number)) {
      return FoundVersion{std::move(*version), "", std::string(path) + " cudnnGetVersion"};
    }
  }
  const auto section = file.section(".rodata");
  if (!section) return section.error();
  constexpr std::string_view kPrefix = "cudnn_version_";
  std::optional<std::string> version;
  const auto found = elf::find_text(file, *section, kPrefix, kMostText, [&](std::string_view text) {
    version = version_in_cudnn_text(text, kPrefix);
    return version.has_value();
  });
  if (!found) return found.error();
  if (!version) return not_established("cuDNN states its version in no known way");
  return FoundVersion{std::move(*version), "", std::string(path) + " .rodata"};
}

}  // namespace

Result<FoundVersion> driver_library_version(const elf::File& file, std::string_view library,
                                            std::string_view path) {
  if (auto version = version_in_driver_texts(file, library)) {
    return FoundVersion{std::move(*version), "", std::string(path) + " .rodata"};
  }
  if (auto version = version_in_name(target::base_name(path))) {
    return FoundVersion{std::move(*version), "", "the name of " + std::string(path)};
  }
  return not_established("neither its texts nor its name tell a version");
}

Result<FoundVersion> nccl_version(const elf::File& file, std::string_view path) {
  const auto section = file.section(".rodata");
  if (!section) return section.error();
  constexpr std::string_view kPrefix = "NCCL version ";
  FoundVersion result{"", "", std::string(path) + " .rodata"};
  const auto found = elf::find_text(file, *section, kPrefix, kMostText, [&](std::string_view text) {
    text.remove_prefix(kPrefix.size());
    const auto version = leading_dotted_version(text);
    constexpr std::string_view kCudaTag = "+cuda";
    if (version.empty() || !text.substr(version.size()).starts_with(kCudaTag)) return false;
    result.version = version;
    result.cuda = leading_dotted_version(text.substr(version.size() + kCudaTag.size()));
    return true;
  });
  if (!found) return found.error();
  if (!*found) return not_established("no text \"NCCL version\" with a version");
  return result;
}

Result<FoundVersion> cudnn_version(const target::FileTree& files, const elf::File& file,
                                   std::string_view path) {
  const auto name = target::base_name(path);
  const auto major = name.rfind(".so.");
  constexpr std::array<std::string_view, 2> kKnowing = {"libcudnn_graph", "libcudnn_ops_infer"};
  for (const auto library : kKnowing) {
    if (major == std::string_view::npos) break;
    // "libcudnn.so.8" and "libcudnn.so.8.9.7" alike stand beside "libcudnn_ops_infer.so.8".
    const auto number = name.substr(major + 4);
    const auto beside =
        target::join_path(target::parent_path(path),
                          std::string(library) + ".so." + std::string(number.substr(0, number.find('.'))));
    const auto source = files.open(beside);
    if (!source) continue;
    const auto knowing = elf::File::open(**source);
    if (!knowing) continue;
    if (auto version = cudnn_version_in(*knowing, beside)) return version;
  }
  return cudnn_version_in(file, path);
}

Result<FoundVersion> cudart_version(const elf::File& file, std::string_view path) {
  if (file.header().machine != elf::Machine::x86_64) {
    return not_established("the version of libcudart can be read on x86-64 only");
  }
  const auto symbol = elf::find_symbol(file, "cudaRuntimeGetVersion");
  if (!symbol) return symbol.error();
  const auto code = elf::read_symbol(file, *symbol, kMostCode);
  if (!code) return code.error();
  const std::string source = std::string(path) + " cudaRuntimeGetVersion";
  if (const auto number = stored_constant(*code)) {
    if (auto version = decode_cuda_version(*number)) return FoundVersion{std::move(*version), "", source};
  }
  // Behind the profiling hooks it calls the function that stores the number.
  for (const std::uint64_t address : call_targets(*code, symbol->value)) {
    const auto called = file.read_address(address, 16);
    if (!called) continue;
    const auto number = stored_constant(*called);
    if (!number) continue;
    if (auto version = decode_cuda_version(*number)) return FoundVersion{std::move(*version), "", source};
  }
  return not_established("cudaRuntimeGetVersion states no version in a known way");
}

bool is_stub(const elf::File& file) {
  constexpr std::uint32_t kStubLibrary = 34;  // CUDA_ERROR_STUB_LIBRARY of cuda.h
  constexpr std::uint64_t kMostStubCode = 32;
  const auto symbol = elf::find_symbol(file, "cuInit");
  return symbol && symbol->size <= kMostStubCode && constant_returned_by(file, "cuInit") == kStubLibrary;
}

std::optional<std::string> decode_cudnn_version(std::uint32_t number) {
  const std::uint32_t step = number >= 90'000 ? 10'000 : 1'000;
  const std::uint32_t major = number / step;
  const std::uint32_t minor = number % step / 100;
  const bool plausible = step == 10'000 ? major >= 9 && major < 100 : major >= 5 && major < 9;
  if (!plausible) return std::nullopt;
  return std::to_string(major) + '.' + std::to_string(minor) + '.' + std::to_string(number % 100);
}

std::optional<std::string> decode_cuda_version(std::uint32_t number) {
  const std::uint32_t major = number / 1000;
  if (major < 5 || major >= 100 || number % 10 != 0) return std::nullopt;
  return std::to_string(major) + '.' + std::to_string(number % 1000 / 10);
}

}  // namespace preflight::probe::libraries
