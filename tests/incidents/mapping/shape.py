"""What of a case's facts is understood: values of another shape are taken for not stated."""

import re

TEXT, TEXTS, WHOLE, TRUTH = "text", "texts", "whole number", "truth"

GPU = {"name": TEXT, "compute_capability": TEXT, "mig": TRUTH}
LIBRARY = {
    "name": TEXT, "path": TEXT, "version": TEXT, "note": TEXT, "origin": TEXT,
    "undefined": TEXTS, "needed": TEXTS, "archs": TEXTS, "execstack": TRUTH, "gnu_stack": TEXT, "machine": TEXT,
    "arch": TEXT,
}  # fmt: skip
# A tuple is a list of such objects; "*" stands for every key that isn't named.
FACTS = {
    "gpus": (GPU,),
    "libraries": (LIBRARY,),
    "gpu_count": WHOLE,
    "nodes": WHOLE,
    "torch_archs": TEXTS,
    "torch_cxx11abi": TRUTH,
    "packages": {"*": TEXT},
    "env": {"*": TEXT},
    "ulimits": {"*": TEXT},
    "services": {"*": TEXT},
    "container": {"image_env": {"*": TEXT}, "rootless": TRUTH, "runtimes": TEXTS, "*": TEXT},
    "network": {"interfaces": TEXTS, "ib_devices": TEXTS, "hcas": TEXTS, "rdma_devices": TEXTS, "ipv6": TRUTH, "gids": {"*": TEXT}, "*": TEXT},
    "host_compiler": {"*": TEXT},
    "host": {
        "device_nodes_missing": TEXTS, "device_nodes": TEXTS, "modules_missing": TEXTS,
        "kernel_modules": TEXTS, "modules_loaded": TEXTS, "modules": TEXTS,
        "nouveau": TRUTH, "secure_boot": TRUTH, "suspended_since_boot": TRUTH,
        "above_4g_decoding": TRUTH, "resizable_bar": TRUTH, "sysctl": {"*": TEXT}, "xid": TEXTS,
        "packages": {"*": TEXT}, "*": TEXT,
    },  # fmt: skip
    "other": {
        "torch_installs": TEXTS, "cudnn_files": TEXTS, "execstack_libraries": TEXTS, "driver_files_in_image": TEXTS, "nccl_per_node": TEXTS, "torch_per_node": TEXTS,
        "CUDA_VISIBLE_DEVICES_per_rank": TEXTS, "version_bounds": {"*": TEXT}, "conda_builds": {"*": TEXT},
        "requested": {"*": TEXT}, "requires_python": {"*": TEXT}, "build_metadata": {"*": {"*": TEXT}},
        "packages_other_nodes": {"*": TEXT}, "nccl_conf": {"*": TEXT}, "toolkit_config": {"*": TEXT},
        "cgroup_conf": {"*": TEXT}, "xid": TEXTS, "deb_packages": {"*": TEXT}, "apt_packages": {"*": TEXT}, "rpm_packages": {"*": TEXT},
        "rpm": {"*": TEXT}, "dpkg": {"*": TEXT}, "which": {"*": TEXT},
        "cuda_toolkits": {"*": TEXT}, "no_cgroups": TRUTH, "fabric_manager_enabled": TRUTH,
        "*": TEXT,
    },  # fmt: skip
    "*": TEXT,
}  # fmt: skip

# What a text in the place of an object is.
SHORT = {"container": "runtime", "host_compiler": "name"}

NOTHING = object()
VARIABLE = re.compile(r"\b[A-Z]+(?:_[A-Z0-9]+)+\b")


def understood(facts):
    short = {key: {SHORT[key]: value} for key, value in facts.items() if key in SHORT and isinstance(value, str)}
    return _fit({**facts, **short}, FACTS)


def _fit(value, shape):
    if value is None:
        return None
    if isinstance(shape, tuple):
        entries = value if isinstance(value, list) else [value]
        objects = [entry for entry in (_fit_object(entry, shape[0]) for entry in entries) if entry]
        return objects if objects or not entries else NOTHING
    if isinstance(shape, dict):
        pairs = isinstance(value, str) and ("=" in value or VARIABLE.search(value)) or isinstance(value, list) and shape == {"*": TEXT}
        return _fit_object(value, shape) if isinstance(value, dict) or pairs else NOTHING
    if shape == TEXTS:
        entries = value if isinstance(value, list) else [value]
        plain = (entry for entry in entries if not isinstance(entry, (dict, list)))
        texts = [text for text in (_fit(entry, TEXT) for entry in plain) if isinstance(text, str)]
        return texts if texts or not entries else NOTHING
    if shape == WHOLE:
        value = int(value) if isinstance(value, str) and value.isdecimal() else value
        return value if type(value) is int and value >= 0 else NOTHING
    if shape == TRUTH:
        return value if isinstance(value, bool) else _truth(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_fit(entry, TEXT)}" for key, entry in value.items()) or NOTHING
    if isinstance(value, list):
        return ", ".join(str(_fit(entry, TEXT)) for entry in value) or NOTHING
    return str(value) if isinstance(value, (str, int, float)) else NOTHING


def _fit_object(value, shape):
    """An entry of a list that is but a text is its name."""
    if isinstance(value, str) and "name" in shape:
        value = {"name": value}
    if isinstance(value, list) and shape == {"*": TEXT}:
        value = dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]*\])?\s*((?:[<>=!~].*)?)$", "\n".join(map(str, value)), re.MULTILINE))
    if isinstance(value, str) and shape == {"*": TEXT} and "=" not in value:
        value = dict.fromkeys(VARIABLE.findall(value), "")  # their names alone
    if isinstance(value, str) and shape == {"*": TEXT}:
        value = dict(re.findall(r"([\w.-]+)\s*=\s*([^,;\s]+)", value))
    if not isinstance(value, dict):
        return {}
    known = {key: entry for key, entry in value.items() if key in shape or "*" in shape}
    fitted = {key: _fit(entry, shape.get(key, shape.get("*"))) for key, entry in known.items()}
    return {key: entry for key, entry in fitted.items() if entry is not NOTHING}


def _truth(value):
    """A switch in words, of which the first tells: "enabled (UEFI)"."""
    words = {"true": True, "yes": True, "on": True, "enabled": True, "false": False, "no": False, "off": False}
    words |= {"disabled": False, "loaded": True, "active": True, "present": True, "missing": False}
    return next((words[word] for word in re.findall(r"[a-z]+", str(value).lower()) if word in words), NOTHING)
