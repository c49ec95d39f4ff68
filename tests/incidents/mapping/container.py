"""Containers: what runs them, what NVIDIA's toolkit is, what the image says of itself."""

import re

from .document import as_list, as_map, is_on, says

# As the probe names them; the first that a text mentions.
KINDS = (
    ("kubernetes", ("kubernetes", "k8s", "eks", "gke", "aks", "openshift", "k3s", "pods?", "daemonset")),
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
OF_THE_INSIDE = ("image", "image_env", "rootless", "seccomp", "cap_add", "capabilities")
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
    from_host = from_host or any(says(name, "nvidia-.*", "fabric-?manager") for name in as_map(facts.get("services")))
    inside = any(key in container for key in OF_THE_INSIDE) or "shm_size" in facts
    inside = inside or any(key in other for key in OTHERS_OF_THE_INSIDE)
    # Missing beside a running container, it is missing in there.
    inside = inside or "/dev/nvidia-uvm" in as_list(as_map(facts.get("host")).get("device_nodes_missing"))
    pod = says(other.get("workload"), "pods?", "daemonset", "k8s", "container") or any(
        name in as_map(facts.get("env")) for name in CONTAINER_VARIABLES
    )
    if pod or (container and (inside or (runtime and not from_host))):
        document.set("container.kind", kind_of(runtime or other.get("workload") or ""))
    cgroup = re.search(r"[12]", container.get("cgroup") or "")
    if cgroup:
        document.set("cgroup.version", int(cgroup[0]))
    if says(container.get("nvidia_smi_in_container"), "cuda version: n/a", "cuda version: err!?", "no libcuda"):
        # nvidia-smi asks libcuda for it: the management library is there, and libcuda is not.
        document.set("driver.libcuda_path", None)
        path = "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1"
        document.subject("library", path, {"path": path, "name": "libnvidia-ml", "kind": "driver"})
    toolkit = as_map(facts.get("packages")).get("nvidia-container-toolkit", "")
    if "toolkit" in container or toolkit is None:
        map_toolkit(container.get("toolkit"), document)
    elif says(runtime, "nvidia-container-toolkit", "nvidia-docker2"):
        document.set("container_toolkit.config_path", "/etc/nvidia-container-runtime/config.toml")


def is_of_host(runtime, other):
    """Whether what runs the container is described as the host knows it: a version, how it was installed."""
    return bool(re.search(r"\d\.\d|\b(docker|podman)(-ce)? \d", runtime)) or says(runtime, "snap") or "cdi_spec" in other


def kind_of(runtime):
    return next((kind for kind, words in KINDS if says(runtime, *words)), "other")


def map_toolkit(text, document):
    if text is None or is_on(text) is False:
        document.set("container_toolkit.version", None)
    elif re.search(r"\d+\.\d+", str(text)):
        document.set("container_toolkit.version", text)


