#include "probe/environments/triton.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "elf/contents.hpp"
#include "elf/file.hpp"
#include "support/version.hpp"

namespace preflight::probe::environments {

namespace {

using facts::Gap;
using target::FileTree;
using target::join_path;

// Below Triton's package: since 3.0, and before.
constexpr std::array<std::string_view, 2> kFolders = {"backends/nvidia/bin", "third_party/cuda/bin"};

// The text stands in the first 22 KiB of the constants of every ptxas from CUDA 12.0 to 13.4; they are read
// in pieces of 256 KiB.
constexpr std::uint64_t kMostText = std::uint64_t{1} << 20U;

// "12.8.93" of "Cuda compilation tools, release 12.8, V12.8.93", which `ptxas --version` prints.
Result<std::string> read_version(const FileTree& files, std::string_view path) {
  const auto source = files.open(path);
  if (!source) return source.error();
  const auto file = elf::File::open(**source);
  if (!file) return file.error();
  const auto section = file->section(".rodata");
  if (!section) return section.error();
  constexpr std::string_view kPrefix = "Cuda compilation tools, release ";
  std::string version;
  const auto found = elf::find_text(*file, *section, kPrefix, kMostText, [&](std::string_view text) {
    text.remove_prefix(kPrefix.size());
    const auto comma = text.find(", V");
    if (comma != std::string_view::npos) version = leading_dotted_version(text.substr(comma + 3));
    return !version.empty();
  });
  if (!found) return found.error();
  if (!*found) return Error{ErrorKind::malformed, "no text \"Cuda compilation tools\" with a version"};
  return version;
}

void write_assembler(const FileTree& files, const std::string& module, std::string_view program,
                     std::string_view fact, facts::SubjectWriter& writer) {
  for (const auto folder : kFolders) {
    const auto path = join_path(join_path(module, folder), program);
    if (!files.exists(path)) continue;
    if (const auto version = read_version(files, path)) {
      writer.set(fact, *version, path);
    } else {
      writer.unknown(fact, {version.error().message, Gap::unreadable}, path);
    }
    return;
  }
  writer.absent(fact, module);
}

}  // namespace

void write_triton(const FileTree& files, const ImportPath& import_path, facts::SubjectWriter& writer) {
  if (const auto module = find_package(files, import_path, "triton")) {
    write_assembler(files, *module, "ptxas", "triton.ptxas", writer);
    write_assembler(files, *module, "ptxas-blackwell", "triton.ptxas_blackwell", writer);
  } else if (import_path.problems.empty()) {
    writer.rest_absent("triton.", writer.id());
  } else {
    writer.rest_unknown("triton.", {import_path.problems.front(), Gap::unreadable}, writer.id());
  }
}

}  // namespace preflight::probe::environments
