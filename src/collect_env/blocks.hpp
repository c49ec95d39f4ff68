// The parts of a dump that span lines.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "collect_env/dump.hpp"

namespace preflight::collect_env {

// The GPUs that `nvidia-smi -L` listed, by their number.
struct GpuList {
  std::map<int, std::string> names;  // empty where the name is not certain
  bool complete = false;             // the list is there as a whole, and every line of it was understood
};
GpuList gpu_list(const Dump& dump);

// The paths that follow "cuDNN version": one, or "Probably one of the following:" and a line for each.
std::vector<std::string> cudnn_paths(const Dump& dump);

// The driver's version. Empty when there is none, or when lines of one value for each GPU disagree.
std::string driver_version(const Dump& dump);

// The names in "NIC0: mlx5_0" below the topology matrix of `nvidia-smi topo -m`.
std::vector<std::string> topology_nics(const Dump& dump);

// "NAME=value" lines of vLLM's dumps, after the topology or under their own heading. What is cut or wrapped
// is left out, and so is everything that `may_record_variable` refuses.
std::map<std::string, std::string> variables(const Dump& dump);

}  // namespace preflight::collect_env
