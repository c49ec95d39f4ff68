"""Containers: what runs them, what NVIDIA's toolkit is, what the image says of itself."""

import re

from .document import as_map, is_on, says

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


def map_facts(facts, document):
    container = as_map(facts.get("container"))
    if facts.get("container", "") is None:
        document.set("container.kind", None)
    runtime, image = container.get("runtime"), container.get("image")
    if runtime or image:
        document.set("container.kind", kind_of(runtime or ""))
    if runtime:
        map_docker(runtime, document)
    if container.get("cgroup"):
        document.set("cgroup.version", int(re.search(r"\d", str(container["cgroup"]))[0]))
    if "toolkit" in container:
        map_toolkit(container["toolkit"], document)
    toolkit = as_map(as_map(facts.get("other")).get("toolkit_config"))
    if toolkit.get("ldconfig"):
        document.set("container_toolkit.ldconfig", toolkit["ldconfig"])


def kind_of(runtime):
    return next((kind for kind, words in KINDS if says(runtime, *words)), "other")


def map_docker(runtime, document):
    if says(runtime, "--runtime=nvidia", "nvidia runtime"):
        document.set("docker.nvidia_runtime", True)


def map_toolkit(text, document):
    if text is None or is_on(text) is False:
        document.set("container_toolkit.version", None)
    elif re.search(r"\d+\.\d+", str(text)):
        document.set("container_toolkit.version", text)
