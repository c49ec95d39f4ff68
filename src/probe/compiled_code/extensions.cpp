#include "probe/compiled_code/extensions.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "elf/demangle.hpp"
#include "probe/compiled_code/file_facts.hpp"
#include "probe/compiled_code/symbol_origin.hpp"
#include "probe/compiled_code/torch_links.hpp"
#include "probe/reading.hpp"

namespace preflight::probe::compiled_code {

namespace {

using environments::CompiledFile;
using loader::Failure;
using loader::ObjectIndex;
using namespace std::string_view_literals;

constexpr std::size_t kMostExtensions = 1000;
constexpr int kMostSiblings = 20;

constexpr std::array kTorchLibraries = {"libtorch"sv, "libc10"sv, "libshm.so"sv};
constexpr std::array kCudaLibraries = {"libcuda.so"sv,   "libcudart"sv, "libcublas"sv,    "libcudnn"sv,
                                       "libcufft"sv,     "libcurand"sv, "libcusolver"sv,  "libcusparse"sv,
                                       "libnccl"sv,      "libnvrtc"sv,  "libnvJitLink"sv, "libcupti"sv,
                                       "libnvidia-ml"sv, "libcufile"sv, "libnvshmem"sv};

bool needs_any(const loader::Image& image, const auto& prefixes) {
  return std::ranges::any_of(image.dynamic.needed, [&](const std::string& name) {
    return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
  });
}

std::vector<std::string> needed_of_cuda(const loader::Image& image) {
  std::vector<std::string> names;
  std::ranges::copy_if(image.dynamic.needed, std::back_inserter(names), [](const std::string& name) {
    return std::ranges::any_of(kCudaLibraries, [&](std::string_view one) { return name.starts_with(one); });
  });
  return names;
}

// An undefined symbol with where it ought to be.
struct Undefined {
  loader::UndefinedReference reference;
  SymbolOrigin origin{};
};

struct Opened {
  std::vector<std::string> missing_libraries;
  std::vector<std::string> missing_versions;
  std::vector<Undefined> undefined;
  std::vector<std::string> missing_driver_functions;
  std::vector<std::string> needed_driver_functions;
  std::optional<Error> problem;
};

class ExtensionReader {
 public:
  ExtensionReader(const ExtensionContext& context, const std::vector<CompiledFile>& compiled)
      : context_(context), compiled_(compiled) {}

  // Opens the file in the process as Python would after import torch, and looks at all that this brings in.
  Opened open(const CompiledFile& file) {
    Opened result;
    auto& process = context_.process;
    const auto before = process.mark();
    auto opened =
        process.open(file.path, context_.import.caller, loader::Visibility::local, loader::OnFailure::keep);
    // A package may open its own libraries itself, in an order that only its code knows.
    for (int tries = 0; tries < kMostSiblings; ++tries) {
      const auto sibling = first_sibling(opened.failures, file);
      if (sibling.empty()) break;
      process.rewind(before, loader::Process::Names::forget);
      opened_siblings_.push_back(sibling);
      for (const auto& path : opened_siblings_) {
        (void)process.open(path, context_.import.caller, loader::Visibility::global, loader::OnFailure::keep);
      }
      opened =
          process.open(file.path, context_.import.caller, loader::Visibility::local, loader::OnFailure::keep);
    }
    opened_siblings_.clear();
    bool lacks_driver = false;
    for (const auto& failure : opened.failures) {
      lacks_driver |= is_driver_library(failure.name);
      const bool is_listed =
          std::ranges::find(result.missing_libraries, failure.name) != result.missing_libraries.end();
      if (!is_driver_library(failure.name) && !is_listed) result.missing_libraries.push_back(failure.name);
    }
    check(opened.object, lacks_driver, result);
    process.rewind(before, loader::Process::Names::forget);
    return result;
  }

 private:
  // The first library that wasn't found and that the same package brings.
  std::string first_sibling(const std::vector<Failure>& failures, const CompiledFile& file) const {
    for (const auto& failure : failures) {
      for (const auto& other : compiled_) {
        if (other.package == file.package && target::base_name(other.path) == failure.name &&
            std::ranges::find(opened_siblings_, other.path) == opened_siblings_.end()) {
          return other.path;
        }
      }
    }
    return {};
  }

  void check(ObjectIndex extension, bool lacks_driver, Opened& result) {
    const auto links = context_.linker.check(context_.process, extension);
    if (!links) {
      result.problem = links.error();
      return;
    }
    for (const auto& version : links->versions) {
      result.missing_versions.push_back(version.version + " of " + version.library);
    }
    for (const auto& reference : links->undefined) {
      const auto origin = origin_of(reference.symbol, reference.version);
      if (origin == SymbolOrigin::driver) {
        // Without the driver's library there is nothing to look into.
        if (!lacks_driver) result.missing_driver_functions.push_back(reference.symbol);
        continue;
      }
      result.undefined.push_back({reference, origin});
    }
    const auto& needed = context_.linker.needed(*context_.process.objects()[extension].image);
    if (!needed) {
      result.problem = needed.error();
      return;
    }
    for (const auto& symbol : *needed) {
      if (is_driver_function(symbol.name)) result.needed_driver_functions.push_back(symbol.name);
    }
    std::ranges::sort(result.needed_driver_functions);
    std::ranges::stable_sort(result.undefined, {}, &Undefined::origin);
  }

  const ExtensionContext& context_;
  const std::vector<CompiledFile>& compiled_;
  std::vector<std::string> opened_siblings_;
};

void write_undefined(const Opened& opened, facts::SubjectWriter& extension) {
  if (!opened.missing_libraries.empty()) {
    // Every symbol of a library that isn't there would be on the list.
    extension.rest_unknown("undefined.", {"libraries are missing"}, kLoaderSearch);
    return;
  }
  extension.set("undefined.count", static_cast<std::int64_t>(opened.undefined.size()), kLoaderSearch);
  if (opened.undefined.empty()) {
    extension.rest_absent("undefined.", kLoaderSearch);
    return;
  }
  const auto& first = opened.undefined.front();
  extension.set("undefined.symbol", first.reference.symbol, kLoaderSearch);
  extension.set("undefined.readable", elf::demangle(first.reference.symbol), kLoaderSearch);
  extension.set("undefined.origin", to_text(first.origin), kLoaderSearch);
  if (elf::mentions_new_abi(first.reference.symbol)) {
    extension.set("undefined.string_abi", "cxx11", kLoaderSearch);
  } else if (elf::mentions_old_abi_string(first.reference.symbol)) {
    extension.set("undefined.string_abi", "old", kLoaderSearch);
  } else {
    extension.absent("undefined.string_abi", kLoaderSearch);
  }
}

void write_opened(const Opened& opened, facts::SubjectWriter& extension) {
  if (opened.problem) {
    for (const auto* const prefix : {"missing_", "undefined.", "driver_functions."}) {
      set_rest_error(extension, prefix, *opened.problem, kLoaderSearch);
    }
    return;
  }
  extension.set("missing_libraries", facts::string_list(opened.missing_libraries), kLoaderSearch);
  extension.set("missing_versions", facts::string_list(opened.missing_versions), kLoaderSearch);
  extension.set("driver_functions.missing", facts::string_list(opened.missing_driver_functions),
                kLoaderSearch);
  extension.set("driver_functions.needed", facts::string_list(opened.needed_driver_functions), kLoaderSearch);
  write_undefined(opened, extension);
}

std::string_view machine_name(elf::Machine machine) {
  switch (machine) {
    case elf::Machine::x86_64:
      return "x86_64";
    case elf::Machine::aarch64:
      return "aarch64";
    case elf::Machine::x86:
      return "i686";
    case elf::Machine::arm:
      return "armv7l";
  }
  return "other";
}

facts::SubjectWriter begin(const ExtensionContext& context, const CompiledFile& file, elf::Machine machine,
                           facts::FactWriter& writer) {
  auto extension = writer.subject("extension", file.path + " of " + context.environment);
  extension.set("environment", context.environment, file.path);
  extension.set("path", file.path, file.path);
  extension.set("package", file.package, file.path);
  extension.set("machine", machine_name(machine), file.path);
  return extension;
}

// A file for another machine: nothing else of it matters.
bool write_foreign(const ExtensionContext& context, const CompiledFile& file, facts::FactWriter& writer) {
  const auto source = context.files.open(file.path);
  if (!source) return false;
  const auto elf = elf::File::open(**source);
  if (!elf) return false;
  auto extension = begin(context, file, elf->header().machine, writer);
  extension.rest_unknown("", {"compiled for another machine"}, file.path);
  return true;
}

}  // namespace

std::size_t write_extensions(const ExtensionContext& context, const std::vector<CompiledFile>& compiled,
                             facts::FactWriter& writer) {
  ExtensionReader reader(context, compiled);
  std::size_t count = 0;
  for (const auto& file : compiled) {
    if (count == kMostExtensions) break;
    const auto image = context.images.open(file.path);
    if (!image) {
      if (image.error().kind == ErrorKind::unsupported && write_foreign(context, file, writer)) ++count;
      continue;
    }
    const auto& code = context.gpu_codes.of((*image)->path);
    const bool has_code = !code || code->containers > 0;
    const bool links_torch = needs_any(**image, kTorchLibraries);
    const bool is_compiler = target::base_name(file.path).starts_with("libtriton");
    if (!has_code && !links_torch && !is_compiler && !needs_any(**image, kCudaLibraries)) continue;
    ++count;
    auto extension = begin(context, file, (*image)->file.header().machine, writer);
    extension.set("links_torch", links_torch, file.path);
    extension.set("cuda_libraries", facts::string_list(needed_of_cuda(**image)), file.path);
    write_file_facts(**image, context.gpu_codes, extension);
    write_opened(reader.open(file), extension);
  }
  return count;
}

}  // namespace preflight::probe::compiled_code
