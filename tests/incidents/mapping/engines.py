"""Container engines, what confines their containers, the kubelet, and what else of the host decides GPU containers."""

import re

from .document import ENVIRONMENT, as_list, as_map, is_on, says, version

# What a kubelet can be told to use.
RUNTIMES = (("crio", ("cri-?o",)), ("docker", ("docker",)), ("containerd", ("containerd",)))
# As the probe names them.
ENGINES = ("docker", "podman", "containerd", "crio", "enroot", "apptainer")


def map_facts(facts, document):
    container, other = as_map(facts.get("container")), as_map(facts.get("other"))
    host = as_map(facts.get("host"))
    runtime = str(container.get("runtime") or "")
    map_engine(runtime, other, document)
    map_cgroup_driver(runtime, other, document)
    map_kubelet(container, runtime, other, str(facts.get("install_method") or ""), document)
    map_cdi(container, other, document)
    map_confinement(container, other, host, document)
    map_device_constraint(host, other, document)
    map_kernel(facts, host, other, document)
    map_driver_files(other, document)


def map_engine(runtime, other, document):
    names = [name for name in ENGINES if says(runtime, name, f"{name}-ce", f"{name}-compose")]
    if says(runtime, "pyxis"):
        names.append("enroot")
    if names:
        document.set("container_engines", sorted(set(names)))
    numbered = re.search(r"\b(docker|podman)(?:-ce|-engine)? (?:\d+:)?(\d+(?:\.\d+)+)", runtime)
    if numbered:
        document.set(f"{numbered[1]}.version", numbered[2])
    if "docker" in names and says(runtime, "--runtime=nvidia", "nvidia runtime", "runtime: nvidia"):
        document.set("docker.nvidia_runtime", True)
    if says(runtime, "snap") or other.get("docker_from") == "snap":
        document.set("docker.snap", True)


def map_cgroup_driver(runtime, other, document):
    stated = other.get("cgroup_driver")
    driver = next((name for name in ("systemd", "cgroupfs") if says(stated, name)), None)
    if not driver:
        return
    kubernetes = says(f"{runtime} {other.get('orchestrator')}", "kubernetes", "k8s") or "kubernetes" in other
    if kubernetes:
        document.set("kubelet.cgroup_driver", driver)
    elif says(runtime, "runc", "containerd"):
        document.set("containerd.systemd_cgroup", driver == "systemd")
    else:
        document.set("docker.cgroup_driver", driver)


def map_kubelet(container, runtime, other, installing, document):
    """Which runtime a node's kubelet uses is stated where its default runtime is."""
    node = says(f"{runtime} {other.get('workload')}", "kubernetes", "k8s", "device plugin", "gpu[- ]operator")
    told = re.search(r"\b(docker|containerd)\b.*\bruntime (?:is |set to |= ?)runc\b", runtime)
    if node and told:
        map_default_runtime(told[1], "runc", document)
    if says(container.get("default_runtime"), "runc"):
        name = "docker" if says(runtime, "docker") else "containerd"
        known = "nvidia" in as_list(container.get("runtimes")) or says(container.get("runtimes"), "nvidia")
        map_default_runtime(name, "runc", document, knows_nvidia=bool(known))
    if says(runtime, "containerd") and says(other.get("orchestrator"), "kubernetes", "k3s", "k8s") and "toolkit_config" in other:
        document.set("kubelet.runtime", "containerd")  # what is told of the node's toolkit is told of the node
    for name in ("docker", "containerd"):
        for default in (f"{name}_default_runtime", f"{name}_default_runtime_name"):
            if default in other:
                map_default_runtime(name, other[default], document)
    stated = re.search(r"default_runtime_name\W+(not set|unset|\w+)", str(other.get("containerd_config")))
    if stated:
        known = "nvidia" in str(other["containerd_config"])
        default = "runc" if stated[1] in ("not set", "unset") else stated[1]  # containerd's own default
        map_default_runtime("containerd", default, document, knows_nvidia=known)
    if says(runtime, "containerd.* default_runtime_name (is )?(not set|unset|runc)"):
        map_default_runtime("containerd", None, document)
    map_driver_container(container, other, installing, document)


def map_default_runtime(name, default, document, knows_nvidia=False):
    document.set("kubelet.runtime", name)
    document.set(f"{name}.default_runtime", default)
    if name == "containerd" and default in (None, "runc"):
        document.set("containerd.nvidia_runtime", knows_nvidia)


def map_driver_container(container, other, installing, document):
    """A node whose driver a container of the GPU operator is to build: until then there is none."""
    image = str(container.get("image") or "")
    told = f"{image} {other.get('workload')} {installing}"
    if "nvidia/driver:" in image or says(told, "(nvidia[- ])?driver[- ](daemonset|container|pod)"):
        engine = next((name for name, words in RUNTIMES if says(container.get("runtime"), *words)), None)
        document.set("kubelet.runtime", engine or "containerd")
        document.set("driver.module_version", None)


def map_cdi(container, other, document):
    told = (str(text) for text in other.values() if says(text, "cdi", "nvidia\\.yaml"))
    specification = other.get("cdi_spec") or " ".join(told)
    if specification or says(other.get("device_request"), "cdi"):
        document.set("container_toolkit.cdi_specs", ["/etc/cdi/nvidia.yaml"])
    if says(specification, "gone", "missing", "not there", "no longer"):
        files = re.findall(r"[\w./-]*\.so[\w.]*", specification)
        document.set("container_toolkit.cdi_missing_files", files or [specification])
    elif says(specification, "before [^.;]*(update|upgrade)d?", "stale", "not (re)?generated", "(former|old) driver"):
        # The files of a driver bear its version in their names: those of the former one are gone.
        document.set("container_toolkit.cdi_missing_files", [specification])
    named = re.search(r"\b(\d{3}\.\d+(?:\.\d+)?)\b", specification)
    if named:
        document.set("container_toolkit.cdi_driver_version", named[1])
    configuration = {**as_map(container.get("toolkit_config")), **as_map(other.get("toolkit_config"))}
    texts = "\n".join(str(value) for value in (*container.values(), *other.values()))
    said = re.search(r"no[-_]cgroups\W{1,4}(true|false|yes|no)\b", texts)
    switches = (other.get("no_cgroups"), configuration.get("no-cgroups"), configuration.get("no_cgroups"))
    for switch in (*switches, said and said[1]):
        if switch is not None and is_on(switch) is not None:
            document.set("container_toolkit.no_cgroups", is_on(switch))
    if configuration.get("ldconfig"):
        document.set("container_toolkit.ldconfig", configuration["ldconfig"])
    mode = configuration.get("mode") or other.get("hook_mode")
    if mode:
        document.set("container_toolkit.mode", mode)
    if says(other.get("ldconfig_note"), "wrapper", "script"):
        document.set("container_toolkit.ldconfig_kind", "script")


def map_confinement(container, other, host, document):
    place = "(inside|in) (an? )?(unprivileged )?(lxc|lxd|incus)( (system )?container)?"
    nested = says(f"{other.get('container_note')} {container.get('runtime')}", place)
    nested = nested or any(says(str(text), rf"docker\b[^;,.]{{0,30}}\b{place}") for text in other.values())
    if container.get("rootless") or nested or says(other.get("container_note"), "unprivileged", "rootless"):
        document.set("namespaces.own", ["user"])
    mode = host.get("selinux")
    if mode is not None:
        document.set("selinux.mode", "permissive" if says(mode, "permissive") else "enforcing" if is_on(mode) else None)
    elif "selinux" in host:
        document.set("selinux.mode", None)
    devices = re.search(r"container_use_devices[ =:]+(on|off|true|false|1|0)\b", mode or "", re.IGNORECASE)
    if devices:
        document.set("selinux.containers_use_devices", devices[1].lower() in ("on", "true", "1"))
    seccomp = container.get("seccomp", other.get("seccomp", other.get("seccomp_profile")))
    unprivileged = says(container.get("privileged", other.get("privileged")), "no", "false")
    if not seccomp and unprivileged and says(container.get("runtime"), "docker"):
        seccomp = "Docker's default"
    if seccomp:
        document.set("seccomp.mode", "disabled" if says(seccomp, "unconfined", "disabled", "off") else "filter")
    texts = [str(value) for value in (*host.values(), *other.values())]
    rootless = container.get("rootless", says(" ".join(texts), "rootless") and not says(container.get("runtime"), "sudo"))
    rootful = says(container.get("runtime"), "runs as root", "rootful")
    if says(container.get("runtime"), "docker") and (rootful or not rootless):
        document.set("docker.rootful", True)


def map_device_constraint(host, other, document):
    """Whether Slurm confines a job to its devices."""
    constrain = other.get("constrain_devices", as_map(other.get("cgroup_conf")).get("ConstrainDevices"))
    texts = "\n".join(str(value) for value in (*host.values(), *other.values()))
    lacks = re.search(r"\b(no|without|lacks?|lacked|missing) \W?ConstrainDevices\b", texts, re.IGNORECASE)
    said = re.search(r"ConstrainDevices\W{1,3}(yes|no|true|false|unset|missing)\b", texts, re.IGNORECASE)
    if constrain is not None or said or lacks:
        on = not lacks and is_on(said[1] if constrain is None else constrain)
        document.set("slurm.constrain_devices", bool(on))


def map_kernel(facts, host, other, document):
    told = (*host.items(), *other.items())
    harden = re.search(r"bpf_jit_harden\W{1,4}([^\n]+)", "\n".join(f"{key}: {value}" for key, value in told))
    if harden and says(harden[1], "privileged and unprivileged", "(all|both|every)( users)?", "also root"):
        document.set("kernel.bpf_jit_harden", 2)
    elif harden and version(harden[1]):
        document.set("kernel.bpf_jit_harden", int(version(harden[1]).split(".")[0]))
    packages = as_map(facts.get("packages"))
    headers = [packages[name] for name in packages if re.match(r"linux-headers-|kernel-(uek-)?devel", name)]
    if None in headers or not all(are_of(release, facts) for release in headers):
        document.set("kernel.headers", None)
    for source in (host, other):
        if "kernel_headers" in source:
            there = source["kernel_headers"] and is_on(source["kernel_headers"]) is not False
            there = there and are_of(source["kernel_headers"], facts)
            document.set("kernel.headers", "/usr/src/linux-headers" if there else None)
    if host.get("suspended_since_boot"):
        document.set("kernel.suspends", 1)
    links = host.get("dev_char_symlinks", "")
    if links is None or says(links, "missing", "none", "no"):
        document.set("devices.missing_char_links", ["/dev/nvidiactl", "/dev/nvidia0"])
    options = "\n".join(str(value) for _, value in told if "=" in str(value))
    for module, name, value in re.findall(r"(nvidia\w*)[ .](\w+)=(\w+)", options):
        document.add("driver.configured_options", f"{module}.{name}", value)
    gsp = re.search(r"(?<!\.)NVreg_EnableGpuFirmware=(\d+)", options)
    if gsp:
        document.add("driver.configured_options", "nvidia.NVreg_EnableGpuFirmware", gsp[1])


def are_of(headers, facts):
    """Whether headers of a stated release are those of the running kernel."""
    release = re.search(r"\d+\.\d+\.\d+-[\w.]+", str(headers))
    return not release or not facts.get("kernel") or str(facts["kernel"]).startswith(release[0])


def map_driver_files(other, document):
    """Files of the driver that an image brings: a list names what collides, a version says whose they are."""
    files = as_list(other.get("driver_files_in_image"))
    paths = [text for text in files if text.startswith("/")]
    if paths:
        document.set("driver.placeholder_files", paths)
    elif files and version(files[0]):
        release = re.search(r"\d{3}\.\d+(\.\d+)?", files[0])
        document.set("driver.package", "libnvidia-compute")
        document.set("driver.package_version", release[0] if release else files[0])
    installed = other.get("driver_libraries_installed_in_container")
    if installed and is_on(installed) is not False:
        document.set("driver.package", "libnvidia-compute")
        if version(installed):
            document.set("driver.package_version", installed)
    only = re.search(r"nvcc (\d+)\.(\d+)", str(other.get("ptx_only") or ""))
    if only:
        # The PTX language is four majors behind CUDA in numbers, from CUDA 11 on.
        facts = {"path": "/environment/kernels.so", "environment": ENVIRONMENT[1], "package": "kernels"}
        facts["gpu_code.sass"] = []
        facts["gpu_code.ptx"] = ["compute_75"]
        facts["gpu_code.ptx_version"] = f"{int(only[1]) - 4}.{only[2]}"
        document.subject("extension", facts["path"], facts)
