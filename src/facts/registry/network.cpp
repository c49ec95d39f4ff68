#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

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
};

}  // namespace

std::span<const Declaration> interface_facts() {
  return kInterface;
}
std::span<const Declaration> rdma_facts() {
  return kRdma;
}

}  // namespace preflight::facts
