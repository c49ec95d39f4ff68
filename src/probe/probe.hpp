// A probe reads one area of a target and writes facts. It never reads a fact, never compares with what ought
// to be (that is a rule's work), and touches the system only through the target's file tree.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "facts/writer.hpp"
#include "target/file_tree.hpp"

namespace preflight::probe {

// Whether the tree shows a running system (/proc and /sys are filled) or files at rest.
enum class SystemState { running, at_rest };

struct Context {
  const target::FileTree& files;
  SystemState state = SystemState::running;
  std::vector<std::string> requested_environments = {};  // prefixes that the user named
};

enum class Needs { files, running_system };

// Facts that a probe sets: all of a kind whose path begins with a prefix.
struct Sets {
  std::string_view kind;
  std::string_view prefix;
};

struct Probe {
  std::string_view name;
  std::string_view meaning;  // one line for `gpu-preflight probe --list`
  Needs needs;
  std::span<const std::string_view> reads;  // patterns of paths: `*` within a component, `**` across them
  std::span<const Sets> sets;
  void (*run)(const Context& context, facts::FactWriter& writer);
};

// Every probe, in the order in which they run.
std::span<const Probe> probes();

// Runs every probe. A probe that fails costs its own facts only; a fact that a probe declares and did not set
// is unknown.
void run_probes(const Context& context, facts::Document& document);

}  // namespace preflight::probe
