"""Interfaces, RDMA devices, NCCL and its network plugin."""

import re

from .document import ENVIRONMENT, as_list, as_map, says, version

RDMA_DEVICE = "rdma"  # the name of one that a case only mentions


def map_facts(facts, document):
    network = as_map(facts.get("network"))
    map_interfaces(network, document)
    map_rdma(network, document)
    map_nccl(facts, document)


def map_interfaces(network, document):
    if "interfaces" not in network:
        return
    entries = as_list(network["interfaces"])
    if not entries:
        document.none("interface")
    for entry in entries:
        name = str(entry).split(":")[0].strip()
        document.subject("interface", name, {"name": name, "kind": kind_of(name), "state": "up"})
    if says(network.get("interfaces_note"), "several", "more", "others"):
        document.unlist("interface")


def kind_of(name):
    if name == "lo":
        return "loopback"
    if name.startswith(("wl", "wifi")):
        return "wireless"
    if name.startswith(("br", "docker", "virbr", "cni")):
        return "bridge"
    if name.startswith("bond"):
        return "bond"
    return "virtual" if name.startswith(("veth", "tun", "tap", "vxlan", "flannel", "cali")) else "physical"


def map_rdma(network, document):
    layer = link_layer(network.get("link_layer"))
    devices = network.get("ib_devices")
    if devices is not None:
        for entry in as_list(devices):
            name, _, rest = str(entry).partition(":")
            device = {"name": name}
            own = link_layer(rest) or layer
            if own:
                device["link_layer"] = own
            document.subject("rdma", name, device)
        if not as_list(devices):
            document.none("rdma")
    elif layer:
        document.subject("rdma", RDMA_DEVICE, {"link_layer": layer})
    elif "ib_devices" in network:
        document.none("rdma")
    if says(network.get("link_layer"), "efa"):
        document.subject("rdma", RDMA_DEVICE, {"kernel_driver": "efa"})


def link_layer(text):
    if not text or says(text, "rdma"):
        return None
    if says(text, "infiniband", "ib", "ndr", "hdr", "edr"):
        return "InfiniBand"
    return "Ethernet" if says(text, "roce(v?2)?", "ethernet") else None


def map_nccl(facts, document):
    """The NCCL that runs: torch's where the case has a torch, else the one that the loader finds."""
    stated = facts.get("torch_nccl") or facts.get("nccl")
    if not stated or not version(stated):
        return
    path = facts.get("nccl_path") or "/usr/lib/x86_64-linux-gnu/libnccl.so.2"
    if ENVIRONMENT in document.subjects and document.get("torch.version", ENVIRONMENT):
        document.subject(
            "loaded_library",
            "libnccl",
            {
                "environment": ENVIRONMENT[1],
                "name": "libnccl",
                "soname": "libnccl.so.2",
                "version": stated,
            },
        )
        if facts.get("nccl_path"):
            document.subject("loaded_library", "libnccl", {"path": path, "own": "site-packages" in path})
        return
    library = {"name": "libnccl", "soname": "libnccl.so.2", "version": stated, "search_position": 0, "path": path}
    cuda = re.search(r"\+cuda?(\d+\.\d+)", str(stated))
    if cuda:
        library["cuda"] = cuda[1]
    document.subject("library", path, library)
