// What the driver's own libraries say on this host. Each is asked in a worker, since a call may hang or
// crash; one that fails costs its own facts only.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "facts/document.hpp"
#include "probe/probe.hpp"
#include "support/worker.hpp"

namespace preflight::live {

struct LiveProbe {
  std::string_view name;
  std::string_view meaning;  // one line for `gpu-preflight probe --list`
  std::string_view library;  // its SONAME
  std::string_view prefix;   // of the facts that it sets, of the host and of each GPU: "nvml."
  // In the worker: hands over facts documents as parts.
  void (*run)(WorkerReport& report);
};

std::span<const LiveProbe> live_probes();

// Asks every library that the loader would find, all at the same time. GPUs are those of the document, by
// their PCI address; one that only a library knows is added.
void run_live_probes(const probe::Context& context, Clock::time_point deadline, facts::Document& document);

// Makes all live facts unknown.
void leave_out(const std::string& reason, facts::Document& document);

}  // namespace preflight::live
