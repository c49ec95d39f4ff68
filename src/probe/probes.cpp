// The table of probes: one line each. Each is declared here and defined in the file of its name.
#include <vector>

#include "probe/probe.hpp"

namespace preflight::probe {

Probe architecture_probe();
Probe build_inputs_probe();
Probe c_libraries_probe();
Probe cgroup_probe();
Probe compiled_code_probe();
Probe compilers_probe();
Probe container_probe();
Probe container_toolkit_probe();
Probe device_nodes_probe();
Probe dkms_probe();
Probe docker_probe();
Probe driver_files_probe();
Probe driver_services_probe();
Probe firmware_probe();
Probe gpu_libraries_probe();
Probe interfaces_probe();
Probe kernel_modules_probe();
Probe kernel_probe();
Probe kubernetes_node_probe();
Probe launcher_probe();
Probe memory_probe();
Probe modprobe_probe();
Probe namespaces_probe();
Probe nccl_config_probe();
Probe nccl_plugin_probe();
Probe nccl_topology_probe();
Probe network_probe();
Probe os_probe();
Probe pci_probe();
Probe process_probe();
Probe project_probe();
Probe python_environments_probe();
Probe rdma_probe();
Probe selinux_probe();
Probe shared_memory_probe();
Probe slurm_probe();
Probe toolkits_probe();
Probe variables_probe();

std::span<const Probe> probes() {
  static const std::vector<Probe> kProbes = {
      // clang-format off: one line each
      os_probe(),
      kernel_probe(),
      architecture_probe(),
      c_libraries_probe(),
      memory_probe(),
      firmware_probe(),
      container_probe(),
      cgroup_probe(),
      shared_memory_probe(),
      process_probe(),
      namespaces_probe(),
      selinux_probe(),
      variables_probe(),
      launcher_probe(),
      compilers_probe(),
      build_inputs_probe(),
      project_probe(),
      pci_probe(),
      interfaces_probe(),
      rdma_probe(),
      network_probe(),
      nccl_config_probe(),
      nccl_topology_probe(),
      nccl_plugin_probe(),
      device_nodes_probe(),
      gpu_libraries_probe(),
      kernel_modules_probe(),
      modprobe_probe(),
      dkms_probe(),
      driver_files_probe(),
      python_environments_probe(),
      compiled_code_probe(),
      toolkits_probe(),
      driver_services_probe(),
      container_toolkit_probe(),
      docker_probe(),
      kubernetes_node_probe(),
      slurm_probe(),
      // clang-format on
  };
  return kProbes;
}

}  // namespace preflight::probe
