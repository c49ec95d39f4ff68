"""What GPUs and nodes of one job have to do with each other: peer access, peer memory, subnets, names."""

import ipaddress
import re

from .document import as_list, as_map, is_on, says
from .network import addresses_of, names_of, of_one_node


def map_facts(facts, document):
    network, other = as_map(facts.get("network")), as_map(facts.get("other"))
    map_peer_access(facts.get("topology"), is_on(other.get("can_device_access_peer")), document)
    sources = (network, other, as_map(facts.get("host")))
    stated = (source.get(name) for source in sources for name in ("peer_memory", "memory_peers"))
    map_peer_memory(" ".join(str(text or "") for text in stated), document)
    map_subnets(network, {**as_map(facts.get("host")), **other}, document)
    if str({**as_map(facts.get("container")), **other}.get("gpus_per_pod")) == "1":
        map_containers("one gpu per pod", document)
    texts = (facts.get("topology"), *as_map(facts.get("container")).values(), *other.values())
    map_containers(". ".join(str(text) for text in texts if isinstance(text, str)), document)
    map_ranks(facts, other, document)
    map_cure(other, document)
    map_own_name({**as_map(facts.get("host")), **other, **network}, document)


def map_peer_access(topology, offered, document):
    """Only where it is denied of all GPUs: "no P2P between sockets" says nothing of those on one socket."""
    access = "(cuda )?(p2p|peer access)"
    denied = (
        rf"(no|without) {access}( between (the|any) gpus)?\s*(?=$|[,;.])",
        f"no {access} between any pair",
        f"{access} (is )?'?not (supported|possible)'? between (any (pair|two|gpus)|the two)",
    )
    if not offered and not says(topology, *denied):
        return
    names = list(document.all("gpu"))
    pairs = [{"from": a, "to": b, "access": bool(offered)} for a in names for b in names if a != b]
    if pairs:
        document.set("cuda_driver.peer_access", pairs)


def map_peer_memory(text, document):
    """The module, which needs the driver's, and what it registered with the RDMA stack."""
    module = re.search(r"nv_peer_mem|nvidia[-_]peermem", text)
    if says(text, "/sys/kernel/mm/memory_peers/nvidia-peermem only"):
        document.set("peer_memory.clients", ["nvidia-peermem"])
    if says(text, "(memory_peers|nv_mem) [^.;]*(missing|empty|not there)", "no nv_mem"):
        document.set("peer_memory.clients", [])
    unregistered = says(text, "not registered", "unregistered", "without registration")
    if module and (unregistered or is_on(text)) and document.get("driver.modules") != []:
        for name in ("nvidia", module[0].replace("-", "_")):
            document.add("driver.modules", None, name)
    if unregistered:
        document.set("peer_memory.clients", [])


def map_subnets(network, others, document):
    """Interfaces that share a subnet have a route to it each, of the kernel's metric; which subnet doesn't matter."""
    entries = [in_full(str(entry)) for entry in of_one_node(as_list(network.get("interfaces")))]
    stated = [re.search(r"(?:^|\s)([\w.-]+)\W+(\d+\.\d+\.\d+\.\d+/\d+)\b", entry) for entry in entries]
    routes = [
        {"interface": at[1], "subnet": str(ipaddress.ip_interface(at[2]).network), "gateway": "", "metric": 0}
        for at in stated
        if at and not at[2].startswith("169.254.")
    ]
    for name, address in (pair for entry in entries for pair in addresses_of(entry)):
        if address.startswith("169.254."):
            routes.append({"interface": name, "subnet": "169.254.0.0/16", "gateway": "", "metric": 0})
    if routes:
        document.set("network.routes", routes)
    names = [name for name in document.all("interface") if name != "lo"]
    prose = [entry for entry in entries if not names_of(entry)]
    told = (*network.values(), *others.values(), *prose)
    text = ". ".join(str(value) for value in told if not isinstance(value, list))
    same = r"\b(same|one|single|share a)( ip| l3)?( /\d+)? (subnet|broadcast domain)"
    shared = re.search(rf"[^.;]*{same}[^.;,]*" if prose else rf"[^.;,]*{same}[^.;,]*", text, re.IGNORECASE)
    if not shared or says(shared[0], "not", "no", "never", "except", "neither"):
        return
    if len(names) != 2:
        if names or not says(shared[0], "all", "both", "two", "several", "interfaces", "nics", "cards", "ports"):
            return  # which of several share it isn't told
        names = ["nic0", "nic1"]  # what they are called isn't told, and doesn't matter
    found = re.findall(r"\d+\.\d+\.\d+\.", " ".join(entries))
    subnet = (found[0] if found else "10.0.0.") + "0/24"
    document.set("network.routes", [{"interface": n, "subnet": subnet, "gateway": "", "metric": 0} for n in names])


def in_full(entry):
    """An address of which the last number is hidden: "192.168.3.x, netmask /20"."""
    return re.sub(r"\b(\d+\.\d+\.\d+)\.[x*]+(?:,? (?:net)?mask)? ?(?=/\d)", r"\1.1", entry)


def map_containers(note, document):
    """A GPU in each container: what each of them sees."""
    one, each = "(one|1|a single|single) gpu", "(each|every|a|one|per)( (container|pod))?"
    inside = "(inside|in) (a|each|every|the) (container|pod)[^.;]* (one|1|a single|its own) gpu"
    told = (
        f"{one},? (visible )?((in|per|for) )?{each}(?= (container|pod)|[.;,]|$)",
        inside,
        "(each|every|one) (container|pod)[^.;]* (one|1|a single|its own) gpu",
        "(one pod per rank|\\d+ worker pods)[^;]*gpu: 1",
        "(two|three|four|eight|\\d+) containers:? [^.;]*device=0[^.;]*device=1",
        "device_ids \\[.0.\\][^.;]*device_ids \\[.1.\\]",
        "containers with different gpus?( mount)?",
        "ranks in (several|different|separate) containers (on|of) the same node",
    )
    if not says(note, *told):
        return
    number = re.search(r"\b(\d+) (?:worker )?(?:containers|pods)", str(note))
    document.set("devices.gpu_nodes", 1)
    document.add("variables", "WORLD_SIZE", number[1] if number and number[1] != "1" else "2")


def map_ranks(facts, other, document):
    """Several ranks on MIG devices, where a workload says that there are several."""
    words = ("ddp", "(data|model|tensor)[- ]parallel", "multi-?gpu", "distributed", "nccl backend")
    several = says(other.get("workload"), *words) or str(other.get("world_size") or "1") not in ("0", "1")
    several = several or re.search(r"--nproc[-_]per[-_]node[= ]([2-9]|\d\d)", str(other.get("launcher")))
    several = several or re.search(r"\b(?:mpirun|mpiexec)\b.* -np? ([2-9]|\d\d)", str(other.get("launcher")))
    gpus = [as_map(gpu) for gpu in as_list(facts.get("gpus"))]
    if several and any(gpu.get("mig") or " MIG " in str(gpu.get("name")) for gpu in gpus):
        document.add("variables", "WORLD_SIZE", "2")


def map_cure(other, document):
    """What a reporter tried is what the test all-reduce tries after it failed."""
    works = r"[^;.]{0,40}\b(works?|runs?|trains|passes|completes|is gone|cures?|cured|goes away|makes it (run|work))\b"
    if any(re.search(r"NCCL_P2P_DISABLE=1" + works, str(text)) for text in other.values()):
        document.subject("smoke_test", "smoke test", {"cured_by": "NCCL_P2P_DISABLE=1"})


def map_own_name(stated, document):
    for key, text in stated.items():
        address = re.search(r"(?<![\d.])127\.\d+\.\d+\.\d+", str(text))
        if not text:
            continue
        if address and says(key, "host_?name_resolves_to", "host_?name_address(es)?"):
            document.set("network.host_name_addresses", [address[0]])
        elif address and says(key, "etc_hosts", "hosts_file") and not says(text, "localhost"):
            document.set("network.host_name_addresses", [address[0]])
