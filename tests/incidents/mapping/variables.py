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
            text = str(value)
            if name.startswith("NVIDIA_REQUIRE_"):
                text = re.sub(r"\s*([<>=!]+)\s*", r"\1", text)  # as messages print it: "cuda >= 9.0"
            document.add("variables", name, text)
    map_image(str(as_map(facts.get("container")).get("image") or ""), document)
    map_slurm(other, document)
    for name, value in as_map(other.get("nccl_conf")).items():
        document.add("nccl.config", name, str(value))


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
        found = re.search(rf"--{option}(?:[= ](\d+))?", options)
        if found:
            document.add("variables", name, found[1] or "1")
    ranks = as_list(other.get("CUDA_VISIBLE_DEVICES_per_rank"))
    if ranks:
        document.add("variables", "CUDA_VISIBLE_DEVICES", str(ranks[0]))
