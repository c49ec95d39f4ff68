"""What GPUs and nodes of one job have to do with each other: peer access, peer memory, subnets, names, NCCL copies."""

import re

from .document import as_list, as_map, is_on, says, version

# Seconds from the boot: of a daemon that starts with the machine, and of one that was started a day later.
AT_BOOT, LATER = 10, 86400


def map_facts(facts, document):
    network, other = as_map(facts.get("network")), as_map(facts.get("other"))
    map_peer_access(str(facts.get("topology") or ""), document)
    map_peer_memory(str(network.get("peer_memory") or other.get("peer_memory") or ""), document)
    map_fabric_manager_history(str(other.get("fabric_manager_history") or ""), document)
    map_subnets(network, document)
    map_own_name({**as_map(facts.get("host")), **other, **network}, document)
    map_nccl_of_the_build(other.get("nccl_built_against"), document)


def map_peer_access(topology, document):
    if not says(topology, "no (cuda )?(p2p|peer)", "without (p2p|peer)"):
        return
    names = list(document.all("gpu"))
    pairs = [{"from": a, "to": b, "access": False} for a in names for b in names if a != b]
    if pairs:
        document.set("cuda_driver.peer_access", pairs)


def map_peer_memory(text, document):
    module = re.search(r"nv_peer_mem|nvidia[-_]peermem", text)
    unregistered = says(text, "not registered", "unregistered", "no client", "without registration")
    if module and (unregistered or is_on(text)):
        document.add("driver.modules", None, module[0].replace("-", "_"))
    if unregistered:
        document.set("peer_memory.clients", [])


def map_fabric_manager_history(text, document):
    if says(text, "restart(ed)?", "stopped and started") and not says(text, "(and|then|with) (a )?(gpu )?reset"):
        document.set("persistenced.started", AT_BOOT)
        document.set("fabric_manager.started", LATER)


def map_subnets(network, document):
    """Interfaces that are said to share a subnet have a route of their own to it, each as good as the other."""
    names = [name for name in document.all("interface") if name != "lo"]
    if len(names) < 2 or not says(" ".join(map(str, network.values())), "(same|one|shared?) subnet"):
        return
    addresses = re.findall(r"\d+\.\d+\.\d+\.", " ".join(map(str, as_list(network.get("interfaces")))))
    subnet = (addresses[0] if addresses else "10.0.0.") + "0/24"
    document.set("network.routes", [{"interface": n, "subnet": subnet, "gateway": "", "metric": 0} for n in names])


def map_own_name(stated, document):
    for key, text in stated.items():
        address = re.search(r"(?<![\d.])127\.\d+\.\d+\.\d+", str(text))
        if address and says(key, "(etc_)?hosts", "host_?name.*", ".*_resolves?_to"):
            document.set("network.host_name_addresses", [address[0]])


def map_nccl_of_the_build(built_against, document):
    """Who builds against an NCCL has a copy of it, wherever that is."""
    if built_against and version(built_against):
        path = "/opt/nccl/lib/libnccl.so.2"
        document.subject("library", path, {"name": "libnccl", "version": built_against, "path": path})
