"""Environment variables: of the process, of the image, and those that launchers set."""

import re

from .document import as_list, as_map, says


def map_facts(facts, document):
    other = as_map(facts.get("other"))
    image = as_map(as_map(facts.get("container")).get("image_env"))
    if "env" in facts or image:
        document.set("variables", {})
    for name, value in {**image, **as_map(facts.get("env"))}.items():
        if isinstance(value, (str, int)):
            document.add("variables", name, tight(str(value)) if name.startswith("NVIDIA_REQUIRE_") else str(value))
    map_image(str(as_map(facts.get("container")).get("image") or ""), document)
    map_slurm(other, document)
    for name, value in as_map(other.get("nccl_conf")).items():
        document.add("nccl.config", name, str(value))


def tight(requirement):
    """Conditions without spaces, as images state them: people write "cuda >= 9.0"."""
    return re.sub(r"\s*([<>=!]=?)\s*", r"\1", requirement)


def map_image(image, document):
    """What NVIDIA's images set; only added where variables are stated, or a variable would be all that is known."""
    cuda = re.search(r"nvidia/cuda:(\d+\.\d+(\.\d+)?)", image)
    if cuda:
        document.add("variables", "CUDA_VERSION", cuda[1])
    ngc = re.search(r"nvcr\.io/nvidia/(pytorch|tensorflow):(\d\d\.\d\d)", image)
    if ngc:
        document.add("variables", f"NVIDIA_{ngc[1].upper()}_VERSION", ngc[2])


def map_slurm(other, document):
    options = str(other.get("slurm") or "")
    if not options:
        return
    for option, name in (("ntasks", "SLURM_NTASKS"), ("gpus-per-task", "SLURM_GPUS_PER_TASK")):
        found = re.search(rf"--{option}(?![\w-])(?:[= ](\d+))?", options)
        if found:
            document.add("variables", name, found[1] or "1")
    tres = re.search(r"--tres-per-task[= ](\S+)", options)
    if tres:
        document.add("variables", "SLURM_TRES_PER_TASK", tres[1])
    if says(other.get("enroot_restrict_dev"), "on", "yes", "y", "true"):
        document.add("variables", "ENROOT_RESTRICT_DEV", "y")
    ranks = as_list(other.get("CUDA_VISIBLE_DEVICES_per_rank"))
    if ranks:
        document.add("variables", "CUDA_VISIBLE_DEVICES", str(ranks[0]))
