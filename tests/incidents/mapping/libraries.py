"""CUDA toolkits, cuDNN, and the libraries that a case names: what they need and what they lack."""

import os
import re

from .document import ENVIRONMENT, as_list, as_map, says, version
from .python_environment import LADDER

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
    libraries = [with_sonames(as_map(entry)) for entry in as_list(facts.get("libraries"))]
    map_cudnn(facts, libraries, document)
    lacking = {name_of(entry) for entry in libraries if "path" in entry and entry["path"] is None}
    # In a Python package's folder only, where the loader doesn't look for what other packages need.
    elsewhere = {name_of(e) for e in libraries if kept_in_package(e.get("path"))}
    of_wheels = only_in_wheels(facts)
    for entry in libraries:
        if name_of(entry):
            alone = not any(text.startswith(("libtorch", "libc10")) for text in sonames(entry))
            unseen = elsewhere | of_wheels if alone else elsewhere
            map_library(entry, lacking, unseen, facts.get("torch_cudnn"), document)
    map_cudnn_places(libraries, document)
    map_executable_stacks(facts, document)
    map_stated_abi(as_map(facts.get("other")), document)
    map_machines(as_map(facts.get("other")), document)
    map_architectures(as_map(facts.get("other")), document)


def only_in_wheels(facts):
    """CUDA's libraries that a case has in NVIDIA's Python packages alone: no toolkit, and no path that leads to them."""
    if facts.get("cuda_toolkit", "") is not None or as_map(facts.get("env")).get("LD_LIBRARY_PATH"):
        return set()
    wheels = re.findall(r"\bnvidia-(cuda-runtime|cublas)-cu(\d+)\b", " ".join(as_map(facts.get("packages"))))
    return {f"lib{'cudart' if name == 'cuda-runtime' else name}.so.{major}" for name, major in wheels}


# Windows' names of CUDA's libraries: cudnn_ops_infer64_8.dll, cublas64_12.dll.
WINDOWS = re.compile(r"\b(cudnn\w*?|cublas(?:Lt)?|cudart|cufft|cusparse|cusolver)64_(\d+)\.dll\b")


def with_sonames(entry):
    """A library with the names that it and what it needs have on Linux."""
    named = lambda text: WINDOWS.sub(r"lib\1.so.\2", text)
    texts = {key: entry[key] for key in ("needed", "undefined") if entry.get(key)}
    lists = {key: [named(str(text)) for text in as_list(value)] for key, value in texts.items()}
    path = {"path": entry["path"].replace("\\", "/")} if ".dll" in name_of(entry) and entry.get("path") else {}
    return {**entry, **lists, **path, "name": named(name_of(entry))}


def map_stated_abi(other, document):
    """Code compiled for an ABI of std::string that its flags name: what it needs of torch has that ABI's names."""
    flag = re.search(r"_GLIBCXX_USE_CXX11_ABI=([01])", " ".join(str(value) for value in other.values()))
    if flag and document.get("torch.cxx11_abi", ENVIRONMENT) == (flag[1] == "0"):
        file = {"environment": ENVIRONMENT[1], "path": "/environment/extension.so", "package": "extension"}
        abi = "cxx11" if flag[1] == "1" else "old"
        needs = {"undefined.count": 1, "undefined.origin": "torch", "undefined.string_abi": abi, "links_torch": True}
        document.subject("extension", file["path"], {**file, **needs})


def kept_in_package(path):
    return re.search(r"(site|dist)-packages/|\btorch/lib\b", str(path)) is not None


def name_of(entry):
    return str(entry.get("name") or "")


def map_toolkits(facts, document):
    other = as_map(facts.get("other"))
    versions = [facts.get("cuda_toolkit")]
    home = re.search(r"/cuda-(\d+\.\d+)/?$", str(as_map(facts.get("env")).get("CUDA_HOME") or ""))
    versions += [home[1]] if home and not versions[0] else []
    versions += list(as_map(other.get("cuda_toolkits")).values())
    versions += [other.get("cuda_runtime_libraries"), as_map(other.get("version_bounds")).get("cuda_toolkit")]
    versions = [text for text in versions if text and version(text)]
    searched = str(as_map(facts.get("env")).get("LD_LIBRARY_PATH") or "")
    for index, text in enumerate(dict.fromkeys(versions)):
        path = TOOLKIT if index == 0 else f"{TOOLKIT}-{version(text)}"
        named = re.search(r"(/[^:]*/cuda[-/](\d+\.\d+)(?:\.\d+)?)/lib", searched)
        if named and version(text).startswith(named[2]):
            path = named[1]
        document.subject("toolkit", path, {"path": path, "version": text, "nvcc_version": text})
        if facts.get("cuda_toolkit"):
            document.set("chosen", index == 0, ("toolkit", path))
    image = str(as_map(facts.get("container")).get("image"))
    devel = re.search(r"nvidia/cuda:(\d+\.\d+(?:\.\d+)?)-(?:cudnn\d*-)?devel", image)
    if not versions and devel:
        document.subject("toolkit", TOOLKIT, {"path": TOOLKIT, "version": devel[1], "nvcc_version": devel[1]})
    elif not versions and "cuda_toolkit" in facts:
        document.none("toolkit")
        document.set("compiler.nvcc.path", None)


def map_cudnn(facts, libraries, document):
    files = as_list(as_map(facts.get("other")).get("cudnn_files"))
    for path in files:
        number = re.search(r"\.so\.(\d+(\.\d+){2,})$", path)
        document.subject("library", path, {"path": path, "name": "libcudnn", "kind": kind_of(path)})
        if os.path.dirname(path) in str(as_map(facts.get("env")).get("LD_LIBRARY_PATH")).split(":"):
            document.subject("library", path, {"found_by": "LD_LIBRARY_PATH", "search_position": 0})
        if number:
            document.subject("library", path, {"version": number[1]})
    stated = facts.get("cudnn_system")
    if stated and version(stated) and re.match(r"\d", str(stated)) and not files:
        path = f"/usr/lib/x86_64-linux-gnu/libcudnn.so.{version(stated)}"
        library = {"path": path, "name": "libcudnn", "kind": "system", "version": stated}
        if says(as_map(facts.get("other")).get("LD_LIBRARY_PATH_note"), "cudnn"):
            library["found_by"] = "LD_LIBRARY_PATH"
        document.subject("library", path, library)
    elif "cudnn_system" in facts and stated is None:
        document.set("headers.cudnn", None)
    packages = as_map(facts.get("packages"))
    if any(re.match(r"libcudnn\d+-dev", name) and packages[name] is None for name in packages):
        document.set("headers.cudnn", None)
    if facts.get("torch_cudnn") and version(facts["torch_cudnn"]):
        document.set_environment("torch.cudnn", facts["torch_cudnn"])
    for entry in libraries:
        file = entry.get("path") or ""
        file = file if ".so" in file else f"{file}/{name_of(entry)}"
        beside_torch = re.search(r"\btorch/lib/libcudnn\w*\.so\.(\d+)", file)
        if beside_torch:
            document.set_environment("torch.cudnn", beside_torch[1])
            brought = {"path": file, "name": "libcudnn", "kind": "python", "version": beside_torch[1]}
            document.subject("library", file, brought)
    loaded = as_map(facts.get("other")).get("loaded_cudnn")
    folder = re.search(r"[^:]*/cudnn/?-?v?(\d+\.\d+\.\d+)[^:]*", str(as_map(facts.get("env")).get("LD_LIBRARY_PATH")))
    if loaded and version(loaded):
        path = f"/usr/lib/x86_64-linux-gnu/libcudnn.so.{version(loaded)}"
        map_loaded(document, "libcudnn", path, loaded, facts.get("torch_cudnn"))
    elif folder:
        file = f"{folder[0].rstrip('/')}/libcudnn.so.{folder[1]}"
        map_loaded(document, "libcudnn", file, folder[1], facts.get("torch_cudnn"))


def map_loaded(document, name, path, number, of_torch=None):
    """A copy from outside of the environment that comes first; `of_torch` is the version that torch brings."""
    library = {"path": path, "name": name, "kind": kind_of(path), "version": number, "search_position": 0}
    document.subject("library", path, library)
    if not document.get("torch.version", ENVIRONMENT) and not of_torch:
        return
    soname = f"{name}.so.{version(number).split('.')[0]}"
    loaded = {"environment": ENVIRONMENT[1], "name": name, "soname": soname, "path": path, "own": False}
    if of_torch and version(of_torch):
        own = f"{ENVIRONMENT[1]}/lib/python3/site-packages/torch/lib/{soname}"
        document.subject("library", own, {"path": own, "name": name, "kind": "python", "version": of_torch})
        loaded["own_copy"] = own
    elif name == "libcudnn" and document.get("kind", ENVIRONMENT) != "conda":
        loaded["own_copy"] = f"{ENVIRONMENT[1]}/lib/python3/site-packages/nvidia/cudnn/lib/{soname}"
    document.subject("loaded_library", soname, loaded)


def kind_of(path):
    if "/site-packages/" in path or "/dist-packages/" in path:
        return "python"
    if "/stubs/" in path:
        return "stub"
    if "/compat/" in path:
        return "compat"
    return "toolkit" if "/cuda" in path else "system"


# What only a file with code has.
TELL_OF_CODE = ("undefined", "needed", "archs", "machine", "gnu_stack")


def map_library(entry, lacking, elsewhere, torch_cudnn, document):
    base = os.path.basename(name_of(entry))
    package = re.search(r"\b(libnvidia-compute-\d+(?:-server)?)\b", str(entry.get("origin")))
    if package and says(entry["origin"], "image"):
        document.set("container.kind", "docker")
        document.set("driver.package", package[1])
        if version(entry.get("version") or ""):
            document.set("driver.package_version", version(entry["version"]))
    read = re.search(r"ELF 64-bit.*?(x86[-_]64|aarch64)", str(entry.get("note"))) or re.match(r"(x86[-_]64|aarch64)", str(entry.get("arch")))
    if read:
        entry = {"machine": read[1], **entry}
    if says(entry.get("note"), "cdi(/\\S+)?", "named in /etc/cdi\\S*") and "path" in entry and entry["path"] is None:
        document.set("container_toolkit.cdi_missing_files", [name_of(entry)])
        return
    if base.startswith("libnv") and is_executable(entry):
        map_extension(entry, lacking, document, elsewhere)
    elif base.startswith(DRIVER_LIBRARIES):
        map_driver_library(entry, base, document)
    elif base.startswith("libstdc++"):
        if entry.get("path") and document.get("libstdcxx.path") is None:
            document.set("libstdcxx.path", entry["path"])
        newest = re.search(r"GLIBCXX_(\d+\.\d+)\.(\d+)", str(entry.get("version")))
        file = re.search(r"(?:^|\.so\.)6\.0\.(\d+)", f"{entry.get('version') or entry.get('path')}")
        if file:
            document.set("libstdcxx.glibcxx", f"3.4.{file[1]}")  # libstdc++.so.6.0.N has GLIBCXX_3.4.N, since GCC 4
        elif newest:
            below = says(entry["version"], "below", "older than", "before", "less than")
            document.set("libstdcxx.glibcxx", f"{newest[1]}.{int(newest[2]) - below}")
    elif is_of_torch(name_of(entry)):
        map_torch_library(entry, lacking, document)
    elif base.startswith(("libcudnn", "libnccl.", "libcudart", "libcublas", "libcu", "libnv")) or base == "libnccl":
        map_cuda_library(entry, base, torch_cudnn, document)
    elif any(entry.get(key) for key in TELL_OF_CODE) or is_executable(entry) or is_module(entry) or "built for" in base:
        map_extension(entry, lacking, document, elsewhere)


def is_module(entry):
    """A file that only a Python package has, and that is there."""
    there = entry.get("path", "") is not None
    return there and re.search(r"\.(cpython-\d+\w*|abi3)\b.*\.so$", name_of(entry))


def map_driver_library(entry, base, document):
    path = entry.get("path")
    if path:
        # "/usr/lib/libcuda.so -> libcuda.so.390.77 (in the image)"
        link, _, target = path.split(" (")[0].partition(" -> ")
        number = re.search(r"(?:\.so\.|-)(\d{3}\.\d+(?:\.\d+)?)(?=$|/)", target or link)
        if says(path, "in the image"):
            document.add("driver.placeholder_files", None, link)
        entry = {**entry, "path": link, "version": entry.get("version") or (number and number[1])}
        path = link
    if path and says(entry.get("note"), "empty"):
        document.add("driver.placeholder_files", None, path)
    elif base.startswith("libcuda.so"):
        lacking = [symbol for symbol in as_list(entry.get("undefined")) if origin_of(symbol) == "driver"]
        if lacking:
            # Whose functions they are isn't told: a program that was compiled with them.
            needs = {"driver_functions.needed": lacking, "driver_functions.missing": lacking}
            program = {"environment": ENVIRONMENT[1], "path": "/environment/program", "package": "program"}
            document.subject("extension", program["path"], {**program, **needs})
        elif path:
            map_libcuda(path, entry, document)
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
    kind = kind if kind in ("stub", "compat") else "driver"
    copies = document.all("library").items()
    others = [name for name, other in copies if other.get("name") == "libcuda" and name != path]
    library = {"path": path, "name": "libcuda", "kind": kind, "search_position": len(others)}
    cuda = re.search(r"/cuda-(\d+\.\d+)/", path)
    if kind == "compat" and cuda:
        library["compat.cuda"] = cuda[1]
    if entry.get("version"):
        library["version"] = entry["version"]
        if not others and kind != "stub":
            document.set("driver.library_version", entry["version"])
    document.set("driver.libcuda_path", path)
    document.set("driver.libcuda_kind", kind)
    document.subject("library", path, library)


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
    seen = symbol_versions(entry)
    if entry.get("execstack") or is_executable(entry):
        seen |= {"stage": "torch", "executable_stack": True}
    if seen:
        map_seen(name, seen, document)


def map_seen(file, seen, document):
    """What is known of a library that the import of torch loads, other than where it comes from."""
    soname = os.path.basename(file)
    library = {"environment": ENVIRONMENT[1], "name": soname.split(".so")[0], "soname": soname, "path": file}
    document.subject("loaded_library", soname, {**library, **seen})


def map_cuda_library(entry, base, torch_cudnn, document):
    """A library of CUDA: what it lacks keeps torch from being imported; else a copy that comes first."""
    for symbol in as_list(entry.get("undefined")):
        document.add("load.undefined", None, undefined(symbol, name_of(entry)), ENVIRONMENT)
    needs = symbol_versions(entry)
    if needs and document.get("torch.version", ENVIRONMENT):
        map_seen(base, needs, document)
    if entry.get("archs") or (needs and not document.get("torch.version", ENVIRONMENT)):
        map_extension(entry, set(), document)
    path = entry.get("path")
    number = entry.get("version")
    if not (path or number) or (entry.get("undefined") and not number):
        return
    name = base.split(".so")[0].split(" ")[0]
    file = base if ".so" in base else f"{name}.so.{version(number)}"
    path = path or f"/usr/lib/x86_64-linux-gnu/{file}"
    if name.startswith("libcudnn_") and number and version(number):
        map_cudnn_part(name, path, number, entry, document)
    elif name in ("libcudnn", "libnccl", "libcudart"):
        at = place_in_library_path(path, document)
        if at is not None:
            file = path if ".so" in path else f"{path}/{file}"
            library = {"path": file, "name": name, "kind": kind_of(path), "found_by": "LD_LIBRARY_PATH"}
            document.subject("library", file, {**library, "search_position": at, **({"version": number} if number else {})})
        elif number and version(number) and kind_of(path) != "python":
            map_loaded(document, name, path, number, torch_cudnn if name == "libcudnn" else None)
        else:
            facts = {"path": path, "name": name, "kind": kind_of(path)}
            document.subject("library", path, {**facts, "version": number} if number else facts)
    elif name.startswith(("libnvJitLink", "libcublas", "libcusparse", "libcusolver", "libcufft")) and ".so" in path:
        toolkit = re.match(r"(/\S*cuda[-/]?(\d+\.\d+)[\d.]*)/", path)
        if toolkit and document.get("torch.version", ENVIRONMENT):
            number = {"path": toolkit[1], "version": toolkit[2]}
            document.subject("toolkit", toolkit[1], number)
            own = f"{ENVIRONMENT[1]}/lib/python3/site-packages/nvidia/{file}"
            loaded = {"environment": ENVIRONMENT[1], "name": name, "soname": file, "path": path, "own": False}
            document.subject("loaded_library", file, {**loaded, "own_copy": own})
    elif name.startswith("libnvrtc") and number:
        soname = f"{name}.so.{version(number)}"
        loaded = {"environment": ENVIRONMENT[1], "name": name, "soname": soname, "path": path}
        document.subject("loaded_library", soname, loaded)


def map_cudnn_places(libraries, document):
    """cuDNN and its parts, where a case tells the folders that they come from."""
    files = {name_of(e).split("/")[-1]: e["path"] for e in libraries if "libcudnn" in name_of(e) and e.get("path")}
    foreign = [name for name, path in files.items() if name.startswith("libcudnn_") and kind_of(path) != "python"]
    if foreign and document.get("torch.version", ENVIRONMENT) and document.get("kind", ENVIRONMENT) != "conda":
        soname = "libcudnn.so." + foreign[0].rpartition(".so.")[2].split(".")[0]
        files.setdefault(soname, f"{ENVIRONMENT[1]}/lib/python3/site-packages/nvidia/cudnn/lib/{soname}")
    if not any(name.startswith("libcudnn.") for name in files) or len(files) < 2:
        return
    for soname, path in files.items():
        loaded = {"environment": ENVIRONMENT[1], "name": soname.split(".so")[0], "soname": soname, "path": path}
        document.subject("loaded_library", soname, {**loaded, "own": kind_of(path) == "python"})


def place_in_library_path(path, document):
    """Which folder of LD_LIBRARY_PATH a library is in: 0 is the first; None where it is in none."""
    folder = os.path.dirname(path) if ".so" in path else path
    folders = [entry.rstrip("/") for entry in (document.get("variables") or {}).get("LD_LIBRARY_PATH", "").split(":")]
    return folders.index(folder.rstrip("/")) if folder and folder.rstrip("/") in folders else None


def map_cudnn_part(name, path, number, entry, document):
    """One of the libraries that cuDNN opens by itself; torch's own where the case says that it is the wheel's."""
    own = kind_of(path) == "python" or says(entry.get("origin"), "wheel", "pip", "torch", "nvidia-cudnn.*")
    if own and kind_of(path) != "python":
        path = f"{ENVIRONMENT[1]}/lib/python3/site-packages/nvidia/cudnn/lib/{os.path.basename(path)}"
    document.subject("library", path, {"path": path, "name": name, "kind": kind_of(path), "version": number})
    soname = f"{name}.so.{version(number).split('.')[0]}"
    loaded = {"environment": ENVIRONMENT[1], "name": name, "soname": soname, "path": path, "own": bool(own)}
    document.subject("loaded_library", soname, loaded)
    wheels = document.get("packages", ENVIRONMENT) or {}
    major = version(number).split(".")[0]
    brought = next((wheels[w] for w in wheels if w.startswith("nvidia-cudnn-cu") and wheels[w].startswith(major)), None)
    if not own and brought:
        file = f"{ENVIRONMENT[1]}/lib/python3/site-packages/nvidia/cudnn/lib/libcudnn.so.{major}"
        document.subject("library", file, {"path": file, "name": "libcudnn", "kind": "python", "version": brought})
        main = {"environment": ENVIRONMENT[1], "name": "libcudnn", "soname": f"libcudnn.so.{major}", "path": file}
        document.subject("loaded_library", main["soname"], {**main, "own": True})


def map_extension(entry, lacking, document, elsewhere=frozenset()):
    name = name_of(entry)
    facts = {"environment": ENVIRONMENT[1], "path": name, "package": package_of(name)}
    symbols = as_list(entry.get("undefined"))
    if symbols:
        symbol = undefined(symbols[0], name)
    if symbols and symbol["origin"] == "driver":
        facts["driver_functions.needed"] = facts["driver_functions.missing"] = symbols
    elif symbols:
        facts["undefined.count"] = len(symbols)
        facts["undefined.symbol"] = symbol["symbol"]
        facts["undefined.readable"] = symbol["readable"]
        facts["undefined.origin"] = symbol["origin"]
        facts["undefined.string_abi"] = string_abi(symbol["symbol"])
        if symbol["origin"] == "torch":
            facts["links_torch"] = True
    needed = sonames(entry)
    cuda = [soname for soname in needed if re.match(r"lib(cu(?!da\.so)|nv(?!idia-ml)|nccl)", soname)]
    if cuda:
        facts["cuda_libraries"] = cuda
    missing = [soname for soname in needed if soname in lacking or soname in elsewhere or of_other_cudnn(soname, document)]
    if missing:
        facts["missing_libraries"] = missing
    facts.update(symbol_versions(entry))
    if entry.get("archs"):
        facts["gpu_code.sass"], facts["gpu_code.ptx"] = architectures(entry["archs"])
    machine = re.search(r"(x86_64|aarch64)-linux", name) or re.search(r"(x86[-_]64|aarch64)", entry.get("machine") or "")
    machine = machine or re.search(r"built for (x86[-_]64|aarch64)", name)
    if machine:
        facts["machine"] = machine[1].replace("-", "_")
    if is_executable(entry):
        facts["executable_stack"] = True
    document.subject("extension", name, facts)


def of_other_cudnn(soname, document):
    """Whether a library is of a cuDNN that isn't there: torch brings another major version, and none is installed."""
    brought = document.get("torch.cudnn", ENVIRONMENT)
    major = re.fullmatch(r"libcudnn\w*\.so\.(\d+)", soname)
    copies = [library for library in document.all("library").values() if library.get("name") == "libcudnn"]
    installed = any(library.get("kind") != "python" for library in copies)
    return bool(brought and major and not installed and major[1] != version(brought).split(".")[0])


ARCHITECTURE = re.compile(
    r"(?:sm_)?(\d+)\.?(\d[af]?)\W*(ptx|(?:and|or) (?:higher|later|newer|up))?", re.IGNORECASE
)


def architectures(stated):
    """Those with machine code and those with PTX of "sm_80", "compute_90", "3.5, 5.0+PTX" and "8.0 and higher"."""
    if all(re.fullmatch(r"\d{3,4}", str(entry)) for entry in stated):  # ggml's and CMake's numbers: PTX is there, too
        numbers = [str(entry)[:-1] for entry in stated]
        return [f"sm_{number}" for number in numbers], [f"compute_{number}" for number in numbers]
    sass, ptx = [], []
    for text in (text for entry in stated for text in re.split(r"[,;]\s*", str(entry))):
        number = ARCHITECTURE.fullmatch(text)
        if number:
            since = int(number[1] + number[2][0])
            later = not number[3] or number[3].lower() == "ptx"
            sass += [f"sm_{number[1]}{number[2]}"] if later else [f"sm_{n}" for n in LADDER if n >= since]
        if text.startswith("compute_") or (number and number[3] and number[3].lower() == "ptx"):
            ptx.append(text if text.startswith("compute_") else f"compute_{number[1]}{number[2]}")
    return sass, ptx


def map_architectures(other, document):
    """The architectures that a package's build was told: "detectron2_arch_flags": "7.5"."""
    for name, stated in other.items():
        package = re.fullmatch(r"(\w+?)_arch_(?:flags|list)", name)
        if package and package[1] not in ("torch_cuda", "cuda"):
            map_extension({"name": package[1] + ".so", "archs": as_list(stated)}, set(), document)


def is_executable(entry):
    """The flags that readelf prints of GNU_STACK."""
    return "RWE" in f"{entry.get('gnu_stack')} {entry.get('note')}"


def map_machines(other, document):
    """A library's processor, as file(1) tells it: "libfoo_arch": "ELF 64-bit LSB shared object, x86-64"."""
    for name, text in other.items():
        file = re.match(r"(?:file )?(\w+?)(?:_(?:\w*_)?arch|\.so[\w.]*)$", name)
        machine = re.search(r"\b(x86([-_]64)?|aarch64)\b", str(text))
        if file and machine and ("ELF" in str(text) or name.endswith("arch")):
            machine = "x86_64" if machine[1].startswith("x86") else machine[1]
            map_extension({"name": file[1] + ".so", "machine": machine}, set(), document)


def map_executable_stacks(facts, document):
    packages = list(document.get("packages", ENVIRONMENT) or {})
    for name in as_list(as_map(facts.get("other")).get("execstack_libraries")):
        library = re.sub(r"[-_.]+", "-", name.split(".so")[0]).lower()
        package = next((package for package in packages if package in library), package_of(name))
        file = {"environment": ENVIRONMENT[1], "path": name, "package": package, "executable_stack": True}
        document.subject("extension", name, file)


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
    if re.match(r"_*(nvJitLink|cublas|cupti|cusparse|cusolver|cudnn|nccl|nvrtc|cufft|curand|cuda[A-Z])", symbol):
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
