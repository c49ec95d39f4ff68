"""What a case tells by quoting a command or a file, put where it would stand if it were stated outright.

Reporters write "df -h /dev/shm": "shm 64M ..." or "mokutil --sb-state": "SecureBoot enabled". Facts that are stated
outright stay as they are.
"""

import re

from .document import as_list, as_map, says


# What is said of a file that isn't there, or has nothing in it.
GONE = ("no such file", "empty", "missing", "none", "does not", "doesn't", "not there")


def with_quoted(facts):
    """The facts with those that the texts of `host` and `other` tell; the case's own are not changed."""
    facts = {key: dict(value) if isinstance(value, dict) else value for key, value in facts.items()}
    host, other, container = (as_map(facts.setdefault(key, {})) for key in ("host", "other", "container"))
    told = [(str(key), "" if text is None else str(text), text is None) for key, text in (*host.items(), *other.items())]
    texts = "\n".join(f"{key}: {text}" for key, text, _ in told)
    systems = [host.pop("packages", None), *(other.pop(kind, None) for kind in ("deb_packages", "apt_packages", "rpm_packages", "rpm", "dpkg"))]
    for packages in systems:
        for name, stated in as_map(packages).items():
            if stated is None:  # of the system's packages those that are missing tell the most
                facts["packages"] = {**as_map(facts.get("packages")), name: None}
    for read in (of_driver, of_modules, of_memory, of_files, of_names, of_containers, of_slurm, of_projects, of_tools):
        for area, name, value in read(told, texts, facts):
            place = {"": facts, "host": host, "other": other, "container": container}[area]
            place.setdefault(name, value)
    return {key: value for key, value in facts.items() if value != {} or key not in ("host", "other", "container")}


def found(pattern, text, group=1):
    match = re.search(pattern, text, re.IGNORECASE)
    return match and match[group]


def of_driver(told, texts, facts):
    loaded = found(r"Kernel Module(?: for \S+)?\s+(\d{3}\.\d+(?:\.\d+)?)", texts)
    loaded = loaded or found(r"\bnvidia\b\W+(?:version\W+)?(\d{3}\.\d+(?:\.\d+)?)", str(facts.get("kernel_modules")))
    if loaded and loaded != facts.get("driver"):
        yield ("", "driver_kernel" if facts.get("driver") else "driver", loaded)
    libraries = facts.get("driver_userspace") or facts.get("driver_libraries")
    if libraries and facts.get("driver") and libraries != facts["driver"] and loaded in (None, facts["driver"]):
        facts["driver"], facts["driver_kernel"] = libraries, facts["driver"]
    installed = facts.get("install_method")
    if re.search(r"Open Kernel Module|license[^:\n]*:\s*Dual MIT/GPL", texts) or says(installed, "open-dkms", "nvidia-open"):
        yield ("", "driver_flavour", "open")
    elif re.search(r"license(?:[^:\n]*:)?\s*NVIDIA\b", texts):
        yield ("", "driver_flavour", "proprietary")
    asked = [text for key, text, _ in told if key == "gsp_firmware"]
    if re.search(r"EnableGpuFirmware\W{1,3}0\b", texts) or says("; ".join(asked), "disabled?"):
        yield ("host", "gsp_firmware", "off")
    flavour = found(r"flavou?r\W+(open|proprietary)", str(facts.get("kernel_module")))
    if flavour:
        yield ("", "driver_flavour", flavour)
    state = found(r"Secure ?Boot (enabled|disabled)", texts)
    if state:
        yield ("host", "secure_boot", state.lower() == "enabled")
    off = r"above 4 ?GB?( decoding)?\W{1,4}(off|disabled)|4G decoding\W{1,4}(off|disabled)"
    off += r"|none above 4 ?GB|no space for \[mem size 0x\w{9,} 64bit"
    if re.search(off, texts, re.IGNORECASE):
        yield ("host", "above_4g_decoding", False)


def of_modules(told, texts, facts):
    host = as_map(facts.get("host"))
    peer_modules = [name for name in ("nvidia_peermem", "nv_peer_mem") if name in host]
    if any(host[name] is not None for name in peer_modules):
        yield ("host", "modules_loaded", [name for name in peer_modules if host[name] is not None])
        yield ("host", "modules_missing", [name for name in peer_modules if host[name] is None])
    for key, text, _ in told:
        in_use = re.search(r"driver(?: in use)?\W+nouveau\b", f"{key} {text}") if key.startswith("lspci") else None
        if in_use or key.startswith("lsmod") and "nouveau" in text:
            yield ("host", "nouveau", True)
        if key.startswith("lsmod") and "peermem" in f"{key} {text}" and re.search(r": (None|'')", text):
            yield ("host", "modules_loaded", ["nvidia"])  # of several nodes, the one that lacks it
            yield ("host", "modules_missing", ["nvidia_peermem"])
        elif key.startswith("lsmod") and "peermem" in text and "peermem" not in str(host.get("modules_missing")):
            yield ("host", "modules_loaded", ["nvidia", "nvidia_peermem"])
        if key == "lsmod_nvidia_peermem" and says(text, "loaded"):
            yield ("host", "modules_loaded", ["nvidia", "nvidia_peermem"])
        if key.startswith("lsmod") and "nvidia" in key and not text:
            yield ("host", "nvidia_module", None)
        peers = re.search(r"memory_peers\S*(.{0,20}?(?=;|$))", f"{key} {text}")
        if peers and (not text or says(peers[1] if "memory_peers" in text else text, *GONE)):
            yield ("other", "peer_memory", "memory_peers missing")
        gone = not text or says(text, "dangling", *GONE)
        none_offered = "linux-headers-" in key and says(text, "candidate: \\(none\\)")
        if (("/lib/modules/" in key and key.endswith("/build")) or key == "kernel_build_dir") and gone or none_offered:
            yield ("host", "kernel_headers", None)
        if key in ("cmdline", "/proc/cmdline", "kernel command line"):
            yield ("host", "kernel_cmdline", text)


def of_memory(told, texts, facts):
    limits = []
    for key, text, _ in told:
        if "/dev/shm" in key and re.search(r"\b\d+(\.\d+)?[KMG]\b", text):
            yield ("", "shm_size", found(r"\b(\d+(?:\.\d+)?[KMG])\b", text))
        if "ulimit -l" in f"{key} {text}":
            limits += re.findall(r"^\d+$", text)
    inside = found(r"memlock\W+(\d+\b.*)", str(as_map(facts.get("container")).get("limits")))
    if inside:
        yield ("", "ulimits", {"memlock": inside})
    limits += re.findall(r"max locked memory[^:]*: (\d+)", texts)
    if limits:
        yield ("", "ulimits", {"memlock": f"{min(map(int, limits))} kB"})


def of_files(told, texts, facts):
    libraries = list(as_list(facts.get("libraries")))
    named = {as_map(entry).get("name") for entry in libraries}
    for key, text, _ in told:
        file = found(r"([\w.+*-]+\.so[\w.]*)", text if key == "readelf" else key)
        if file and file not in named and "RWE" in text:
            libraries.append({"name": file, "gnu_stack": "RWE"})
        for file, path in re.findall(r"(libcuda\.so\.1) =>\s*(\S*stubs\S*)", text):
            libraries.append({"name": file, "path": path})
        if re.match(r"libcuda_(loaded|found|path|on_|of_)", key) and re.match(r"/\S*libcuda\.so[.\d]*( ->|$)", text):
            libraries.insert(0 if key == "libcuda_loaded" else len(libraries), {"name": "libcuda.so.1", "path": text})
        lists = key in ("ldconfig_p", "ldconfig -p") and says(text, "no (entry )?libcuda\\.so")
        if lists or "libcuda.so" in key and "/usr/lib/wsl/" in text and not re.search(r"libcuda\.so(?![.\w])", text):
            libraries.append({"name": "libcuda.so", "path": None})
        if "nccl.conf" in key:
            settings = re.findall(r"(NCCL_\w+)=([^\s,;]+)", text)
            if settings:
                yield ("other", "nccl_conf", dict(settings))
    if len(libraries) > len(as_list(facts.get("libraries"))):
        facts["libraries"] = libraries
    preloaded = [text for key, text, _ in told if key.endswith("ld.so.preload")]
    if preloaded:
        yield ("other", "preloaded", preloaded[0])


def of_names(told, texts, facts):
    network_facts = as_map(facts.get("network"))
    for other_name in ("hcas", "rdma_devices"):
        if other_name in network_facts:
            facts["network"] = {"ib_devices": network_facts[other_name], **network_facts}
    network = [(str(key), str(text), False) for key, text in as_map(facts.get("network")).items()]
    for key, text, _ in told + network:
        if key.lower() in ("hostname_i", "hostname -i") and text.startswith("127."):
            yield ("other", "hostname_resolves_to", text.split(" ")[0])
        if "/etc/hosts" in key or key.startswith(("getent", "hosts_file", "etc_hosts")):
            for address, name in re.findall(r"(127\.\d+\.\d+\.\d+)\s+([\w.-]+)", text):
                if not name.startswith("localhost"):
                    yield ("other", "hostname_resolves_to", address)


def of_containers(told, texts, facts):
    container = as_map(facts.get("container"))
    runtime = str(container.get("runtime") or "")
    if re.match(r"v?[12]$", str(container.get("cgroup_version"))):
        yield ("container", "cgroup", container["cgroup_version"])
    if "rootless" in runtime and "rootful" not in runtime:
        yield ("container", "rootless", True)
    if re.match(r"\d+\.\d+", str(container.get("cuda"))):
        yield ("other", "image_cuda", container["cuda"])
    installer = found(r"EFA[_ ]installer(?:[_ ]version)?\W{1,2}(\d+\.\d+(?:\.\d+)?)", f"{facts.get('container')} {texts}")
    if installer:
        yield ("other", "efa_installer", installer)
    paths = f"{facts.get('container')} {texts}"
    if re.search(r"/snap/bin/docker|/var/snap/docker", paths) or any(str(name).startswith("snap.docker") for name in as_map(facts.get("services"))):
        yield ("other", "docker_from", "snap")
    if re.search(r"SystemdCgroup\s*=\s*true", f"{runtime} {texts}"):
        yield ("other", "cgroup_driver", "systemd")
    if re.search(r"RuntimeDefault|default (seccomp|security)", f"{runtime} {texts}", re.IGNORECASE):
        yield ("container", "seccomp", "default profile")
    mounted = " ".join(text for key, text, _ in told if key.startswith("lxc"))
    commands = "\n".join(re.findall(r"\b(?:docker|podman|nerdctl)\b[^\n]*? run\b[^\n]*", f"{runtime}\n{texts}"))
    settings = dict(re.findall(r" (?:-e|--env)[ =]([A-Z]\w*)=([^\s'\"]+)", commands))
    if settings:
        facts["env"] = {**settings, **as_map(facts.get("env"))}
    shared = re.search(r"--shm-size[ =](\d+\w*)", commands)
    if shared:
        yield ("", "shm_size", shared[1])
    passed = " ".join(re.findall(r"--device[ =](/dev/nvidia[\w-]*)", texts))
    nodes = re.findall(r"/dev/nvidia[\w-]*", f"{runtime} {mounted} {passed}") or re.findall(
        r"/dev/nvidia[\w-]+", " ".join(text for key, text, _ in told if key.startswith("ls /dev/nvidia"))
    )
    if nodes and "/dev/nvidia-uvm" not in nodes:
        yield ("host", "device_nodes", nodes)
        yield ("host", "device_nodes_missing", ["/dev/nvidia-uvm"])
    mounts = " ".join(text for key, text, _ in told if "cdi" in key.lower())
    if mounts:
        yield ("other", "cdi_spec", mounts)


def of_slurm(told, texts, facts):
    options = " ".join(text for key, text, _ in told if re.search(r"^(srun|sbatch|slurm|launcher|command)$", key))
    if "--" in options:
        yield ("other", "slurm", options)
    for key, text, _ in told:
        unset = key == "cgroup.conf" and "ConstrainDevices" not in text
        plugins = re.search(r"TaskPlugin=([\w/,]+)", text) if "slurm" in key else None
        if unset or (plugins and "cgroup" not in plugins[1]):
            yield ("other", "constrain_devices", "no")
    mig = found(r"CUDA_VISIBLE_DEVICES\W+(?:is |=)?(?:one )?(MIG-\S+)", texts)
    if mig:
        facts["env"] = {"CUDA_VISIBLE_DEVICES": mig.strip(",;"), **as_map(facts.get("env"))}


REQUIREMENT = re.compile(r"([A-Za-z][\w.-]*)(?:\[[\w,-]*\])?\s*((?:[<>=!~]=?=?\s*[\w.*+]+\s*,?\s*)+|$)")


def of_projects(told, texts, facts):
    """What a project requires, as its files say it: "pyproject_requires": "torch >= 2.2.0, < 2.5"."""
    wanted = {}
    for key, text, _ in told:
        if re.fullmatch(r"(pyproject|setup|requirements|install|project)_?(requires|requirements|txt|dependencies)|dependencies", key):
            for line in re.split(r"[;\n]|,\s*(?=[A-Za-z])", text):
                named = REQUIREMENT.fullmatch(line.strip())
                if named:
                    wanted[named[1]] = re.sub(r"\s", "", named[2]).strip(",")
        version = re.fullmatch(r"(\w+)_(?:wanted|requested)", key) if re.fullmatch(r"\d[\w.]*", text) else None
        if version:
            wanted[version[1]] = f"=={text}"
        if re.fullmatch(r"building(_from_source)?|being_built|build_target|jit_extensions", key):
            wanted[text.split(" ")[0].strip(",")] = ""
            yield ("other", "builds_code", "yes")
    if wanted:
        yield ("other", "requested", wanted)


def of_tools(told, texts, facts):
    which = as_map(as_map(facts.get("other")).get("which"))
    if which and all(which[name] is None for name in which if name in ("gcc", "cc", "clang")):
        yield ("", "host_compiler", None)
    for key, text, nothing in told:
        if key in ("which nvcc", "nvcc", "/usr/local/cuda") and (nothing or not text or says(text, *GONE, "no nvcc")):
            yield ("", "cuda_toolkit", None)
        if key in ("gcc", "clang", "cc", "which gcc") and (nothing or says(text, *GONE, "not found")):
            yield ("", "host_compiler", None)
        if re.search(r"(dnf|yum|apt).*kernel_?-?(devel|headers)", key) and says(text, "no match", "no candidate", *GONE):
            yield ("host", "kernel_headers", None)
        if re.search(r"/usr/include/python3|^python_dev(_package)?$", key) and (nothing or says(text, *GONE)):
            yield ("other", "python_headers", None)
        if "uvm_disable_hmm" in key:
            yield ("other", "uvm_disable_hmm", text)
    links = f"{texts}\n{facts.get('topology')}"
    link = re.search(r"link \d+\W+inactive", links, re.IGNORECASE)
    part = re.search(r"\b(\d+) of (?:the )?(\d+) (?:nv)?links (?:are )?(?:up|active)", links, re.IGNORECASE)
    if link or (part and 0 < int(part[1]) < int(part[2])):
        facts["topology"] = f"{facts.get('topology') or ''}; nvlink down"
