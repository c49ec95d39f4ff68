// What a plan must keep to: what the user fixed, and what the facts of a host fix beyond that.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "facts/document.hpp"
#include "gpu_code/architecture.hpp"
#include "support/result.hpp"
#include "tables/tables.hpp"

namespace preflight::plan {

// The easiest to change first: a package, an environment, an image, a machine.
enum class Thing { torch, cuda, python, glibc, driver, gpus, architecture };

std::string_view key_of(Thing thing);   // "torch", as options and JSON name it
std::string_view name_of(Thing thing);  // "PyTorch", for people

struct Gpu {
  std::string name;    // product name; "sm_90" of a bare compute capability
  std::string pci_id;  // "10de:2330"; empty where it isn't known
  gpu_code::ComputeCapability capability;
  std::string architecture;  // Hopper; empty where the tables don't know it
  std::size_t count = 1;
};

struct Fixed {
  std::string text;    // "535.104.05"
  std::string origin;  // "--driver", or the source of the fact
};

struct Given {
  std::map<Thing, Fixed> fixed;  // all but the GPUs
  std::vector<Gpu> gpus;         // none: any
  std::string gpus_origin;
  std::string compat;               // version of a forward-compatibility libcuda that is found first
  std::vector<std::string> doubts;  // what of the host could not be taken into account

  // Empty when it isn't fixed.
  std::string_view text(Thing thing) const;
};

// "driver 535.104.05", "Python 3.12": what is fixed of a thing other than the GPUs, for people. With a driver
// the libcuda that is found before its own.
std::string fixed_text(const Given& given, Thing thing);

// What was typed; empty for what wasn't.
struct Asked {
  std::vector<std::string> gpus;
  std::string driver;
  std::string python;
  std::string torch;
  std::string cuda;
  std::string glibc;
  std::string architecture;
};

// Counts GPUs of one name together.
void add_gpu(Gpu gpu, std::vector<Gpu>& gpus);

// A product name (or words of one that all mean the same compute capability), a compute capability ("9.0",
// "sm_90") or a PCI id ("10de:2330"). Errors: not_found, with the nearest names; malformed, when the words
// fit GPUs of several kinds.
Result<Gpu> find_gpu(std::string_view text, const tables::Tables& tables);

// A driver's branch alone ("580") stands for its newest release. Errors name the option.
Result<Given> read_asked(const Asked& asked, const tables::Tables& tables);

// Adds what the facts of a host fix and what isn't fixed yet: GPUs, driver, Python of the environment that
// was asked for or is active, C library, architecture. What is installed is not fixed.
void fill_from_facts(Given& given, const facts::Document& document);

// The whole version that stands for a branch: "580.178.04" of "580". Others stay as they are.
std::string whole_driver(std::string_view driver, const tables::Tables& tables);

}  // namespace preflight::plan
