"""The driver: kernel module, user-mode library, modules, device nodes, services that belong to it."""

import re

from .document import as_list, as_map, is_on, says, version


def map_facts(facts, document):
    host = as_map(facts.get("host"))
    map_modules(facts, host, document)
    map_versions(facts, document)
    map_nodes(host, document)
    map_packages(facts, document)
    map_services(facts, document)
    map_initialisation(as_map(facts.get("other")), document)


def of_branch(text):
    """A bare branch ("525") stands for all its releases: the last one, so that only what holds for all is too old."""
    number = version(text)
    return number + ".999" if number and "." not in number else number


def map_versions(facts, document):
    driver, module = facts.get("driver"), facts.get("driver_kernel")
    if module:
        # Two versions are stated where they differ: the module's, and that of the libraries.
        document.set("driver.module_version", of_branch(module))
        if driver and driver != module:
            document.set("driver.library_version", of_branch(driver))
            if "cuda_compat" not in facts:
                document.set("driver.libcuda_kind", "driver")
    elif driver and only_built(facts):
        document.set("driver.module_version", None)
        document.set("driver.dkms_version", of_branch(driver))
    elif driver:
        if document.get("wsl.version"):
            # The driver is Windows': there is no kernel module, and NVML tells its version.
            document.set("nvml.driver_version", of_branch(driver))
        else:
            document.set("driver.module_version", of_branch(driver))
    elif "driver" in facts:
        document.set("driver.module_version", None)
    if facts.get("cuda_compat"):
        map_compat(facts, driver, document)
    module_told = str(as_map(facts.get("host")).get("nvidia_module") or "")
    flavour = facts.get("driver_flavour") or (module_told if says(module_told, "open", "proprietary") else "")
    if flavour:
        is_open = says(flavour, "open") and not says(flavour, "proprietary", "not .*open")
        document.set("driver.module_flavour", "open" if is_open else "proprietary")
    if facts.get("cuda_driver"):
        document.set("nvml.cuda_version", facts["cuda_driver"])
        if "cuda_compat" not in facts:
            document.set("cuda_driver.version", facts["cuda_driver"])


# What a case tells of a driver that was installed, where it tells nothing of a driver that runs.
OF_INSTALLING = ("os", "kernel", "arch", "driver", "driver_flavour", "install_method", "packages", "host_compiler", "other")


def only_built(facts):
    """Whether a driver's module is but compiled, by DKMS, as far as a case tells."""
    return says(facts.get("install_method"), "(nvidia-)?dkms") and all(key in OF_INSTALLING for key in facts)


def map_compat(facts, driver, document):
    """A forward-compatibility libcuda that comes first; its CUDA is that of the image, where it says no other."""
    text = facts["cuda_compat"]
    if says(text, "suspected", "not", "perhaps"):
        return
    named = [entry.get("path") or "" for entry in as_list(facts.get("libraries"))]
    path = next((path for path in named if "/compat/libcuda" in path), "/usr/local/cuda/compat/libcuda.so.1")
    document.set("driver.libcuda_kind", "compat")
    document.set("driver.libcuda_path", path)
    library = {"path": path, "name": "libcuda", "kind": "compat", "search_position": 0}
    cuda = re.search(r"(?<![\d.])(\d{2})[.-](\d)(?![\d.])", text)
    release = re.search(r"\d{3}\.\d+(\.\d+)?", text)
    if release:
        library["version"] = release[0]
    elif driver and says(text, "older than the driver"):
        library["version"] = version(f"< {driver}")
    if "version" in library:
        document.set("driver.library_version", library["version"])
    if cuda or "." in (facts.get("cuda_toolkit") or ""):
        library["compat.cuda"] = f"{cuda[1]}.{cuda[2]}" if cuda else facts["cuda_toolkit"]
    document.subject("library", path, library)


UNBUILT = ("not built", "not compiled", "not present for", "build fails")


def map_modules(facts, host, document):
    state = host.get("nvidia_module")
    if "nvidia_module" in host and (state is None or is_on(state) is False or says(state, "lsmod: none")):
        document.set("driver.module_version", None)
        document.set("driver.modules", [])
        compiled_here = says(facts.get("install_method"), ".*--dkms") and document.get("kernel.headers") is None
        if facts.get("driver") and (says(f"{state} {facts['driver']}", *UNBUILT) or compiled_here):
            document.set("driver.dkms_version", of_branch(facts["driver"]))
            document.set("driver.dkms_built", False)
        elif facts.get("driver"):
            document.set("driver.installed_module_version", of_branch(facts["driver"]))
    for name in re.findall(r"[a-z]\w+", " ".join(modules_of(host)).replace("-", "_")):
        document.add("driver.modules", None, name)
    if host.get("nouveau"):
        document.add("driver.modules", None, "nouveau")
        document.set("driver.module_version", None)  # nouveau holds the GPUs: what is stated is installed only
        if facts.get("driver"):
            document.set("driver.installed_module_version", of_branch(facts["driver"]))
    loaded = document.get("driver.modules") or []
    if any(name.startswith("nvidia_") for name in loaded) and not ("nvidia_module" in host and state is None):
        document.add("driver.modules", None, "nvidia")  # the others are loaded on top of it
    missing = [str(name).partition(" (")[0].replace("-", "_") for name in as_list(host.get("modules_missing"))]
    if "nv_peer_mem" in missing and "nvidia_peermem" in loaded:
        document.set("peer_memory.clients", ["nvidia-peermem"])
    if "nvidia_uvm" in missing:
        document.set("devices.nvidia_uvm", None)
    if missing and "driver.modules" not in document.subjects[("host", "host")]:
        document.set("driver.modules", [name for name in ("nvidia", "nvidia_uvm") if name not in missing])


def modules_of(host):
    return [str(name) for key in ("kernel_modules", "modules_loaded", "modules") for name in as_list(host.get(key))]


def map_nodes(host, document):
    if host.get("gsp_firmware") is not None and is_on(host["gsp_firmware"]) is not None:
        on = is_on(host["gsp_firmware"])
        document.set("driver.module_parameters", {"EnableGpuFirmware": "18" if on else "0"})
    present = as_list(host.get("device_nodes"))
    for node, path in (("/dev/nvidiactl", "devices.nvidiactl"), ("/dev/nvidia-uvm", "devices.nvidia_uvm")):
        if node in present:
            document.set(path, "read-write")
    if any(re.fullmatch(r"/dev/nvidia\d+", node) for node in present):
        document.set("devices.gpu_nodes", len([node for node in present if re.fullmatch(r"/dev/nvidia\d+", node)]))
    for node in as_list(host.get("device_nodes_missing")):
        if re.fullmatch(r"/dev/nvidia\d+", node):
            document.set("devices.gpu_nodes", 0)
        imex = node.startswith("/dev/nvidia-caps-imex-channels")
        path = {
            "/dev/nvidiactl": "devices.nvidiactl",
            "/dev/nvidia-uvm": "devices.nvidia_uvm",
            "/dev/nvidia-caps": "devices.mig_capabilities",
        }.get(node, imex and "devices.imex_channels")
        if path:
            document.set(path, None)
        if imex:
            document.set("devices.nvidiactl", "read-write")  # who lists it has the others
        if node == "/dev/dxg":
            document.set("devices.dxg", False)
        if node.startswith("/dev/infiniband"):
            document.subject("rdma", "rdma", {"verbs_node": False})


def map_packages(facts, document):
    listed = re.search(r"\blibnvidia-compute-\d+(-\w+)?", "\n".join(map(str, as_map(facts.get("other")).values())))
    if listed:
        document.set("driver.package", listed[0])
    for name, stated in as_map(facts.get("packages")).items():
        package = re.fullmatch(r"(nvidia-driver|libnvidia-compute|nvidia-utils)-\d+(-\w+)?", name)
        if package and stated is not None:
            document.set("driver.package", name)
            document.set("driver.package_version", stated)


def map_initialisation(other, document):
    """What cuInit answers, and how the module for managed memory is set."""
    result = re.match(r"\d+", str(other.get("cuInit") or other.get("cuinit") or ""))
    if result:
        document.set("cuda_driver.init", int(result[0]))
    if other.get("uvm_disable_hmm"):
        document.set("driver.uvm_parameters", {"uvm_disable_hmm": other["uvm_disable_hmm"]})


def map_services(facts, document):
    services = as_map(facts.get("services"))
    for name, state in services.items():
        if says(name, "fabric-?manager", "nvidia-fabricmanager"):
            map_fabric_manager(f"{state}, restarted" if was_restarted(facts) else state, document)
        running = {"nvidia-persistenced": "persistenced.running", "nvidia-imex": "imex.running"}.get(name)
        if running:
            on = state is not None and is_on(state)
            if on is not None:
                document.set(running, on)
    if as_map(facts.get("other")).get("fabric_manager_enabled") is False:
        document.set("fabric_manager.running", False)


def was_restarted(facts):
    """Whether the fabric manager was started anew while the GPUs were up, as a text aside tells."""
    told = [f"{key} {text}" for key, text in as_map(facts.get("other")).items() if isinstance(text, str)]
    about = [text for text in told if says(text, "fabric[-_ ]?manager.*")]
    return any(says(text, "restarted", "systemctl restart", "started again") for text in about)


def map_fabric_manager(state, document):
    if state is None or says(state, "not installed"):
        document.set("fabric_manager.version", None)
        document.set("fabric_manager.running", False)
        return
    if re.search(r"\d+\.\d+", str(state)):
        document.set("fabric_manager.version", state)
    if says(state, "restarted", "systemctl restart.*", "(stopped and )?started again", "started after"):
        # Of the hour that the GPUs were up before, nothing is told.
        document.set("persistenced.started", 0)
        document.set("fabric_manager.started", 3600)
        document.set("fabric_manager.running", True)
        return
    running = is_on(state)
    if running is not None:
        document.set("fabric_manager.running", running)
