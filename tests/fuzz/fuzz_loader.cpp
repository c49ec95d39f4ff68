// libFuzzer: a few files and variables that decide which libraries a process loads. The input is a list of
// texts, each after a line "@@X" that says by its letter what the text is.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "doubles/memory_tree.hpp"
#include "loader/link.hpp"
#include "loader/process.hpp"
#include "python/torch_preloads.hpp"

namespace {

namespace loader = preflight::loader;
using preflight::test::MemoryTree;

struct Place {
  char letter;
  std::string_view path;
};

constexpr std::array<Place, 10> kFiles = {{{'p', "/bin/program"},
                                           {'l', "/lib64/ld-linux-x86-64.so.2"},
                                           {'c', loader::kCachePath},
                                           {'r', loader::kPreloadPath},
                                           {'i', loader::kProcessorPath},
                                           {'a', "/own/liba.so"},
                                           {'b', "/own/libb.so"},
                                           {'d', "/usr/lib/libb.so"},
                                           {'v', "/usr/lib/glibc-hwcaps/x86-64-v2/liba.so"},
                                           {'t', "/torch/__init__.py"}}};
constexpr std::string_view kMark = "@@";

struct Input {
  MemoryTree files;
  loader::Variables variables;
  std::string torch;
};

Input input_of(std::string_view bytes) {
  Input input;
  while (true) {
    const auto start = bytes.find(kMark);
    if (start == std::string_view::npos) return input;
    bytes.remove_prefix(start + kMark.size());
    if (bytes.size() < 2) return input;
    const char letter = bytes.front();
    bytes.remove_prefix(2);
    const std::string text(bytes.substr(0, bytes.find(kMark)));
    if (letter == 'P') input.variables.preload = text;
    if (letter == 'L') input.variables.library_path = text;
    if (letter == 't') input.torch = text;
    for (const auto& file : kFiles) {
      if (file.letter == letter) input.files.file(std::string(file.path), text);
    }
  }
}

void check(const loader::Process& process, loader::Linker& linker) {
  const auto& objects = process.objects();
  for (loader::ObjectIndex index = 0; index < objects.size(); ++index) {
    for (const auto other : process.scope_of(index)) {
      if (other >= objects.size()) __builtin_trap();
    }
    (void)linker.check(process, index);
    (void)linker.needed(*objects[index].image);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = input_of({reinterpret_cast<const char*>(data), size});
  std::vector<std::string> problems;
  const auto system = loader::find_system_loader(input.files);
  const auto settings =
      loader::read_settings(input.files, input.variables, system.machine, system.path, problems);
  loader::Images images(input.files, system.machine);
  loader::Process process(input.files, settings, images);
  (void)process.start("/bin/program");
  if (process.objects().empty()) return 0;
  loader::Linker linker;
  check(process, linker);

  const auto started = process.mark();
  const auto objects = process.objects().size();
  (void)process.open("/own/liba.so", 0, loader::Visibility::global, loader::OnFailure::keep);
  (void)process.open("libb.so", process.objects().size() - 1, loader::Visibility::local);
  if (const auto preloads = preflight::python::read_torch_preloads(input.torch)) {
    for (const auto& one : preloads->on_error) {
      (void)process.open("/own/" + one.pattern, 0, loader::Visibility::local, loader::OnFailure::keep);
    }
  }
  check(process, linker);
  process.rewind(started);
  if (process.objects().size() != objects) __builtin_trap();
  check(process, linker);
  return 0;
}
