#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Field kRoute[] = {
    {"interface", Scalar::string, "Interface that it leads through"},
    {"subnet", Scalar::string, "Addresses that it is for: 10.1.0.0/16; 0.0.0.0/0 for the default route"},
    {"gateway", Scalar::string, "Next router; empty where the subnet is on the link itself"},
    {"metric", Scalar::integer, "Its metric: the lowest wins"},
};

constexpr Declaration kNetworkFacts[] = {
    {"network.routes", records(kRoute), "IPv4 routes of this network namespace"},
    {"network.service_mesh", kString,
     "Service mesh whose proxy listens in this network namespace: istio or linkerd; absent when none does"},
    {"network.firewalls", kStrings, "Firewalls of the host that are in force: ufw, firewalld"},
    {"network.host_name_addresses", kStrings,
     "Addresses that /etc/hosts gives to this machine's own name; absent when it doesn't name it"},
    {"job.nodes", kInteger,
     "On how many nodes the job runs, by its launcher's variables; absent when none are set"},
    {"peer_memory.clients", kStrings,
     "Modules that registered GPU memory with the RDMA stack (/sys/kernel/mm/memory_peers): nv_mem, ...; "
     "absent where the stack has no such register"},
    {"efa.installer_version", kVersion, "Version of the EFA installer that was run here"},
    {"nccl.plugin.path", kString, "NCCL's network plugin that the loader's search finds"},
    {"nccl.plugin.missing_libraries", kStrings,
     "Libraries that the plugin needs and the loader doesn't find"},
    {"nccl.plugin.missing_versions", kStrings,
     "Symbol versions that the plugin or its libraries need and the library that would be loaded lacks, as "
     "\"FABRIC_1.7 of PATH\""},
    {"nccl.topology.path", kString,
     "Topology file that NCCL reads instead of looking itself; absent when there is none"},
    {"nccl.topology.gpus", kStrings, "PCI addresses of the GPUs that it describes"},
    {"nccl.topology.defects", kStrings, "What in it NCCL stumbles over: \"cpu without arch\""},
    {"nccl.graph.path", kString, "Graph file from which NCCL takes its rings and trees (NCCL_GRAPH_FILE)"},
    {"nccl.graph.gpus", kIntegers, "Numbers of the GPUs that it names"},
};

constexpr Field kGid[] = {
    {"port", Scalar::integer, "Number of the port"},
    {"index", Scalar::integer, "Place in the port's table"},
    {"gid", Scalar::string, "The address, in eight groups: 0000:0000:0000:0000:0000:ffff:0a01:0203"},
    {"type", Scalar::string, "RoCE v1 or RoCE v2; empty where it isn't told"},
    {"interface", Scalar::string, "Network interface that it belongs to; empty where it isn't told"},
};

constexpr Declaration kInterface[] = {
    {"name", kString, "Name of the interface"},
    {"state", kString, "Operational state: up, down, unknown"},
    {"kind", kString, "physical, loopback, bridge, bond, wireless or virtual"},
    {"speed", kInteger, "Speed in Mb/s; absent when the driver reports none"},
    {"mtu", kInteger, "Maximum transmission unit in bytes"},
    {"kernel_driver", kString, "Kernel driver of the device; absent for virtual interfaces"},
    {"numa_node", kInteger, "NUMA node of the device; absent when there is none"},
};

constexpr Declaration kRdma[] = {
    {"name", kString, "Name of the device: mlx5_0"},
    {"link_layer", kString, "Link layer of the first port: InfiniBand or Ethernet"},
    {"ports", kIntegers, "Numbers of the ports"},
    {"active_ports", kIntegers, "Numbers of the ports in state ACTIVE"},
    {"rate", kString, "Rate of the first port, as sysfs prints it"},
    {"firmware", kString, "Firmware version"},
    {"interfaces", kStrings, "Network interfaces of the same device"},
    {"kernel_driver", kString, "Kernel driver of the device: mlx5_core, efa, ..."},
    {"verbs_node", kBoolean, "Its /dev/infiniband/uverbs node exists"},
    {"numa_node", kInteger, "NUMA node of the device; absent when there is none"},
    {"gids", records(kGid),
     "Addresses in its ports' tables, of RoCE ports and among the first 32 places; empty ones are left out"},
};

}  // namespace

std::span<const Declaration> network_facts() {
  return kNetworkFacts;
}
std::span<const Declaration> interface_facts() {
  return kInterface;
}
std::span<const Declaration> rdma_facts() {
  return kRdma;
}

}  // namespace preflight::facts
