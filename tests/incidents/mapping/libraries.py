"""CUDA toolkits, cuDNN, and the libraries that a case names: what they need and what they lack."""

import os
import re

from .document import ENVIRONMENT, as_list, as_map, says, version

TOOLKIT = "/usr/local/cuda"
DRIVER_LIBRARIES = ("libcuda.so", "libnvidia-ml.so")
# The library files of a package that isn't named like them.
PACKAGES = {
    "flash-attn-2-cuda": "flash-attn",
    "libctranslate2": "ctranslate2",
    "causal-conv1d-cuda": "causal-conv1d",
    "selective-scan-cuda": "mamba-ssm",
    "transformer-engine-extensions": "transformer-engine",
    "exllama-kernels": "auto-gptq",
    "flashinfer-kernels": "flashinfer-python",
    "libonnxruntime-providers-cuda": "onnxruntime-gpu",
    "mmcv": "mmcv-full",
    "torchaudio": "torchaudio",
    "libtorchaudio": "torchaudio",
}


def map_facts(facts, document):
    map_toolkits(facts, document)
    map_cudnn(facts, document)
    libraries = [as_map(entry) for entry in as_list(facts.get("libraries"))]
    lacking = {name_of(entry) for entry in libraries if "path" in entry and entry["path"] is None}
    for entry in libraries:
        if name_of(entry):
            map_library(entry, lacking, document)
    map_compat(facts, document)
    map_builds(as_map(facts.get("other")), document)


def map_builds(other, document):
    """What compiled packages say of themselves: what they were built with, and an executable stack."""
    built = other.get("xformers_built_for_torch") or as_map(as_map(other.get("build_metadata")).get("xformers")).get("torch")
    if built:
        document.set_environment("xformers.torch", built)
    if other.get("built_with_cudnn"):
        document.set_environment("jaxlib.cudnn", other["built_with_cudnn"])
    packages = list(document.get("packages", ENVIRONMENT) or {})
    for path in as_list(other.get("execstack_libraries")):
        package = packages[0] if packages else package_of(path)
        facts = {"environment": ENVIRONMENT[1], "path": path, "package": package, "executable_stack": True}
        document.subject("extension", path, facts)


def name_of(entry):
    return str(entry.get("name") or "")


def map_toolkits(facts, document):
    other = as_map(facts.get("other"))
    versions = [facts.get("cuda_toolkit")]
    versions += list(as_map(other.get("cuda_toolkits")).values())
    versions += [other.get("cuda_runtime_libraries"), as_map(other.get("version_bounds")).get("cuda_toolkit")]
    versions = [text for text in versions if text and version(text)]
    for index, text in enumerate(dict.fromkeys(versions)):
        path = TOOLKIT if index == 0 else f"{TOOLKIT}-{version(text)}"
        document.subject("toolkit", path, {"path": path, "version": text, "nvcc_version": text})
        document.set("chosen", index == 0, ("toolkit", path))
    if not versions and "cuda_toolkit" in facts:
        document.none("toolkit")
        document.set("compiler.nvcc.path", None)


def map_cudnn(facts, document):
    files = as_list(as_map(facts.get("other")).get("cudnn_files"))
    for path in files:
        number = re.search(r"\.so\.(\d+(\.\d+){2,})$", path)
        document.subject("library", path, {"path": path, "name": "libcudnn", "kind": kind_of(path)})
        if number:
            document.subject("library", path, {"version": number[1]})
    stated = facts.get("cudnn_system")
    if stated and version(stated) and re.match(r"\d", str(stated)) and not files:
        path = f"/usr/lib/x86_64-linux-gnu/libcudnn.so.{version(stated)}"
        document.subject("library", path, {"path": path, "name": "libcudnn", "kind": "system", "version": stated})
    own = facts.get("torch_cudnn")
    if own and version(own):
        document.set_environment("torch.cudnn", own)
    first = as_map(facts.get("other")).get("loaded_cudnn") or shadowing_cudnn(facts)
    if first and version(first):
        path = system_path("libcudnn", first)
        document.subject("library", path, {"path": path, "name": "libcudnn", "version": first, "search_position": 0})
        map_loaded(document, "libcudnn", path, own=False)
    elif own and version(own):
        path = f"{ENVIRONMENT[1]}/lib/libcudnn.so.{version(own)}"
        document.subject("library", path, {"path": path, "name": "libcudnn", "version": own, "kind": "python"})
        map_loaded(document, "libcudnn", path, own=True)


def system_path(base, number):
    """Where a distribution has a library of which only the name is stated."""
    file = base if ".so" in base or not number else f"{base}.so.{version(number)}"
    return "/usr/lib/x86_64-linux-gnu/" + file


def shadowing_cudnn(facts):
    """The version of a cuDNN that is named among the libraries: it comes before torch's own."""
    for entry in map(as_map, as_list(facts.get("libraries"))):
        if name_of(entry).startswith("libcudnn") and entry.get("version"):
            return entry["version"]
    return None


def map_loaded(document, name, path, own, soname=None):
    """A library that import torch loads; its version is that of the library of this path."""
    facts = {"environment": ENVIRONMENT[1], "name": name, "soname": soname or name, "path": path, "own": own}
    document.subject("loaded_library", name, facts)
    document.set_environment("prefix", ENVIRONMENT[1])


def kind_of(path):
    if "/site-packages/" in path or "/dist-packages/" in path:
        return "python"
    if "/stubs/" in path:
        return "stub"
    if "/compat/" in path:
        return "compat"
    return "toolkit" if "/cuda" in path else "system"


def map_library(entry, lacking, document):
    base = os.path.basename(name_of(entry))
    if base.startswith(DRIVER_LIBRARIES):
        map_driver_library(entry, base, document)
    elif base.startswith("libstdc++"):
        if entry.get("path"):
            document.set("libstdcxx.path", entry["path"])
    elif is_of_torch(name_of(entry)):
        map_torch_library(entry, lacking, document)
    elif base.startswith(("libcudnn", "libnccl.", "libcudart", "libcublas", "libcu", "libnv")) or base == "libnccl":
        map_cuda_library(entry, base, document)
    elif entry.get("undefined") or entry.get("needed") or entry.get("archs") or re.search(r"\.so\b", base):
        map_extension(entry, lacking, document)


def map_driver_library(entry, base, document):
    path = entry.get("path")
    if path and says(entry.get("note"), "empty"):
        document.add("driver.placeholder_files", None, path)
    elif base.startswith("libcuda.so"):
        if path:
            map_libcuda(path, entry, document)
            kind = kind_of(path)
            document.set("driver.libcuda_path", path)
            document.set("driver.libcuda_kind", kind if kind in ("stub", "compat") else "driver")
        elif base == "libcuda.so.1":
            document.set("driver.libcuda_path", None)
    elif path or entry.get("version"):
        path = path or "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1"
        facts = {"path": path, "name": "libnvidia-ml", "kind": "driver", "search_position": 0}
        if entry.get("version"):
            facts["version"] = entry["version"]
        document.subject("library", path, facts)


def map_libcuda(path, entry, document):
    """The copies of libcuda in the order of the loader's search, as they are named."""
    kind = kind_of(path)
    facts = {"path": path, "name": "libcuda", "kind": kind if kind in ("stub", "compat") else "driver"}
    others = [other for other in document.all("library").values() if other.get("name") == "libcuda"]
    facts["search_position"] = len(others)
    cuda = re.search(r"/cuda-(\d+\.\d+)/", path)
    if kind == "compat" and cuda:
        facts["compat.cuda"] = cuda[1]
    if entry.get("version"):
        facts["version"] = entry["version"]
        if not others and facts["kind"] != "stub":
            document.set("driver.library_version", entry["version"])
    document.subject("library", path, facts)


def map_compat(facts, document):
    """A forward-compatibility libcuda that comes first; its CUDA is that of the image, where it says no other."""
    text = facts.get("cuda_compat")
    if not text or says(text, "suspected", "not") or document.get("driver.libcuda_path"):
        return
    path = f"{TOOLKIT}/compat/libcuda.so.1"
    cuda = version(re.sub(r"(\d+)-(\d+)", r"\1.\2", str(text))) or facts.get("cuda_toolkit")
    document.set("driver.libcuda_path", path)
    document.set("driver.libcuda_kind", "compat")
    found = {"path": path, "name": "libcuda", "kind": "compat", "search_position": 0}
    if cuda:
        found["compat.cuda"] = cuda
    document.subject("library", path, found)


def is_of_torch(name):
    return os.path.basename(name).startswith(("libtorch_", "libtorch.", "libc10", "libgomp-")) or re.match(
        r"torch\b(?!\w)", name
    )


def map_torch_library(entry, lacking, document):
    """A library of torch: what import torch would run into."""
    name = name_of(entry)
    for symbol in as_list(entry.get("undefined")):
        document.add("load.undefined", None, undefined(symbol, name), ENVIRONMENT)
    for soname in sonames(entry):
        if soname in lacking:
            missing = {"soname": soname, "needed_by": name, "reason": "no such file"}
            document.add("load.missing", None, missing, ENVIRONMENT)
    needs = symbol_versions(entry)
    if needs:
        soname = os.path.basename(name)
        library = {"environment": ENVIRONMENT[1], "name": soname.split(".so")[0], "soname": soname, "path": name}
        document.subject("loaded_library", soname, {**library, **needs})


def map_cuda_library(entry, base, document):
    """A library of CUDA: what it lacks keeps torch from being imported; else a copy that comes first."""
    for symbol in as_list(entry.get("undefined")):
        document.add("load.undefined", None, undefined(symbol, name_of(entry)), ENVIRONMENT)
    path = entry.get("path")
    number = entry.get("version")
    if not (path or number) or (entry.get("undefined") and not number):
        return
    path = path or system_path(base, number)
    name = base.split(".so")[0].split(" ")[0]
    if name.startswith("libnvrtc") and number:
        map_loaded(document, name, path, own=False, soname=f"{name}.so.{number}")
    if name in ("libcudnn", "libnccl", "libcudart"):
        facts = {"path": path, "name": name, "kind": kind_of(path)}
        if number and kind_of(path) != "python":
            facts["search_position"] = 0
        if number:
            facts["version"] = number
        document.subject("library", path, facts)


def map_extension(entry, lacking, document):
    name = name_of(entry)
    facts = {"environment": ENVIRONMENT[1], "path": name, "package": package_of(name)}
    symbols = as_list(entry.get("undefined"))
    if symbols:
        symbol = undefined(symbols[0], name)
        facts["undefined.count"] = len(symbols)
        facts["undefined.symbol"] = symbol["symbol"]
        facts["undefined.readable"] = symbol["readable"]
        facts["undefined.origin"] = symbol["origin"]
        facts["undefined.string_abi"] = string_abi(symbol["symbol"])
        if symbol["origin"] == "torch":
            facts["links_torch"] = True
        if symbol["origin"] == "driver":
            facts["driver_functions.needed"] = symbols
            facts["driver_functions.missing"] = symbols  # the loader said so
    linked = [soname for soname in sonames(entry) if re.match(r"lib(cu|nv|nccl)", soname)]
    if linked:
        facts["cuda_libraries"] = linked
    missing = [soname for soname in sonames(entry) if soname in lacking]
    if missing:
        facts["missing_libraries"] = missing
    facts.update(symbol_versions(entry))
    if entry.get("archs"):
        facts["gpu_code.sass"] = [arch for arch in entry["archs"] if arch.startswith("sm_")]
        facts["gpu_code.ptx"] = [arch for arch in entry["archs"] if arch.startswith("compute_")]
    machine = re.search(r"(x86_64|aarch64)-linux", name)
    if machine:
        facts["machine"] = machine[1]
    document.subject("extension", name, facts)
    document.set_environment("prefix", ENVIRONMENT[1])


def package_of(name):
    first = re.split(r"[/. ]", name.strip("/"))[0].strip("_")
    first = re.sub(r"[-_.]+", "-", first).lower()
    return PACKAGES.get(first, first)


def sonames(entry):
    return [text for text in as_list(entry.get("needed")) if ".so" in text and "(" not in text]


def symbol_versions(entry):
    """GLIBC_2.32, GLIBCXX_3.4.30, CXXABI_1.3.8 among what it needs."""
    needs = {}
    for text in as_list(entry.get("needed")):
        found = re.search(r"(GLIBC|GLIBCXX|CXXABI)_(\d+(\.\d+)*)", text)
        if found:
            needs["needs." + found[1].lower()] = found[2]
    return needs


def undefined(text, file):
    symbol = text.split(",")[0].strip()
    return {"symbol": symbol, "readable": symbol, "file": file, "origin": origin_of(symbol)}


def origin_of(symbol):
    """Where a symbol ought to be, by its name."""
    if re.search(r"N?K?(2at|3c10|5torch|5caffe2)|c10d", symbol):
        return "torch"
    if re.match(r"_*(nvJitLink|cublas|cusparse|cusolver|cudnn|nccl|nvrtc|cufft|curand|cuda[A-Z])", symbol):
        return "cuda"
    if re.match(r"cu[A-Z]", symbol):
        return "driver"
    if re.match(r"_ZNK?S[tsaio]|_ZS|__cxa|pthread_|GLIBC", symbol):
        return "cxx"
    return "python" if re.match(r"_?Py", symbol) else "other"


def string_abi(symbol):
    """Of the std::string in a mangled name: the new libstdc++ ABI's, the old one's (Ss), or none."""
    if "7__cxx11" in symbol:
        return "cxx11"
    return "old" if symbol.startswith("_Z") and re.search(r"Ss(?![a-z])|Ss[a-z]?$", symbol) else None
