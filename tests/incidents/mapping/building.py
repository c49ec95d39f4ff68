"""What a build takes: host compiler, headers, the linker's libcuda, and the project that is built."""

import re

from .document import as_list, as_map, python_version, says, version
from .python_environment import normalised, whole

# Ways of installing that compile.
COMPILES = (
    "source build", "op build", "jit", "just[- ]in[- ]time", "setup\\.py", "pip from git", "cmake",
    "built from source", "make", "makepkg", "git\\+https?\\S*", "pip install (-v )?(-e|--editable)", "compiled",
    "compiling", "compiles", "compile\\.sh", "pamac build", "from source", "source \\(.*\\)",
)  # fmt: skip
# Where an installer's words name what is built: "source build of apex", "pip install -e ./src/detectron2", "mmcv source
# build".
NAMED = re.compile(
    r"(?:build of|install(?: -e| -U)?|wheel)\s+(?:\./)?(?:[\w.-]+/)*([A-Za-z][\w-]*)|([A-Za-z][\w.-]*) source build"
)
# PYTHON-ABI-PLATFORM of a wheel's name; what stands before it is the release.
WHEEL_FILE = re.compile(r"([A-Za-z][\w.]*)-(\d[\w.+!]*)-(\w+[\w.]*)-(\w+)-([\w.]+)\.whl")
NO_NAMES = ("a", "an", "the", "pip", "cuda", "torch", "pytorch", "from", "with", "without", "in", "extension")


def map_facts(facts, document):
    other = as_map(facts.get("other"))
    map_compiler(facts, document)
    for entry in as_list(facts.get("libraries")):
        if document.get("wsl.version") and "libcuda.so" in as_list(as_map(entry).get("needed")):
            document.set("driver.libcuda_unversioned_path", None)
        if as_map(entry).get("name") == "libcuda.so" and "path" in entry:
            path = entry["path"] if finds_short_name(entry["path"], facts) else None
            document.set("driver.libcuda_unversioned_path", path)
            document.set("linker.libcuda", path)
    if "cudnn_system" in facts and facts["cudnn_system"] is None:
        document.set("headers.cudnn", None)
    if other.get("nvcc_path"):
        document.set("compiler.nvcc.path", other["nvcc_path"])
    map_project(facts, other, document)


def finds_short_name(path, facts):
    """Linkers pass over libraries of 32 bits; under WSL the cache doesn't know the short name of the folder's library."""
    if says(path, "i386-linux-gnu", "i686-linux-gnu", "lib32"):
        return False
    told = str(as_map(facts.get("env")).get("LD_LIBRARY_PATH") or "")
    return not str(path).startswith("/usr/lib/wsl/") or ("/usr/lib/wsl/lib" in told and not says(told, "without", "lacks"))


def map_compiler(facts, document):
    if "host_compiler" not in facts:
        return
    compiler = facts["host_compiler"]
    if compiler is None:
        document.set("compiler.c.path", None)
        document.set("compiler.cxx.path", None)
        return
    kind, cxx = ("clang", "clang++") if says(compiler.get("name"), "clang(\\+\\+)?") else ("gcc", "g++")
    document.set("compiler.c.path", "/usr/bin/" + kind)
    document.set("compiler.c.kind", kind)
    document.set("compiler.cxx.path", "/usr/bin/" + cxx)
    if compiler.get("version"):
        document.set("compiler.c.version", compiler["version"])


def map_wheels(how, document):
    """Wheel files that an installer is given are required as those of a requirements.txt are."""
    names = ("package", "version", "python", "abi", "platform")
    files = WHEEL_FILE.finditer(how.replace("%2B", "+"))
    wheels = [dict(zip(names, found.groups()), file=found.group()) for found in files]
    if wheels and not any(wheel["platform"].startswith("win") for wheel in wheels):
        document.set("project.wheels", [wheel | {"package": normalised(wheel["package"])} for wheel in wheels])


def specifier(stated):
    """What pip would be told: bounds as they are, a version as the only one."""
    if re.match(r"[<>=!~]=?", str(stated)):
        return str(stated)
    return f"=={stated}" if stated and version(stated) == str(stated).partition("+")[0] else ""


def map_project(facts, other, document):
    """A project that is being installed or built, in the working directory of whoever does it."""
    how = str(facts.get("install_method") or "")
    if not says(facts.get("os"), "windows") or "wsl" in facts:
        map_wheels(how, document)
    wanted = {normalised(name): stated for name, stated in as_map(other.get("requested")).items()}
    compiles = says(how, *COMPILES) or re.search(r"pip\d? install (-\S+ )*[\w./-]*/[\w-]+/?($|[\s,;])", how)
    named = {normalised(before or after) for before, after in NAMED.findall(how)}
    repositories = {name.lower() for name in re.findall(r"git\+\S+?/([\w.-]+?)(?:\.git)?(?=[@#;,\s]|$)", how)}
    if compiles or says(how, "isolated", "build isolation", "sdist", "tar\\.gz", "pep ?517"):
        wanted |= {normalised(name): "" for name in named | repositories if name not in NO_NAMES}
    absent = [name for name, stated in as_map(facts.get("packages")).items() if stated is None]
    asked = re.findall(r"\bpip3? install (?:-\S+ )*([A-Za-z][\w.-]*)", how)
    wanted |= {normalised(name): "" for name in asked if name in absent}  # not there yet: it is what is to be installed
    trees = [name for name, stated in as_map(facts.get("packages")).items() if says(stated, "source tree")]
    compiles = compiles or trees
    wanted |= {normalised(name): "" for name in trees}
    if compiles and not wanted and "torch" not in named:
        packages = as_map(facts.get("packages"))
        wanted |= {normalised(name): stated for name, stated in packages.items() if name != "torch"}
    if re.search(r"flash-attention\b.*\bcd hopper\b", how):
        wanted["flash-attn-3"] = ""
    if "-lcuda" in str(other.get("link_command")) or other.get("builds_code"):
        document.set("project.compiles_cuda", True)
    if compiles or any(says(stated, "compiled") for stated in as_map(facts.get("packages")).values()):
        document.set("project.compiles_cuda", True)
    if compiles and wanted.get("torch") and not facts.get("torch") and python_version(wanted["torch"]):
        # Its own sources have the headers that extensions of the installed one would be compiled with.
        document.set_environment("torch.version", whole(python_version(wanted["torch"])))
    for name, bounds in as_map(other.get("version_bounds")).items():
        stated = as_map(facts.get("packages")).get(name, "")
        if re.match(r"[<>=!~]", str(bounds)) and (stated == "" or python_version(stated or "")):
            wanted.setdefault(normalised(name), bounds.partition(" (")[0])
    if wanted and says(how, "--no-build-isolation"):
        document.add("variables", "PIP_NO_BUILD_ISOLATION", "0")
    if wanted:
        pins = {name: specifier(stated) for name, stated in wanted.items()}
        document.set("project.requirements", pins)
    for bounds in as_map(other.get("requires_python")).values():
        document.set("project.requires_python", bounds)
