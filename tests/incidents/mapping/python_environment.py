"""The Python environment: interpreter, packages, torch."""

import re

from .document import ENVIRONMENT, as_list, as_map, is_on, numbers, python_version, says, table_rows, version

# Packages that only conda has under these names; pip doesn't list them.
CONDA_ONLY = re.compile(
    r"(pytorch|pytorch-nightly|pytorch-cuda|pytorch-mutex|cpuonly|cudatoolkit|cudart|cudnn|nccl|mkl|blas"
    r"|cuda-(?!python|bindings|core|pathfinder).*|lib(cu|nv).*)"
)
# PyTorch Geometric's, whose wheels say in their versions which torch they are for.
PYG = ("torch-scatter", "torch-sparse", "torch-cluster", "torch-spline-conv", "pyg-lib")
# A wheel whose local version tells what it was built for: flash_attn-2.8.2+cu12torch2.6cxx11abiFALSE-cp311-...whl.
WHEEL_FILE = re.compile(r"([A-Za-z]\w*)-(\d[\w.]*)\+([\w.]+)-(?:cp|py)\d+-\w+-\w+\.whl")
# What a case says of a package's own build: "built for torch 1.5", "installed under PyTorch 1.1".
BUILT_FOR_TORCH = re.compile(
    r"\b(?:built|compiled|installed|made) (?:for|with|against|under) (?:py)?torch[ =v-]*"
    r"(\d+\.\d+(\.\d+)?)(?:\+cu(\d\d)(\d))?",
    re.IGNORECASE,
)
# On Linux these require torch and, through it, Triton.
BRING_TORCH = ("torchvision", "torchaudio")
BRING_TRITON = ("vllm", "sglang", "unsloth")
RELEASES = {name: list(table_rows(name)) for name in ("torch", "torchvision", "torchaudio")}
# torch itself, compiled by the reporter.
OWN_BUILD = r"USE_SYSTEM_NCCL|\b(py)?torch from source|source build of (py)?torch"
NVIDIA_FOLDER = re.compile(r"(?:site|dist)-packages/nvidia/(cudnn|cublas|cuda_runtime|cuda_nvrtc|nccl)/lib")
# Distributions whose own Python keeps compiled packages apart, in lib64.
LIB64 = ("amazon linux", "al2", "al2023", "rhel", "red hat.*", "centos", "rocky.*", "alma.*", "oracle linux", "fedora")
# Debian's, not Python's.
SYSTEM_PACKAGES = re.compile(r"(nvidia-driver-\d+.*|libnvidia-.*|nvidia-container-.*|nvidia-utils-.*)")
# Architectures that official wheels have been built for, in order.
LADDER = (35, 37, 50, 52, 60, 61, 70, 75, 80, 86, 89, 90, 100, 103, 120, 121)


def map_facts(facts, document):
    map_interpreter(facts, document)
    map_packages(facts, document)
    map_torch(facts, document)
    map_worded_builds(facts, document)
    map_architectures(facts, document)
    map_builds(facts, document)
    map_second_torch(facts, document)
    map_split_folders(facts, document)
    map_wheel_page(facts, document)


def map_interpreter(facts, document):
    if "." in (python_version(facts.get("python") or "") or ""):
        document.set_environment("python.version", python_version(facts["python"]))
    stated = facts.get("python_install") or as_map(facts.get("other")).get("env_kind")
    kind = stated or facts.get("install_method") or ""
    if says(kind, "conda(-forge)?", "mamba", "micromamba", "miniconda", "anaconda"):
        document.set_environment("kind", "conda")
        if re.match(r"(python3? -m |uv )?pip3? install .*\btorch\b", str(facts.get("install_method") or "")):
            document.set_environment("conda_packages", {})  # by pip, into it
    elif says(kind, "venv", "virtualenv"):
        document.set_environment("kind", "venv")
    elif named := re.search(r"\b(uv|pyenv|system)\b", str(stated or ""), re.IGNORECASE):
        document.set_environment("kind", named[1].lower())
    elif says(kind, "system pip"):
        document.set_environment("kind", "system")
    headers = as_map(facts.get("other")).get("python_headers", "")
    packages = as_map(facts.get("packages"))
    lacking = [name for name in packages if re.fullmatch(r"python3?(\.\d+)?-dev(el)?", name) and packages[name] is None]
    lacking = lacking or says(facts.get("install_method"), "(not|without|no) python3(\\.\\d+)?-dev(el)?")
    if headers is None or lacking or says(headers, "does not exist", "doesn't exist", "not installed", "missing"):
        document.set_environment("python.include", None)


def normalised(name):
    return re.sub(r"[-_.]+", "-", name.partition("[")[0]).lower()


def map_packages(facts, document):
    packages = {normalised(name): stated for name, stated in as_map(facts.get("packages")).items()}
    if packages.get("triton-windows") and "triton" not in packages:
        packages["triton"] = packages["triton-windows"].split(".post")[0]  # a port with Triton's numbers
    for name, stated in as_map(as_map(facts.get("other")).get("version_bounds")).items():
        if name != "cuda_toolkit" and not packages.get(normalised(name)):
            packages[normalised(name)] = stated
    told = " ".join(map(str, (facts.get("install_method"), *as_map(facts.get("other")).values())))
    for name, number, local in WHEEL_FILE.findall(told):
        if packages.get(normalised(name)) in (None, "", number):
            packages[normalised(name)] = f"{number}+{local}"
    if facts.get("torch"):
        packages.setdefault("torch", facts["torch"])
    elif pinned(facts) and not packages.get("torch"):
        packages["torch"] = pinned(facts)
    for name, number in re.findall(r"\bpip3? install (?:-\S+ )*([A-Za-z][\w.-]*)==(\d[\w.]*)", told):
        packages.setdefault(normalised(name), number)
    packages = {**implied(facts, packages), **packages}
    if "packages" in facts or packages:
        document.set_environment("packages", {})
    for name, stated in packages.items():
        build = re.fullmatch(r"[\d.]+\S* (\w[\w.]*)(?: \(.*\))?", str(stated))
        if build and name == "pytorch" and says(build[1].replace("_", " "), "cpu"):
            document.set_environment("torch.variant", "cpu")
            document.set_environment("torch.cuda", None)
        if stated is None or SYSTEM_PACKAGES.fullmatch(name):
            continue
        stated = below(name, stated)
        if name == "numpy":
            stated = re.sub(r"^(\d+)\.x\b", r"\1.0.0", str(stated))  # all that matters of it is the major version
        number = whole(python_version(stated) or "")  # an empty one: it is there, in a version that isn't stated
        if CONDA_ONLY.fullmatch(name):
            document.set_environment("kind", "conda")
            document.add("conda_packages", name, str(stated).split(" ")[0], ENVIRONMENT)
            if name == "pytorch":
                document.add("packages", "torch", number, ENVIRONMENT)
            continue
        document.add("packages", name, number, ENVIRONMENT)
    asked = re.search(r"conda install\b.*\b(cudatoolkit)=+([\d.]+)", str(facts.get("install_method") or ""))
    if asked:
        document.add("conda_packages", asked[1], packages.get(asked[1]) or asked[2], ENVIRONMENT)
    if facts.get("torch") and re.search(r"conda install\b.*\bpytorch\b", str(facts.get("install_method") or "")):
        document.add("conda_packages", "pytorch", version(facts["torch"]) or "", ENVIRONMENT)
    for name, build in as_map(as_map(facts.get("other")).get("conda_builds")).items():
        document.add("conda_packages", normalised(name), packages.get(normalised(name)) or "", ENVIRONMENT)
        if name == "pytorch" and build and says(build.replace("_", " "), "cpu"):
            document.set_environment("torch.variant", "cpu")
            document.set_environment("torch.cuda", None)


def below(name, stated):
    """The last release below an upper bound, of packages whose releases are known."""
    bound = re.fullmatch(r"< ?(\d+(?:\.\d+)*)", str(stated).strip())
    earlier = [release for release in RELEASES.get(name, ()) if bound and numbers(release) < numbers(bound[1])]
    return max(earlier, key=numbers) if earlier else stated


def implied(facts, packages):
    """Packages that others bring, and those whose files a case names; in versions that aren't stated."""
    found = {}
    other = as_map(facts.get("other"))
    compiles = says(other.get("workload"), "torch\\.compile") or is_on(other.get("torch_compile_used"))
    if any(packages.get(name) is not None for name in BRING_TORCH):
        found = {"torch": ""}
    if compiles or any(packages.get(name) is not None for name in BRING_TRITON):
        found = {"torch": "", "triton": ""}
    major = "11" if str(facts.get("cuda_toolkit") or facts.get("torch_cuda")).startswith("11") else "12"
    for entry in as_list(facts.get("libraries")):
        folder = NVIDIA_FOLDER.search(str(entry.get("path")))
        if folder:
            found[f"nvidia-{folder[1].replace('_', '-')}-cu{major}"] = ""
    jax = re.search(r"jax\[cuda(\d\d)?[._]*(?:_?pip)?\]", str(facts.get("install_method") or ""))
    if jax:
        found |= {"jax": "", f"nvidia-cuda-runtime-cu{jax[1] or 12}": ""}
    image = str(as_map(facts.get("container")).get("image"))
    rapids = re.search(r"rapidsai/\w+:(?:cuda[\d.]+-\w+-\w+-)?v?(\d+\.\d+)", image)
    if rapids:
        found |= dict.fromkeys(("cudf", "cuml"), rapids[1])
    return found


def map_worded_builds(facts, document):
    """Builds whose CUDA is told otherwise than in versions."""
    built = {}
    for name, stated in as_map(facts.get("packages")).items():
        cuda = cuda_in_words(str(stated))
        if cuda and name not in ("torch", "pytorch"):
            built[normalised(name)] = cuda
        elif cuda and "." in cuda:
            document.set_environment("torch.variant", "cuda")
            document.set_environment("torch.cuda", cuda)
    for entry in as_list(facts.get("libraries")):
        needed = " ".join(as_list(entry.get("needed")))
        windows = re.search(r"\bcu(?:blas|dart)64_(11|12|13)0?\.dll", needed)  # what a SONAME tells elsewhere
        if windows and entry.get("name"):
            built[normalised(entry["name"].split(".")[0])] = windows[1]
    for name, metadata in as_map(as_map(facts.get("other")).get("build_metadata")).items():
        cuda = str(as_map(metadata).get("cuda") or "")
        if re.fullmatch(r"1\d0\d", cuda):  # as CUDA itself counts: 1201 is 12.1
            cuda = f"{cuda[:2]}.{cuda[3]}"
        if version(cuda) and "." in cuda:
            built[normalised(name)] = version(cuda)
    if built:
        document.set_environment("built_for_cuda", built)


def cuda_in_words(text):
    """The CUDA of "CUDA 12.1 build", "cu12 build", "cu130", "built for torch-1.8.0+cu111"."""
    named = re.fullmatch(r"(?:.*\W)?(?:CUDA |cu)(\d\d(?:\.\d)?) (?:build|wheel)\b.*", text, re.IGNORECASE)
    if named:
        return named[1]
    tag = re.fullmatch(r"(?:[a-z]+\+)?cu(\d\d)(\d)", text)
    if tag:
        return f"{tag[1]}.{tag[2]}"
    torch = BUILT_FOR_TORCH.search(text)
    return f"{torch[3]}.{torch[4]}" if torch and torch[3] else None


def pinned(facts):
    """The torch that pip is told to install: "torch==2.7.0 --index-url .../whl/cu118"."""
    how = str(facts.get("install_method") or "")
    release = re.search(r"\bpip\d? install\b.*\btorch==(\d+\.\d+\.\d+)(\+\w+)?", how)
    index = re.search(r"/whl/(cu\d+|cpu|rocm[\d.]+)\b", how)
    return release and release[1] + (release[2] or (index and "+" + index[1]) or "")


def map_wheel_page(facts, document):
    """A page of wheels whose address says what they were built for: ".../mmcv/dist/cu102/torch1.9.0"."""
    how = str(facts.get("install_method") or "")
    packages = document.get("packages", ENVIRONMENT) or {}
    page = re.search(r"(?:pyg|pytorch-geometric)\S*/whl/torch-(\d+)\.(\d+)\.\d+\+(cu\d+|cpu)", how)
    for name in PYG if page else ():
        if packages.get(name) == "":
            packages[name] = f"0+pt{page[1]}{page[2]}{page[3]}"  # which release it is isn't told
    named = re.search(r"/(\w+)/dist/cu(\d+)(\d)/torch\d", how)
    if not named:
        return
    major, minor = named[2], named[3]
    # Up to CUDA 10.2 the SONAME has the minor release, in CUDA 11 always 11.0, since then none.
    soname = f"libcudart.so.{major}" if int(major) > 11 else f"libcudart.so.{major}.{minor if int(major) < 11 else 0}"
    owner = "mmcv-full" if named[1] == "mmcv" and "mmcv-full" in packages else named[1]
    if owner in packages:
        file = {"environment": ENVIRONMENT[1], "package": owner, "path": f"{owner}/_ext.so"}
        document.subject("extension", file["path"], {**file, "cuda_libraries": [soname]})


def map_split_folders(facts, document):
    """torch and its CUDA libraries in two folders, which torch doesn't search both."""
    other = as_map(facts.get("other"))
    if document.get("kind", ENVIRONMENT) == "system" and says(facts.get("os"), *LIB64):
        place = f"python{'.'.join((document.get('python.version', ENVIRONMENT) or '3.9').split('.')[:2])}/site-packages"
        document.set_environment("site_packages", [f"/usr/local/lib64/{place}", f"/usr/local/lib/{place}"])
    names = (("torch_path", "torch_location"), ("nvidia_path", "nvidia_packages_location", "nvidia_wheels_location", "nvidia_location"))
    stated = [next((other[name] for name in choice if other.get(name)), "") for choice in names]
    places = [re.sub(r"/(torch|nvidia)/?$", "", str(place)) for place in stated]
    if all(places) and places[0] != places[1]:
        document.set_environment("site_packages", places)
        cuda = re.search(r"nvidia-cublas-cu(\d+)", " ".join(as_map(facts.get("packages"))))
        if cuda:  # beside torch, where its run path leads, there is none
            missing = {"soname": f"libcublas.so.{cuda[1]}", "needed_by": "libtorch_global_deps.so", "reason": "no such file"}
            document.add("load.missing", None, missing, ENVIRONMENT)


def map_second_torch(facts, document):
    """A torch that hides another, where a case tells of it in words."""
    texts = "\n".join(str(value) for value in as_map(facts.get("other")).values())
    copy = r"\b(?:old|older|second|another|other|stale) (?:copy of )?torch\b"
    told = re.search(copy + r"[^;\n]*? in (\S*(?:site|dist)-packages)", texts)
    other = as_map(facts.get("other"))
    copies = "; ".join(as_list(other.get("torch_installs"))) or str(other.get("torch_copies"))
    releases = re.findall(r"\d+\.\d+\.\d+[^\s,;]*", copies)
    if len(as_list(other.get("torch_installs"))) > 1:
        releases = (releases + ["", ""])[:2] if len(set(releases)) < 2 else releases
    if len(set(releases)) > 1:
        paths = {"path": "/first/site-packages", "other_path": "/second/site-packages"}
        twice = {"package": "torch", "version": releases[0], "other_version": releases[1], **paths}
        document.add("duplicates", None, twice, ENVIRONMENT)
    places = [str(as_map(facts.get("other")).get(key)) for key in ("torch_location", "torch_file")]
    copies = [entry for entry in as_list(facts.get("libraries")) if entry.get("name") == "torch" and entry.get("path")]
    if len({entry["path"] for entry in copies}) > 1:
        places += [entry["path"].rstrip("/") for entry in copies]
    place = " ".join(places).replace("~/", "/root/")
    home = re.search(r"(\S*(?:/\.local/lib/python[\d.]+|\\Roaming\\Python\\Python\d+)[/\\]site-packages)", place)
    if not told and not home:
        return
    told = told or home
    version_of_it = re.search(r"\btorch (\d+\.\d+(\.\d+)?)", told[0])
    own = document.get("torch.version", ENVIRONMENT) or ""
    hidden = f"{ENVIRONMENT[1]}/lib/python3/site-packages"
    used = {"version": version_of_it[1] if version_of_it else "", "path": told[1].replace("~", "/root")}
    copies = {"package": "torch", **used, "other_version": own, "other_path": hidden}
    document.add("duplicates", None, copies, ENVIRONMENT)


def whole(number):
    """2.3 of people is the release 2.3.0 of wheels."""
    return re.sub(r"^(\d+\.\d+)(?=$|\+)", r"\1.0", number)


def map_torch(facts, document):
    packages = document.get("packages", ENVIRONMENT) or {}
    stated = whole(python_version(below("torch", facts.get("torch") or "")) or "") or packages.get("torch")
    if stated and stated.isdecimal():
        stated = packages["torch"] = ""  # of a major version no release is known
    if stated:
        document.set_environment("torch.version", stated)
    elif "torch" in facts and facts["torch"] is None:
        document.set_environment("torch.version", None)
    map_build(facts, stated or "", document)
    if facts.get("torch_cxx11abi") is not None:
        document.set_environment("torch.cxx11_abi", bool(facts["torch_cxx11abi"]))
    other = as_map(facts.get("other"))
    if other.get("hip_runtime"):
        document.set_environment("torch.hip", str(other["hip_runtime"]))
    if other.get("triton_ptxas"):
        document.set_environment("triton.ptxas", version(other["triton_ptxas"]))
        document.set_environment("triton.ptxas_blackwell", None)


def map_build(facts, stated, document):
    """What torch was built for: by its local version, then by what the case says."""
    local = stated.partition("+")[2]
    tag = re.match(r"cu(\d+)(\d)(?!\d)", local)
    hip = re.match(r"rocm(\d+(\.\d+)*)", local)
    if hip:
        document.set_environment("torch.variant", "rocm")
        document.set_environment("torch.cuda", None)
        document.set_environment("torch.hip", hip[1])
    elif local.startswith(("cpu", "xpu")):
        document.set_environment("torch.variant", local[:3])
        document.set_environment("torch.cuda", None)
    cuda = facts.get("torch_cuda")
    if cuda:
        document.set_environment("torch.cuda", cuda)
        document.set_environment("torch.variant", "cuda")
    elif tag:
        document.set_environment("torch.cuda", f"{tag[1]}.{tag[2]}")
        document.set_environment("torch.variant", "cuda")
    elif as_map(facts.get("packages")).get("cudatoolkit") and as_map(facts.get("packages")).get("pytorch"):
        document.set_environment("torch.cuda", facts["packages"]["cudatoolkit"])  # conda's are built for each other
        document.set_environment("torch.variant", "cuda")
    elif facts.get("cuda_toolkit") and (
        re.search(r"\da\d*(\+|$)", stated) or re.search(OWN_BUILD, str(facts.get("install_method")))
    ):
        # Alpha versions, too, are those of builds from source, for the toolkit that is there.
        document.set_environment("torch.cuda", facts["cuda_toolkit"])
        document.set_environment("torch.variant", "cuda")
    elif "torch_cuda" in facts:
        document.set_environment("torch.cuda", None)
        document.set_environment("torch.variant", "cpu")


def map_architectures(facts, document):
    names = as_list(facts.get("torch_archs"))
    if not names:
        return
    machine = sorted({int(name[3:]) for name in names if re.fullmatch(r"sm_\d+", name)})
    if len(machine) == 2 and says(as_map(facts.get("other")).get("torch_archs_note"), "range"):
        machine = [number for number in LADDER if machine[0] <= number <= machine[1]]
    suffixed = [name for name in names if re.fullmatch(r"sm_\d+[af]", name)]
    document.set_environment("gpu_code.sass", [f"sm_{number}" for number in machine] + suffixed)
    document.set_environment("gpu_code.ptx", [name for name in names if name.startswith("compute_")])
    document.set_environment("torch.variant", "cuda")


def map_builds(facts, document):
    """What packages were built with, where a case tells it from their metadata."""
    other = as_map(facts.get("other"))
    built = {name: as_map(entry).get("torch") for name, entry in as_map(other.get("build_metadata")).items()}
    for key, stated in other.items():
        name = re.fullmatch(r"(\w+?)_(?:built|compiled)_(?:for|with|against)_torch", key)
        if name:
            built[name[1]] = stated
    for name, stated in as_map(facts.get("packages")).items():
        told = BUILT_FOR_TORCH.search(str(stated))
        if told:
            built[name] = told[1]
    page = re.search(r"_pyt(\d)(\d+)(\d)/", str(facts.get("install_method") or ""))  # of PyTorch3D's wheels
    if page:
        built["pytorch3d"] = f"{page[1]}.{page[2]}.{page[3]}"
    built = {normalised(name): python_version(torch) for name, torch in built.items() if torch and python_version(torch)}
    if built:
        document.set_environment("built_for_torch", built)
    packages = document.get("packages", ENVIRONMENT) or {}
    if other.get("built_with_cudnn"):
        document.set_environment("jaxlib.cudnn", other["built_with_cudnn"])
    index = re.search(r"/whl/(cu\d+|cpu)\b", str(facts.get("install_method") or ""))  # its wheels all carry the mark
    for name in ("torchvision", "torchaudio"):
        build = other.get(f"{name}_cuda") or other.get(f"{name}_build") or ""
        tag = "cpu" if says(build, "cpu") else version(build) and "cu" + "".join(version(build).split(".")[:2])
        tag = tag or (index and index[1])
        if tag and packages.get(name) and "+" not in packages[name]:
            packages[name] += f"+{tag}"

