// libFuzzer: any bytes as the text of torch/__init__.py, as a RECORD file, and as a pattern with a name. The
// first byte chooses.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "doubles/memory_tree.hpp"
#include "probe/environments/compiled_files.hpp"
#include "python/file_pattern.hpp"
#include "python/record.hpp"
#include "python/source_tokens.hpp"
#include "python/torch_preloads.hpp"

using namespace preflight::python;

namespace {

void read_module(std::string_view text) {
  for (const auto& token : source_tokens(text)) {
    const bool inside =
        token.value.empty() || (token.value.data() >= text.data() &&
                                token.value.data() + token.value.size() <= text.data() + text.size());
    if (!inside) std::abort();
  }
  const auto preloads = read_torch_preloads(text);
  if (!preloads) return;
  if (!preloads->after.empty() && preloads->condition.empty()) std::abort();
  for (const auto& one : preloads->after) {
    (void)preload_directories(*preloads, one.folder, 13);
    (void)matches_file_pattern(one.pattern, one.pattern);
  }
  (void)is_about(preloads->on_error, text);
}

// Of a package with this RECORD.
void find_files(std::string record) {
  namespace environments = preflight::probe::environments;
  preflight::test::MemoryTree files;
  files.file("/packages/x-1.dist-info/RECORD", std::move(record));
  files.file("/packages/x.so", "");
  environments::ImportPath import_path;
  import_path.directories.push_back({"/packages", {}});
  environments::Package package;
  package.name = "x";
  package.path = "/packages/x-1.dist-info";
  environments::Packages packages;
  packages.installed.push_back(package);
  for (const auto& file : environments::find_compiled_files(files, import_path, packages).files) {
    if (!file.path.starts_with('/') || file.path.find("/../") != std::string::npos) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      read_module(text);
      break;
    case 1:
      for_each_recorded_path(text, [](std::string_view path) {
        if (path.empty()) std::abort();
        (void)is_shared_object_name(path);
      });
      find_files(std::string(text));
      break;
    default:
      (void)matches_file_pattern(text.substr(0, text.find('\n')), text);
  }
  return 0;
}
