// Xid lines: how NVIDIA's driver reports errors of a GPU in the kernel's log. The forms are those of
// src/nvidia/src/kernel/gpu/rc/kernel_rc.c in the open kernel modules, and the older ones without a process:
//   NVRM: Xid (PCI:0000:3b:00): 31, pid=1234, name=python, Ch 00000008, ...
//   NVRM: Xid (PCI:0000:3b:00 GPU-I:05 GPU-CI:01): 13, pid='<unknown>', name=<unknown>, ...
//   NVRM: Xid (0000:03:00): 14, Channel 00000001
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace preflight::live {

struct Xid {
  std::string address;  // of the GPU: "0000:3b:00.0"; empty when the line has none that is well-formed
  int code = 0;
  std::int64_t pid = 0;  // 0 when the line names no process
  std::string process;   // its name; empty when the line has none
  std::string text;      // what follows, cut off after 300 bytes
};

// Nothing for every other line, and for one that is cut within its code.
std::optional<Xid> parse_xid(std::string_view line);

// The line that the driver's kernel module writes when it is loaded.
bool tells_of_module_load(std::string_view line);

}  // namespace preflight::live
