#include "facts/registry.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

struct Registry {
  std::vector<Declaration> host;
  std::vector<SubjectKind> kinds;
  std::map<std::pair<std::string_view, std::string_view>, const Declaration*> by_path;
};

Registry build() {
  Registry registry;
  const std::vector<SubjectKind> others = {
      {"gpu", "gpus", "gpu", "A graphics processor of vendor NVIDIA, by PCI address where it has one.",
       gpu_facts()},
      {"environment", "environments", "env", "A Python environment: an interpreter and the packages it sees.",
       environment_facts()},
      {"library", "libraries", "library",
       "A copy of a driver, CUDA, NCCL or cuDNN library on the disk, by its path.", library_facts()},
      {"loaded_library", "loaded_libraries", "loaded",
       "A library that `import torch` of an environment loads, and which file serves it.",
       loaded_library_facts()},
      {"extension", "extensions", "extension",
       "A compiled file of a package other than torch that is linked to torch or CUDA, or holds GPU code; "
       "Triton's library.",
       extension_facts()},
      {"toolkit", "toolkits", "toolkit", "An installed CUDA toolkit, by its directory.", toolkit_facts()},
      {"interface", "interfaces", "interface", "A network interface, by its name.", interface_facts()},
      {"rdma", "rdma_devices", "rdma", "An RDMA device (InfiniBand or RoCE), by its name.", rdma_facts()},
      {"smoke_test", "smoke_tests", "smoke",
       "The all-reduce of `gpu-preflight smoke`; only where it was run.", smoke_facts()},
      {"message", "messages", "message",
       "Lines of a log that have a known signature; only where `gpu-preflight explain` was given a log.",
       message_facts()},
  };
  for (const auto& area :
       {system_facts(), building_facts(), container_facts(), process_facts(), driver_facts(),
        hardware_facts(), service_facts(), network_facts(), engine_facts(), live_facts()}) {
    registry.host.insert(registry.host.end(), area.begin(), area.end());
  }
  for (const auto& kind : others) {
    const Weight weight = kind.name == "gpu" ? Weight::core : Weight::ordinary;
    registry.host.push_back({kind.plural, kInteger, "How many there are; the state of the list", weight});
  }
  registry.kinds.push_back(
      {"host", "hosts", "", "The machine, container or file tree that is examined.", registry.host});
  registry.kinds.insert(registry.kinds.end(), others.begin(), others.end());
  for (const auto& kind : registry.kinds) {
    for (const auto& fact : kind.facts) registry.by_path[{kind.name, fact.path}] = &fact;
  }
  return registry;
}

const Registry& registry() {
  static const Registry kRegistry = build();
  return kRegistry;
}

std::string_view scalar_text(Scalar scalar) {
  switch (scalar) {
    case Scalar::boolean:
      return "boolean";
    case Scalar::integer:
      return "integer";
    case Scalar::bytes:
      return "bytes";
    case Scalar::string:
      return "string";
    case Scalar::version:
      return "version";
    case Scalar::python_version:
      return "python_version";
  }
  return "";
}

}  // namespace

const std::vector<SubjectKind>& subject_kinds() {
  return registry().kinds;
}

const SubjectKind* find_kind(std::string_view name) {
  const auto& kinds = registry().kinds;
  const auto found = std::ranges::find(kinds, name, &SubjectKind::name);
  return found == kinds.end() ? nullptr : &*found;
}

const Declaration* find_fact(std::string_view kind, std::string_view path) {
  const auto found = registry().by_path.find({kind, path});
  return found == registry().by_path.end() ? nullptr : found->second;
}

std::string type_text(const Type& type) {
  std::string scalar(scalar_text(type.scalar));
  switch (type.shape) {
    case Shape::scalar:
      return scalar;
    case Shape::list:
      return "list of " + scalar;
    case Shape::map:
      return "map of " + scalar;
    case Shape::records:
      return "list of records";
  }
  return scalar;
}

}  // namespace preflight::facts
