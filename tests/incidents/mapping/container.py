"""Containers: what runs them, what NVIDIA's toolkit is, what the image says of itself."""

import re

from .document import as_map, is_on, says, version

# As the probe names them; the first that a text mentions.
KINDS = (
    ("kubernetes", ("kubernetes", "k8s", "eks", "gke", "aks", "openshift", "k3s", "pod", "pods")),
    ("enroot", ("enroot", "pyxis")),
    ("apptainer", ("apptainer", "singularity")),
    ("podman", ("podman",)),
    ("lxc", ("lxc", "lxd", "incus")),
    ("docker", ("docker", "docker-ce", "docker-compose", "nvidia-docker2?", "moby")),
    ("containerd", ("containerd", "nerdctl")),
    ("systemd-nspawn", ("systemd-nspawn",)),
)


# The process sees the container from inside where the case states something of the inside, or nothing of the host's
# engine and toolkit. Seen from the host, whether it is itself a container stays unknown.
OF_THE_HOST = ("toolkit",)
OF_THE_INSIDE = ("image", "image_env", "rootless")
OTHERS_OF_THE_INSIDE = ("docker_run_shm_size", "driver_files_in_image", "driver_libraries_installed_in_container")
# Only containers have these.
CONTAINER_VARIABLES = ("NVIDIA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES", "NVIDIA_MIG_MONITOR_DEVICES")


def map_facts(facts, document):
    container = as_map(facts.get("container"))
    other = as_map(facts.get("other"))
    runtime = str(container.get("runtime") or "")
    if facts.get("container", "") is None:
        document.set("container.kind", None)
    from_host = any(key in container for key in OF_THE_HOST) or is_of_host(runtime, other)
    inside = any(key in container for key in OF_THE_INSIDE) or "shm_size" in facts
    inside = inside or any(key in other for key in OTHERS_OF_THE_INSIDE)
    pod = says(other.get("workload"), "pod", "container") or any(
        name in as_map(facts.get("env")) for name in CONTAINER_VARIABLES
    )
    if pod or (container and (inside or (runtime and not from_host))):
        document.set("container.kind", kind_of(runtime or other.get("workload") or ""))
    if runtime:
        map_engine(runtime, document)
    cgroup = re.search(r"[12]", container.get("cgroup") or "")
    if cgroup:
        document.set("cgroup.version", int(cgroup[0]))
    if container.get("rootless") or says(other.get("container_note"), "rootless", "unprivileged"):
        document.set("namespaces.own", ["user"])
    if "toolkit" in container:
        map_toolkit(container["toolkit"], document)
    elif says(runtime, "nvidia-container-toolkit", "nvidia-docker2"):
        document.set("container_toolkit.config_path", "/etc/nvidia-container-runtime/config.toml")
    map_configuration(other, document)
    map_cgroup_driver(str(other.get("cgroup_driver") or ""), f"{runtime} {other.get('orchestrator')}", document)
    map_cdi(other, document)


def is_of_host(runtime, other):
    """Whether what runs the container is described as the host knows it: a version, how it was installed."""
    return bool(version(runtime.replace("docker2", ""))) or says(runtime, "snap") or "cdi_spec" in other


def kind_of(runtime):
    return next((kind for kind, words in KINDS if says(runtime, *words)), "other")


def map_engine(runtime, document):
    kind = kind_of(runtime)
    engine = {"kubernetes": "containerd"}.get(kind, kind)
    if engine in ("docker", "podman", "containerd", "enroot", "apptainer") and kind != "kubernetes":
        document.set("container_engines", [engine])
    if engine in ("docker", "podman"):
        number = re.search(r"(?:\d+:)?(\d+(?:\.\d+)+)", runtime)
        if number:
            document.set(f"{engine}.version", number[1])
    if engine == "docker" and says(runtime, "snap"):
        document.set("docker.snap", True)
    if engine == "docker" and says(runtime, "--runtime=nvidia", "nvidia runtime"):
        document.set("docker.nvidia_runtime", True)
    if says(runtime, "default[- ]runtime[ =]nvidia"):
        document.set(f"{engine}.default_runtime", "nvidia")


def map_toolkit(text, document):
    if text is None or is_on(text) is False:
        document.set("container_toolkit.version", None)
    elif re.search(r"\d+\.\d+", str(text)):
        document.set("container_toolkit.version", text)


def map_configuration(other, document):
    configuration = as_map(other.get("toolkit_config"))
    if configuration.get("ldconfig"):
        document.set("container_toolkit.ldconfig", configuration["ldconfig"])
    if says(other.get("ldconfig_note"), "script", "wrapper"):
        document.set("container_toolkit.ldconfig_kind", "script")
    mode = configuration.get("mode") or other.get("hook_mode")
    if mode:
        document.set("container_toolkit.mode", mode)
    cgroups = configuration.get("no-cgroups", configuration.get("no_cgroups"))
    if cgroups is not None:
        document.set("container_toolkit.no_cgroups", says(cgroups, "true", "yes", "on", "1"))
    elif other.get("no_cgroups") is not None:
        document.set("container_toolkit.no_cgroups", other["no_cgroups"])
    if "docker_default_runtime" in other:
        document.set("docker.default_runtime", other["docker_default_runtime"])


def map_cgroup_driver(driver, runtime, document):
    if driver not in ("systemd", "cgroupfs"):
        return
    kind = kind_of(runtime)
    if kind == "kubernetes" or says(runtime, "kubernetes"):
        document.set("kubelet.cgroup_driver", driver)
    elif kind == "docker":
        document.set("docker.cgroup_driver", driver)
    else:
        document.set("containerd.systemd_cgroup", driver == "systemd")


def map_cdi(other, document):
    text = other.get("cdi_spec")
    if text is None:
        if "cdi_spec" in other:
            document.set("container_toolkit.cdi_specs", [])
        if says(other.get("device_request"), "cdi"):
            document.set("container_toolkit.cdi_specs", ["/etc/cdi/nvidia.yaml"])
        return
    document.set("container_toolkit.cdi_specs", ["/etc/cdi/nvidia.yaml"])
    if says(text, "gone", "missing", "not there", "no longer", "removed", "stale"):
        files = re.findall(r"[\w./-]*\.so[\w.]*\w", str(text))
        if files:
            document.set("container_toolkit.cdi_missing_files", files)
    driver = re.search(r"\bdriver (\d{3}\.\d+(\.\d+)?)", str(text))
    if driver:
        document.set("container_toolkit.cdi_driver_version", driver[1])
