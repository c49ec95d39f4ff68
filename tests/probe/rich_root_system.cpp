// The system around the process: kernel, limits, container, buses, network.
#include "doubles/elf_image.hpp"
#include "rich_root.hpp"

namespace preflight::test {

namespace {

void add_system(MemoryTree& root) {
  root.file("/etc/os-release", "ID=ubuntu\nVERSION_ID=\"22.04\"\nPRETTY_NAME=\"Ubuntu 22.04.4 LTS\"\n")
      .file("/proc/sys/kernel/osrelease", "5.15.0-105-generic\n")
      .file("/proc/cmdline", "BOOT_IMAGE=/vmlinuz intel_iommu=on iommu=pt\n")
      .file("/proc/meminfo", "MemTotal:       2113481928 kB\n")
      .file("/sys/devices/system/node/online", "0-1\n")
      .file("/sys/devices/system/node/has_memory", "0-1\n")
      .file("/sys/devices/system/node/has_cpu", "0\n");
}

void add_process(MemoryTree& root) {
  using namespace std::string_literals;
  root.file("/proc/self/environ",
            "PATH=/usr/local/cuda/bin:/usr/bin:/bin\0HOME=/root\0NCCL_DEBUG=INFO\0"
            "SLURM_NNODES=2\0NCCL_TOPO_FILE=/etc/topology.xml\0NCCL_GRAPH_FILE=/etc/graph.xml\0"s)
      .file("/proc/self/limits",
            "Max stack size            8388608              unlimited            bytes     \n"
            "Max processes             unlimited            unlimited            processes \n"
            "Max open files            1048576              1048576              files     \n"
            "Max locked memory         65536                65536                bytes     \n")
      .link("/proc/self/cwd", "/workspace")
      .file("/workspace/requirements.txt", "torch==2.6.0\n")
      .file("/workspace/pyproject.toml", "[project]\n")
      .file("/proc/self/status", "Uid:\t0\t0\t0\t0\nCapEff:\t00000000a80425fb\nSeccomp:\t2\n")
      .link("/proc/self/ns/ipc", "ipc:[4026532271]")
      .file("/sys/fs/selinux/enforce", "1");
}

void add_container(MemoryTree& root) {
  root.file("/proc/self/mountinfo",
            "1 0 0:50 / / rw - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A\n"
            "2 1 0:51 / /dev/shm rw - tmpfs shm rw,size=65536k\n"
            "3 1 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n")
      .file("/proc/self/cgroup", "0::/\n")
      .file("/sys/fs/cgroup/memory.max", "1099511627776\n")
      .file("/sys/fs/cgroup/cpu.max", "max 100000\n")
      .file("/sys/fs/cgroup/pids.max", "max\n")
      .directory("/dev/shm")
      .file("/.dockerenv", "");
}

void add_buses(MemoryTree& root) {
  const std::string gpu = "/sys/bus/pci/devices/0000:3b:00.0/";
  root.file(gpu + "uevent", "DRIVER=nvidia\nPCI_CLASS=30200\nPCI_ID=10DE:2330\n")
      .file(gpu + "numa_node", "0\n")
      .file(gpu + "current_link_speed", "32.0 GT/s PCIe\n")
      .file(gpu + "iommu_group/type", "DMA\n")
      .file(gpu + "resource", "0x0000002000000000 0x0000003fffffffff 0x000000000014220c\n")
      .file("/sys/bus/pci/devices/0000:3a:00.0/uevent", "PCI_CLASS=60400\nPCI_ID=1000:C030\n")
      .file("/sys/bus/pci/devices/0000:3a:00.0/config", std::string(4096, '\0'))
      .directory("/sys/class/iommu/dmar0")
      .file("/sys/class/dmi/id/product_name", "DGXH100\n")
      .file("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
            std::string("\x06\0\0\0\1", 5))
      .file("/proc/driver/nvidia/gpus/0000:3b:00.0/information",
            "Model: NVIDIA H100 80GB HBM3\nGPU UUID: GPU-8932f937\nDevice Minor: 0\n");
}

void add_reachability(MemoryTree& root) {
  root.file("/proc/net/route", "eth0\t00000000\t0101010A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n")
      .file("/proc/net/tcp", "0: 00000000:3A99 00000000:0000 0A\n0: 00000000:3A9E 00000000:0000 0A\n")
      .file("/proc/net/tcp6", "")
      .file("/proc/sys/kernel/hostname", "node1\n")
      .file("/etc/hosts", "127.0.1.1 node1\n")
      .file("/etc/ufw/ufw.conf", "ENABLED=yes\n")
      .file("/etc/default/ufw", "DEFAULT_INPUT_POLICY=\"DROP\"\n")
      .file("/run/firewalld.pid", "812")
      .file("/proc/812/comm", "firewalld\n");
}

void add_network(MemoryTree& root) {
  const std::string eth0 = "/sys/class/net/eth0/";
  root.file(eth0 + "uevent", "INTERFACE=eth0\n")
      .file(eth0 + "operstate", "up\n")
      .file(eth0 + "mtu", "9000\n")
      .file(eth0 + "speed", "100000\n")
      .link(eth0 + "device", "../../../bus/pci/devices/0000:3b:00.0");
  const std::string mlx5 = "/sys/class/infiniband/mlx5_0/";
  root.file(mlx5 + "ports/1/state", "4: ACTIVE\n")
      .file(mlx5 + "ports/1/link_layer", "InfiniBand\n")
      .file(mlx5 + "fw_ver", "28.39.1002\n")
      .directory(mlx5 + "device/infiniband_verbs/uverbs0")
      .device("/dev/infiniband/uverbs0", 231, 192, target::Access::read_write)
      .file("/etc/nccl.conf", "NCCL_IB_HCA=mlx5_0\n")
      .file("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")
      .file("/root/.nccl.conf", "NCCL_DEBUG=WARN\n")
      .file("/etc/topology.xml", "<system version=\"1\"/>")
      .file("/etc/graph.xml", "<graphs version=\"1\"/>")
      .file("/usr/lib/libnccl-net.so", ElfImage{}.bytes())
      .file("/sys/kernel/mm/memory_peers/nv_mem/version", "1.1\n")
      .file("/opt/amazon/efa_installed_packages", "# EFA installer version: 1.30.0\n");
  const std::string roce = "/sys/class/infiniband/mlx5_1/ports/1/";
  root.file(roce + "state", "4: ACTIVE\n")
      .file(roce + "link_layer", "Ethernet\n")
      .file(roce + "gids/0", "0000:0000:0000:0000:0000:ffff:0a01:0203\n")
      .file(roce + "gid_attrs/types/0", "RoCE v2\n")
      .file(roce + "gid_attrs/ndevs/0", "eth0\n");
}

}  // namespace

void add_rich_system(MemoryTree& root) {
  add_system(root);
  add_process(root);
  add_container(root);
  add_buses(root);
  add_network(root);
  add_reachability(root);
}

}  // namespace preflight::test
