"""GPUs: names, how many, compute capability, MIG, how they are joined."""

import re

from .document import as_list, as_map, says, table_rows

# No machine has more; a higher count is that of a cluster.
MOST_IN_A_MACHINE = 16
PRODUCTS = table_rows("gpu_by_name")
# GB of the Quadro RTX of a number; the RTX of that number and Ada's generation have more.
TURING_MEMORY = {"4": "8", "5": "16", "6": "24", "8": "48"}
OTHER_VENDORS = ("amd", "instinct", "radeon", "intel", "apple", "mi\\d{3}x?")


def map_facts(facts, document):
    stated, other = facts.get("gpus"), as_map(facts.get("other"))
    if "gpus" in facts and not stated:
        document.none("gpu")
        return
    named = [gpu for gpu in (as_map(entry) or {"name": entry} for entry in as_list(stated)) if any(gpu.values())]
    nvidia = [gpu for gpu in named if not says(gpu.get("name"), *OTHER_VENDORS)]
    if named and not nvidia:
        document.none("gpu")
        return
    count = in_one_machine(facts.get("gpu_count"), facts.get("nodes"))
    seen = str(other.get("gpus_seen_in_job") or "")
    if count is None and seen.isdecimal():
        count = int(seen)
    if count == 0:
        document.none("gpu")
    note = str(other.get("gpus_note"))
    beyond = re.search(r"no gpu (?:with index )?(\d+)\b", note, re.IGNORECASE)
    if beyond and count is None and len(nvidia) < 2:
        count = int(beyond[1])  # at most so many
    fewer = re.search(r"(?:fewer|less) than (\d) gpus", str(other.get("hardware")), re.IGNORECASE)
    if fewer and count is None and not nvidia:
        count = int(fewer[1]) - 1
    if count is None and len(nvidia) == 1:
        listed = re.fullmatch(r"\d+(,\d+)+", str(as_map(facts.get("env")).get("CUDA_VISIBLE_DEVICES")))
        count = max(map(int, listed[0].split(","))) + 1 if listed else None  # one stands for all of its kind
    if len(nvidia) == 1 and count:
        nvidia = nvidia * count
    if len(nvidia) == 1 and not count and says(other.get("kernel_module"), "p2p"):
        nvidia = nvidia * 2  # transfers between GPUs take two
    nvidia += [{}] * ((count or 0) - len(nvidia))
    for index, gpu in enumerate(nvidia):
        document.subject("gpu", f"GPU {index}", facts_of(gpu))
    given = str(as_map(facts.get("env")).get("NVIDIA_VISIBLE_DEVICES") or "").startswith("MIG-")
    map_other(other, str(facts.get("topology") or ""), given, document)


def in_one_machine(count, nodes):
    """How many of a job's GPUs are in one machine."""
    if not isinstance(count, int):
        return None
    if isinstance(nodes, int) and nodes > 1 and count % nodes == 0:
        return count // nodes
    return count if count <= MOST_IN_A_MACHINE else None


def words_in_order(name):
    apart = re.sub(r"(?<=\d{3})(ti|super)\b", r" \1", name.lower())
    apart = re.sub(r"\b(rtx|gtx|gt|tesla|quadro)(?=\d)", r"\1 ", apart)
    return re.findall(r"[a-z0-9]+", apart)


def words_of(name):
    """"RTX 3090Ti" has the words of "GeForce RTX 3090 Ti"."""
    return set(words_in_order(name)) - {"nvidia"}


def product_name(stated):
    """The product that the words mean, where they mean one; people write "Tesla V100S" or "DGX Spark (GB10)"."""
    name = stated.removeprefix("NVIDIA ")
    if name in PRODUCTS or re.search(r"-\d+[ABCQ](ME)?$", name):  # the latter are virtual GPUs, by their profile
        return stated
    turing = re.match(r"(?:Quadro )?RTX (\d)000(?:\W+(\d+) ?GB)?$", name)
    if turing and TURING_MEMORY.get(turing[1]) == turing[2]:
        return f"Quadro RTX {turing[1]}000"
    words = words_of(re.sub(r"\b\d+ ?GB\b", "", name))
    longer = [known for known in PRODUCTS if words and words <= words_of(known)]
    shorter = [known for known in PRODUCTS if words_of(known) <= words and re.search(r"\d", known)]
    if longer:
        capabilities = {PRODUCTS[known].get("compute_capability") for known in longer}
        return min(longer, key=len) if len(capabilities) == 1 else stated
    if shorter:
        return max(shorter, key=len)
    without_chip = re.sub(r" \(\w+\)$", "", name)
    if without_chip in PRODUCTS:
        return without_chip
    # "GTX2080 Ti 22G", "1070m": only the number is right.
    number = re.search(r"\b\d{4}( ti)?( super)?(?=m?\b)", " ".join(words_in_order(name)))
    called = [known for known in PRODUCTS if number and re.fullmatch(rf"geforce (rtx|gtx) {number[0]}", known.lower())]
    return called[0] if len(called) == 1 else stated


def facts_of(gpu):
    facts = {}
    name = gpu.get("name")
    capability = gpu.get("compute_capability")
    if name:
        stated = re.search(r"compute capability (\d+\.\d+)", name)
        if stated:
            capability = capability or stated[1]
        else:
            facts["name"] = product_name(name)
    if capability:
        facts["nvml.compute_capability"] = capability
    if name and re.search(r"\bMIG \d+g\.", name):
        facts["nvml.mig.enabled"] = True
    if gpu.get("mig") is not None:
        facts["nvml.mig.enabled"] = bool(gpu["mig"])
    return facts


def map_other(other, topology, given, document):
    gpus = [("gpu", name) for name in document.all("gpu")]
    for gpu in gpus:
        if other.get("pci_id"):
            document.set("pci_id", str(other["pci_id"]).lower(), gpu)
        instances = str(other.get("mig_instances") or "")
        counted = instances.isdigit() or says(instances, "several", "two", "many")
        if counted and not given and document.get("nvml.mig.enabled", gpu):
            document.set("nvml.mig.devices", int(instances) if instances.isdigit() else 2, gpu)
        if other.get("mig_profile"):
            document.set("nvml.mig.enabled", True, gpu)
            document.set("nvml.mig.devices", int(instances) if instances.isdigit() and not given else 1, gpu)
        if says(topology, "no nvlink"):
            document.set("nvml.nvlinks", [], gpu)
    if gpus and says(topology, "nvlink down"):
        links = [{"link": 0, "active": False, "peer": ""}, {"link": 1, "active": True, "peer": "0000:00:00.0"}]
        document.set("nvml.nvlinks", links, gpus[0])
    if gpus and other.get("fabric_state"):
        state = str(other["fabric_state"]).lower()
        waits = "not" in state or "progress" in state
        document.set("nvml.fabric.state", "in_progress" if waits else state.replace(" ", "_"), gpus[0])
