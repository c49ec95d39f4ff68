"""Environment variables: of the process, of the image, and those that launchers set."""

import re

from .document import as_list, as_map, says, table_rows

MONTHS = table_rows("ngc_pytorch")
# nvcr.io/nvidia/pytorch:24.05-py3, "NVIDIA TensorFlow 21.05-tf1".
NVIDIA_IMAGE = re.compile(
    r"(?:nvidia(?:'s)?[ /](pytorch|tensorflow|tensorrt|jax|caffe2?|mxnet|digits)"
    r"|\b(tritonserver|tensorrtserver|inferenceserver)|\bnvidia (release))[: ](\d\d\.\d\d)\b",
    re.IGNORECASE,
)
SLURM_OPTIONS = {
    "ntasks": "SLURM_NTASKS",
    "gpus-per-task": "SLURM_GPUS_PER_TASK",
    "ntasks-per-gpu": "SLURM_NTASKS_PER_GPU",
}


def map_facts(facts, document):
    other = as_map(facts.get("other"))
    image = as_map(as_map(facts.get("container")).get("image_env"))
    if "env" in facts or image:
        document.set("variables", {})
    stated = as_map(facts.get("env"))
    if "LD_LIBRARY_PATH" not in stated and other.get("LD_LIBRARY_PATH_note"):
        told = in_words("LD_LIBRARY_PATH", other["LD_LIBRARY_PATH_note"])
        image = image | ({"LD_LIBRARY_PATH": told} if told.startswith("/") else {})
    for name, value in {**image, **stated}.items():
        if isinstance(value, (str, int)) and not re.fullmatch(r"<.*>", str(value)):  # a placeholder tells nothing
            document.add("variables", name, in_words(name, str(value)))
    index = re.search(r"--index-url[= ](\S+/whl/\w+)", str(facts.get("install_method") or ""))
    if index and not facts.get("torch"):
        document.add("variables", "PIP_INDEX_URL", index[1])  # what the option sets, too
    map_added(as_map(facts.get("container")), other, document)
    names = [str(gpu.get("name") or "") for gpu in as_list(facts.get("gpus"))]
    image = str(as_map(facts.get("container")).get("image") or "")
    map_image(image, document, consumer=not names or any(says(name, "GeForce", "RTX") for name in names))
    map_image_cuda(other, document)
    map_slurm(other, document)
    map_allocation({**as_map(facts.get("host")), **other}, document)
    map_requested_architectures(other, document)
    for name, value in as_map(other.get("nccl_conf")).items():
        document.add("nccl.config", name, str(value))


def map_added(container, other, document):
    """What a program is started with in words: a preloaded library, the capabilities of a Compose file."""
    told = other.get("preloaded") or other.get("ld_preload") or other.get("ld_so_preload")
    if says(container.get("runtime"), "hami", "volcano-vgpu.*"):
        told = told or "/usr/local/vgpu/libvgpu.so"  # these share GPUs by it
    preloaded = re.search(r"[\w./-]+\.so[\w.]*", str(told or ""))
    if preloaded:
        document.add("variables", "LD_PRELOAD", preloaded[0])
    listed = container.get("device_capabilities") or other.get("compose_device_capabilities") or ""
    asked = [word for word in re.findall(r"[a-z]+", str(listed)) if word != "gpu"]
    if asked:
        document.add("variables", "NVIDIA_DRIVER_CAPABILITIES", ",".join(asked))  # as Docker sets it then


def in_words(name, value):
    """A value that is told in words: LD_LIBRARY_PATH "points to the CUDA 12.3 toolkit"."""
    in_prose = name == "LD_LIBRARY_PATH" and not re.search(r"(^|[:=])/", value)
    if in_prose and "lib.real" in value:
        return "/usr/local/cuda/compat/lib.real"
    if in_prose and says(value, "toolkit", "cuda"):
        return "/usr/local/cuda/lib64"
    return tight(value) if name.startswith("NVIDIA_REQUIRE_") else value


def tight(requirement):
    """Conditions without spaces, as images state them: people write "cuda >= 9.0"."""
    return re.sub(r"\s*([<>=!]=?)\s*", r"\1", requirement)


def map_image(image, document, consumer):
    """What NVIDIA's images set; only added where variables are stated, or a variable would be all that is known."""
    cuda = re.search(r"(?:nvidia/cuda(?:[:@ ]\(?)|\bCUDA )(\d+\.\d+(\.\d+)?)", image)
    if cuda:
        document.add("variables", "CUDA_VERSION", cuda[1])
    if cuda and consumer:  # for other GPUs the images let more branches of the driver through
        document.add("variables", "NVIDIA_REQUIRE_CUDA", "cuda>=" + ".".join(cuda[1].split(".")[:2]))
    ngc = NVIDIA_IMAGE.search(image)
    framework = (ngc[1] or ngc[2] or ngc[3]).lower() if ngc else None
    name = {"tritonserver": "triton_server", "tensorrtserver": "tensorrt_server", "inferenceserver": "tensorrt_server"}
    if framework in ("pytorch", "tensorflow", *name):
        document.add("variables", f"NVIDIA_{name.get(framework, framework).upper()}_VERSION", ngc[4])
    if ngc and framework != "pytorch" and ngc[4] in MONTHS:  # the images of a month share its CUDA
        document.add("variables", "CUDA_VERSION", MONTHS[ngc[4]]["cuda"])


def map_image_cuda(other, document):
    """An image's CUDA that is told in words."""
    cuda = re.match(r"\d+(\.\d+)?", str(other.get("image_cuda") or ""))
    if cuda:
        document.add("variables", "CUDA_VERSION", cuda[0] if cuda[1] else cuda[0] + ".0")


def map_allocation(stated, document):
    """A Slurm job that sees more GPUs than it asked for."""
    texts = "\n".join(str(value) for value in stated.values())
    option = r"--(?:gres=gpu(?::\w+)?:|gpus=|gpus-per-node=)"
    asked = re.search(option + r"(\d+)\b.*\b(?:lists|sees|shows) all (\d+)\b", texts)
    if asked:
        document.add("variables", "SLURM_GPUS_ON_NODE", asked[1])
        document.set("nvml.gpus", int(asked[2]))


def map_requested_architectures(other, document):
    """What a build is asked to compile for, in whatever way: the list that PyTorch's builds take says the same."""
    requested = str(other.get("arch_requested") or other.get("archs_requested") or other.get("nvcc_flags") or "")
    named = [f"{major}.{minor}" for major, minor in re.findall(r"(?:compute|sm)_(\d+)(\d)\b", requested)]
    if named:
        document.add("variables", "TORCH_CUDA_ARCH_LIST", ";".join(dict.fromkeys(named)))


def map_slurm(other, document):
    ranks = as_list(other.get("CUDA_VISIBLE_DEVICES_per_rank"))
    if ranks and re.fullmatch(r"[\w,:/-]+", str(ranks[0])):
        document.add("variables", "CUDA_VISIBLE_DEVICES", str(ranks[0]))
        if len(ranks) > 1 and str(ranks[0]).startswith("MIG-"):
            document.add("variables", "WORLD_SIZE", str(len(ranks)))
    options = str(other.get("slurm") or "")
    if not options:
        return
    for option, name in SLURM_OPTIONS.items():
        found = re.search(rf"--{option}(?![\w-])(?:[= ](\d+))?", options)
        if found:
            document.add("variables", name, found[1] or "1")
    bound = re.search(r"--gpu-bind[= ](\S+)", options)
    if bound:
        document.add("variables", "SLURM_GPU_BIND", bound[1])
    tres = re.search(r"--tres-per-task[= ](\S+)", options)
    if tres:
        document.add("variables", "SLURM_TRES_PER_TASK", tres[1])
    if says(other.get("enroot_restrict_dev"), "on", "yes", "y", "true"):
        document.add("variables", "ENROOT_RESTRICT_DEV", "y")
