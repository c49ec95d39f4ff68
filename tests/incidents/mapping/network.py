"""Interfaces, RDMA devices, NCCL and its network plugin."""

import ipaddress
import re

from .document import ENVIRONMENT, as_list, as_map, is_on, numbers, says, table_rows, version

TORCH_WHEELS = table_rows("torch_wheel")
RDMA_DEVICE = "rdma"  # the name of one that a case only mentions


def map_facts(facts, document):
    network = as_map(facts.get("network"))
    map_interfaces(network, document)
    map_missing_interface(facts, document)
    map_rdma(network, as_map(facts.get("other")), document)
    map_nccl(facts, document)
    map_job(facts, network, document)
    map_plugin(facts, document)
    map_topology_file(as_map(facts.get("other")), document)
    other = as_map(facts.get("other"))
    versions = as_list(other.get("nccl_per_node")) or versions_by_node(facts, other) or of_torches(other)
    if says(facts.get("nccl"), "(different|another) version (on|in)"):
        versions = [version(facts["nccl"]), "another"]
    map_ranks(versions, document)


def versions_by_node(facts, other):
    """NCCL's wheels of this node and of the others, where a case tells of both."""
    nodes = [as_map(value) for key, value in other.items() if re.fullmatch(r"(node|host|rank)[-_ ]?\w+", key)]
    by_node = [next((node[name] for name in node if name.startswith("nvidia-nccl-cu")), None) for node in nodes]
    if len(by_node) > 1 and all(by_node):
        return by_node
    here, elsewhere = as_map(facts.get("packages")), as_map(other.get("packages_other_nodes"))
    wheels = [name for name in elsewhere if name.startswith("nvidia-nccl-cu") and elsewhere[name]]
    own = next((here[name] for name in here if name.startswith("nvidia-nccl-cu") and here[name]), None)
    return [own, *(elsewhere[name] for name in wheels)] if own and wheels else []


def of_torches(other):
    """The NCCL that the wheels of torch bring, where a case tells the torch of each node."""
    brought = [TORCH_WHEELS.get(str(torch), {}).get("nccl") for torch in as_list(other.get("torch_per_node"))]
    return brought if len(brought) > 1 and all(brought) else []


def map_job(facts, network, document):
    """What stands between the nodes of a job."""
    nodes = facts.get("nodes")
    if isinstance(nodes, int):
        document.set("job.nodes", nodes if nodes > 1 else None)
    else:
        job = as_map(facts.get("other"))
        several = "(several|multiple|two|2|across) (machines|nodes|hosts|servers)"
        if says(f"{job.get('launcher')} {job.get('workload')}", several, "multi-?nodes?"):
            document.set("job.nodes", 2)
    firewall = network.get("firewall")
    if firewall is not None:
        off = is_on(firewall) is False and not says(firewall, "blocked", "inbound", "only", "security group.*rule.*")
        document.set("network.firewalls", [] if off else ["firewall"])
    services = [name for name, state in as_map(facts.get("services")).items() if is_on(state) is not False]
    told = " ".join(str(value) for value in as_map(facts.get("other")).values())
    told += f" {as_map(facts.get('container')).get('containers_in_pod')} {network.get('mesh')}"
    services += re.findall(r"istio-proxy|istio-injection\W+enabled|linkerd-proxy|linkerd\.io/inject\W+enabled", told)
    for mesh, words in (("istio", ("istio.*", "envoy")), ("linkerd", ("linkerd.*",))):
        if any(says(name, *words) for name in services):
            document.set("network.service_mesh", mesh)
    installer = re.search(r"\binstaller (?:version )?v?(\d+\.\d+(\.\d+)?)", " ".join(map(str, network.values())))
    if installer and "efa" in str(network).lower():
        document.set("efa.installer_version", installer[1])
    elif "EFA" in str(network.get("link_layer")) or as_map(facts.get("other")).get("efa_installer"):
        document.set("efa.installer_version", as_map(facts.get("other")).get("efa_installer") or "")


def map_plugin(facts, document):
    """NCCL's network plugin as the loader would find it."""
    if "nccl_net_plugin" in facts and facts["nccl_net_plugin"] is None:
        document.set("nccl.plugin.path", None)
    for entry in map(as_map, as_list(facts.get("libraries"))):
        needed = " ".join(as_list(entry.get("needed")))
        for version_of_it in re.findall(r"\b((?:IBVERBS_PRIVATE|EFA|MLX5|FABRIC)_[\d.]+)", needed):
            document.add("nccl.plugin.missing_versions", None, version_of_it)  # who names it tells of its lack
        if "libnccl-net" not in str(entry.get("name")):
            continue
        document.set("nccl.plugin.path", entry.get("path") or "/usr/lib/x86_64-linux-gnu/libnccl-net.so")
        named = (re.search(r"(?:^|@)([A-Z0-9]+_[0-9.]+)$", text) for text in as_list(entry.get("undefined")))
        for lacking in filter(None, named):
            document.add("nccl.plugin.missing_versions", None, lacking[1])
    map_libfabric(facts, document)


def map_libfabric(facts, document):
    """A plugin that was built with a later libfabric than is there: it asks for symbol versions of the later one."""
    other = as_map(facts.get("other"))
    told = f"{facts.get('nccl_net_plugin')}; built with libfabric {other.get('plugin_built_with_libfabric')}"
    built = re.search(r"(?:built|compiled)\b[^;,]{0,50}\blibfabric v?(\d+\.\d+)", told)
    libraries = map(as_map, as_list(facts.get("libraries")))
    found = [entry.get("version") for entry in libraries if str(entry.get("name")).startswith("libfabric.so")]
    found += [other.get("libfabric_in_image"), other.get("libfabric")]
    path = re.search(r"/libfabric/(\d+\.\d+)", str(as_map(facts.get("env")).get("LD_LIBRARY_PATH")))
    here = next((version(str(text)) for text in [*found, path and path[1]] if text and version(str(text))), None)
    if built and here and numbers(built[1]) > numbers(here)[:2]:
        document.set("nccl.plugin.missing_versions", [f"FABRIC_ of {built[1]}"])


def map_topology_file(other, document):
    if other.get("topo_file"):
        document.set("nccl.topology.path", other["topo_file"])
    if other.get("topo_file_defect"):
        document.set("nccl.topology.defects", [other["topo_file_defect"]])


def map_ranks(versions, document):
    """What the ranks of a job would find out of each other in the test all-reduce."""
    if len(set(versions)) > 1:
        text = "; ".join(f"rank {rank}: {version}" for rank, version in enumerate(versions))
        document.subject("smoke_test", "smoke test", {"differences": [{"fact": "nccl.version", "text": text}]})


def map_interfaces(network, document):
    if "interfaces" not in network:
        return
    entries = of_one_node(as_list(network["interfaces"]))
    if not entries:
        document.none("interface")
    for entry in entries:
        for name in names_of(str(entry)):
            down = says(entry, "no carrier", "no-carrier", "down", "no link")
            document.subject("interface", name, {"name": name, "kind": kind_of(name), "state": "down" if down else "up"})
    if says(network.get("interfaces_note"), "several", "more", "others"):
        document.unlist("interface")


def addresses_of(entry):
    """Name and address of every interface in an entry."""
    return re.findall(r"([A-Za-z][\w.@-]*):\s?(\d+\.\d+\.\d+\.\d+)", entry)


def of_one_node(entries):
    """The first node's, where entries begin with nodes: "A eth0:10.0.0.1", "B eth0:10.0.0.2"."""
    labels = [re.match(r"(\w+)\s+[A-Za-z][\w.@-]*:\s?\d", str(entry)) for entry in entries]
    if not labels or not all(labels):
        return entries
    return [entry for entry, label in zip(entries, labels) if label[1] == labels[0][1]]


def names_of(entry):
    """The interfaces of "eth0", "eth0: 10.0.0.1", "enp1s0 (no IP)", "node1 ens1:10.0.1.1 ens2:10.0.2.1"; none of prose."""
    addressed = [name for name, _ in addresses_of(entry)]
    if addressed:
        return addressed
    bare = re.split(r"[:(]", entry)[0].strip()
    return [bare] if re.fullmatch(r"[\w.@*<>\[\]-]+", bare) else []


def map_missing_interface(facts, document):
    """An interface that NCCL is told to use and that isn't there; of the others nothing is told."""
    named = str(as_map(facts.get("env")).get("NCCL_SOCKET_IFNAME") or "").lstrip("=")
    stated = {**as_map(facts.get("other")), **as_map(facts.get("network"))}
    told = [text for key, text in stated.items() if named and named in f"{key} {text}"]
    if any(says(text, "(does not|doesn't) exist", "no such", "not there", "missing", "absent") for text in told):
        document.subject("interface", "lo", {"name": "lo", "kind": "loopback", "state": "up"})


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


def map_rdma(network, other, document):
    layer = link_layer(network.get("link_layer"))
    devices = network.get("ib_devices")
    if devices is not None:
        for entry in as_list(devices):
            name, _, rest = re.sub(r"\s*\(.*", "", str(entry)).partition(":")
            device = {"name": name}
            if re.fullmatch(r"mlx[45]_\d+", name):
                device["kernel_driver"] = f"{name[:4]}_core"
            own = link_layer(rest) or layer
            if own:
                device["link_layer"] = own
            document.subject("rdma", name, device)
        if not as_list(devices):
            document.none("rdma")
    elif layer:
        adapters = re.search(r"\b(\d+) ?x (?:ConnectX|CX|BlueField)", f"{network.get('nic')} {network.get('link_layer')}")
        for number in range(int(adapters[1]) if adapters else 1):
            document.subject("rdma", f"mlx5_{number}" if adapters else RDMA_DEVICE, {"link_layer": layer})
    elif "ib_devices" in network:
        document.none("rdma")
    map_gids(network, document)
    if is_on(other.get("gdr") or False) and not document.all("rdma"):
        document.subject("rdma", RDMA_DEVICE, {})
    if any(says(text, "mlnx_ofed.*", "mofed", "doca-ofed", "connectx.*", "mlx5.*") for text in network.values()):
        for name in document.all("rdma"):
            document.set("kernel_driver", "mlx5_core", ("rdma", name))
    if says(network.get("link_layer"), "roce(v?2)?"):
        document.set("job.nodes", 2)  # who names RoCE goes from machine to machine
    if says(network.get("link_layer"), "efa"):
        document.subject("rdma", RDMA_DEVICE, {"kernel_driver": "efa"})


def map_gids(network, document):
    """A device's table: index -> address and type, or in words ("port 1 index 6 v1 10.1.2.3")."""
    table = []
    for index, text in as_map(network.get("gids")).items():
        address, _, kind = str(text).partition(" ")
        table.append((1, index, address, kind))
    for port, index, number, address in re.findall(
        r"(?:port (\d+) )?index (\d+) v([12]) ([\da-f.:]+)", network.get("gid_table") or ""
    ):
        table.append((port or 1, index, address, f"RoCE v{number}"))
    records = [
        {"port": int(port), "index": int(index), "gid": groups(address), "type": kind, "interface": ""}
        for port, index, address, kind in table
        if str(index).isdigit() and groups(address)
    ]
    for name in document.all("rdma") if records else ():
        document.set("gids", records, ("rdma", name))


def groups(address):
    """The eight groups of an IPv6 address, as the kernel writes them; those of an IPv4 address behind ffff."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return ipaddress.IPv6Address(f"::ffff:{parsed}").exploded if parsed.version == 4 else parsed.exploded


def link_layer(text):
    if not text or says(text, "rdma"):
        return None
    if says(text, "infiniband", "ib", "ndr", "hdr", "edr"):
        return "InfiniBand"
    return "Ethernet" if says(text, "roce(v?2)?", "ethernet") else None


def map_nccl(facts, document):
    """The NCCL that runs: torch's where the case has a torch, else the one that the loader finds."""
    packages = as_map(facts.get("packages"))
    beside = re.search(r"\b\d+\.\d+\.\d+[-+\w.]*", str(facts.get("nccl_path") or "").partition(" ")[2])
    stated = facts.get("torch_nccl") or facts.get("nccl") or packages.get("libnccl2") or packages.get("libnccl-dev")
    named = re.search(r"/nccl[-_/](\d+\.\d+\.\d+)", str(facts.get("nccl_path") or ""))
    stated = (beside and beside[0]) or (named and named[1]) or stated
    if not stated or not version(stated):
        return
    preloaded = re.search(r"[\w./-]*/libnccl\.so[\w.]*", str(as_map(facts.get("env")).get("LD_PRELOAD") or ""))
    stated_path = str(facts.get("nccl_path") or "").split(" ")[0] or (preloaded and preloaded[0])
    path = stated_path or "/usr/lib/x86_64-linux-gnu/libnccl.so.2"
    library = {"name": "libnccl", "soname": "libnccl.so.2", "path": path}
    release, cuda = re.fullmatch(r"(.*?)(?:(?:\+cuda?|built (?:for|with) CUDA )(\d+\.\d+).*)?", str(stated)).groups()
    if cuda:
        library["cuda"] = cuda
    if version(release):
        # Of a minor release the last patch: what is too old for that is too old for all of them.
        library["version"] = f"{release}.99" if re.fullmatch(r"\d+\.\d+", release.strip()) else release
    if not document.get("torch.version", ENVIRONMENT):
        kind = "python" if "/site-packages/" in path else "system"
        document.subject("library", path, {**library, "kind": kind, "search_position": 0})
        return
    if not stated_path:
        path = library["path"] = f"{ENVIRONMENT[1]}/lib/python3/site-packages/nvidia/nccl/lib/libnccl.so.2"
    own = "/site-packages/" in path
    document.subject("library", path, {**library, "kind": "python" if own else "system"})
    loaded = {"environment": ENVIRONMENT[1], "name": "libnccl", "soname": "libnccl.so.2", "path": path, "own": own}
    wheels = document.get("packages", ENVIRONMENT) or {}
    brought = next((number for name, number in wheels.items() if name.startswith("nvidia-nccl-cu") and number), None)
    if not own and brought:
        loaded["own_copy"] = f"{ENVIRONMENT[1]}/lib/python3/site-packages/nvidia/nccl/lib/libnccl.so.2"
        copy = {"path": loaded["own_copy"], "name": "libnccl", "kind": "python", "version": brought}
        document.subject("library", loaded["own_copy"], copy)
    document.subject("loaded_library", "libnccl.so.2", loaded)
