#include "probe/compiled_code/torch_links.hpp"

#include <algorithm>
#include <array>

#include "elf/demangle.hpp"
#include "probe/compiled_code/symbol_origin.hpp"

namespace preflight::probe::compiled_code {

namespace {

using loader::ObjectIndex;

constexpr std::size_t kMostUndefined = 20;
constexpr std::array<std::string_view, 5> kDriverLibraries = {
    "libcuda.so.1", "libnvidia-ml.so.1", "libnvcuvid.so.1", "libnvidia-encode.so.1", "libcuda.so"};

facts::List missing_records(const std::vector<loader::Failure>& failures) {
  facts::List records;
  for (const auto& failure : failures) {
    if (is_driver_library(failure.name)) continue;
    records.emplace_back(
        facts::Map{{"soname", failure.name}, {"needed_by", failure.needed_by}, {"reason", failure.reason}});
  }
  return records;
}

facts::Map undefined_record(const loader::UndefinedReference& reference, const loader::Process& process) {
  return {{"symbol", reference.symbol},
          {"readable", elf::demangle(reference.symbol)},
          {"file", process.objects()[reference.object].image->path},
          {"origin", to_text(origin_of(reference.symbol, reference.version))}};
}

}  // namespace

bool is_driver_library(std::string_view soname) {
  return std::ranges::find(kDriverLibraries, soname) != kDriverLibraries.end();
}

void write_torch_links(const TorchImport& import, const loader::Process& process, loader::Linker& linker,
                       facts::SubjectWriter& environment) {
  auto missing = missing_records(import.failures);
  const bool is_complete = missing.empty();
  environment.set("load.missing", std::move(missing), kLoaderSearch);
  std::vector<std::string> versions;
  facts::List undefined;
  for (ObjectIndex index = 0; index < process.objects().size(); ++index) {
    if (import.stages[index] != Stage::torch) continue;
    const auto links = linker.check(process, index);
    if (!links) {
      environment.rest_unknown("load.", {links.error().message, facts::Gap::unreadable},
                               process.objects()[index].image->path);
      return;
    }
    for (const auto& version : links->versions)
      versions.push_back(version.version + " of " + version.library);
    for (const auto& reference : links->undefined) {
      if (undefined.size() < kMostUndefined) undefined.emplace_back(undefined_record(reference, process));
    }
  }
  environment.set("load.missing_versions", facts::string_list(versions), kLoaderSearch);
  if (is_complete) {
    environment.set("load.undefined", std::move(undefined), kLoaderSearch);
  } else {
    // Every symbol of a library that isn't there would be on the list.
    environment.unknown("load.undefined", {"libraries are missing"}, kLoaderSearch);
  }
}

}  // namespace preflight::probe::compiled_code
