// The machine architecture of the user space, from the ELF header of the target's own programs: uname(2)
// would tell this kernel's, which is another for an image of another architecture.
#include <optional>

#include "probe/probe.hpp"
#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kUserPrograms[] = {"/bin/sh",
                                              "/usr/bin/env",
                                              "/bin/busybox",
                                              "/sbin/init",
                                              "/usr/bin/bash",
                                              "/lib64/ld-linux-x86-64.so.2",
                                              "/lib/ld-linux-aarch64.so.1",
                                              "/sbin/ldconfig",
                                              "/usr/bin/python3"};

// Names as uname -m has them, by e_machine, class and byte order (the ELF specification's figure 4-4 and the
// machine list of the System V ABI).
struct Machine {
  unsigned number;
  bool wide;    // ELFCLASS64
  bool little;  // ELFDATA2LSB
  std::string_view name;
};
constexpr Machine kMachines[] = {
    {62, true, true, "x86_64"},   {3, false, true, "i686"},    {183, true, true, "aarch64"},
    {40, false, true, "armv7l"},  {21, true, true, "ppc64le"}, {21, true, false, "ppc64"},
    {243, true, true, "riscv64"}, {22, true, false, "s390x"},  {258, true, true, "loongarch64"},
};

// The architecture of a file that begins with these bytes; empty when it is no ELF file or of another
// machine.
std::optional<std::string_view> architecture_of(std::string_view head) {
  constexpr std::size_t kNeeded = 20;
  if (head.size() < kNeeded || !head.starts_with("\x7f"
                                                 "ELF"))
    return std::nullopt;
  const auto byte = [&](std::size_t at) { return unsigned{static_cast<unsigned char>(head[at])}; };
  const bool wide = byte(4) == 2;
  const bool little = byte(5) == 1;
  const unsigned number = little ? byte(18) | byte(19) << 8U : byte(19) | byte(18) << 8U;
  for (const auto& machine : kMachines) {
    if (machine.number == number && machine.wide == wide && machine.little == little) return machine.name;
  }
  return std::nullopt;
}

void run_architecture(const Context& context, facts::FactWriter& writer) {
  std::optional<Error> failure;
  for (const auto path : kUserPrograms) {
    const auto head = context.files.read_head(path, 20);
    if (!head) {
      if (head.error().kind != ErrorKind::not_found && !failure) failure = head.error();
      continue;
    }
    if (const auto name = architecture_of(*head)) {
      writer.host().set("cpu.architecture", *name, path);
      return;
    }
  }
  const std::string_view source = kUserPrograms[0];
  if (failure) {
    set_error(writer.host(), "cpu.architecture", *failure, source);
  } else {
    writer.host().unknown("cpu.architecture", {"none of the usual programs is there to tell"}, source);
  }
}

}  // namespace

Probe architecture_probe() {
  static constexpr Sets kSets[] = {{"host", "cpu."}};
  return {"architecture",  "Machine architecture of the user space", Needs::files, kUserPrograms, kSets,
          run_architecture};
}

}  // namespace preflight::probe
