"""Holds the load map of `gpu-preflight stack` to what `import torch` really loads, file for file.

usage: load_map.py GPU_PREFLIGHT ENVIRONMENT OTHER_ENVIRONMENT [SITUATION...]

ENVIRONMENT and OTHER_ENVIRONMENT are virtual environments with torch and its nvidia wheels; the other one lends its
cuDNN, NCCL and cuBLAS. Each situation (default: all of them) runs Python under LD_DEBUG and gpu-preflight in the same
surroundings and prints how many files agree, and every difference. Neither environment is changed: what is changed is a
copy made of hard links, in a temporary directory beside ENVIRONMENT. `conda` needs patchelf, `cache` needs root.
Exit status: 0 when all agree.
"""

import dataclasses
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import loader_log

PROGRAM_STAGES = ("program", "torch")


def clone(source, target):
    """Copies a file or tree by hard links where the file system allows it."""
    if subprocess.run(["cp", "-al", source, target], check=False, stderr=subprocess.DEVNULL).returncode != 0:
        shutil.rmtree(target, ignore_errors=True)
        subprocess.run(["cp", "-a", source, target], check=True)


@dataclasses.dataclass
class Surroundings:
    """What a situation changes: where Python is, what is set, what stands before the commands."""

    prefix: str
    variables: dict = dataclasses.field(default_factory=dict)
    wrapper: list = dataclasses.field(default_factory=list)


class Situations:
    """Each public method is a situation; it makes what it needs below `scratch`."""

    def __init__(self, prefix, other, scratch):
        self.prefix, self.other, self.scratch = prefix, other, scratch

    def clean(self):
        return Surroundings(self.prefix)

    def older(self):
        """Another release's cuDNN and NCCL first in LD_LIBRARY_PATH."""
        return Surroundings(self.prefix, {"LD_LIBRARY_PATH": ":".join(self._other_directories())})

    def toolkit(self):
        """A toolkit of the system first in LD_LIBRARY_PATH."""
        return Surroundings(self.prefix, {"LD_LIBRARY_PATH": "/usr/local/cuda/lib64:"})

    def preload_nccl(self):
        return Surroundings(self.prefix, {"LD_PRELOAD": self._other_library("libnccl.so.2")})

    def preload_cublas(self):
        return Surroundings(self.prefix, {"LD_PRELOAD": self._other_library("libcublas.so.*")})

    def conda(self):
        """The layout of conda: an interpreter with DT_RPATH $ORIGIN/../lib and its own C++ library there."""
        prefix = os.path.join(self.scratch, "conda")
        real = os.path.realpath(os.path.join(self.prefix, "bin", "python"))
        home = os.path.dirname(os.path.dirname(real))
        name = os.path.basename(glob.glob(os.path.join(self.prefix, "lib", "python3.*"))[0])
        library = os.path.join(prefix, "lib")
        os.makedirs(os.path.join(prefix, "bin"))
        os.makedirs(os.path.join(prefix, "conda-meta"))
        os.makedirs(os.path.join(library, name))
        open(os.path.join(prefix, "conda-meta", "history"), "w", encoding="utf-8").close()
        shutil.copy(real, os.path.join(prefix, "bin", "python"))
        patch = ["patchelf", "--force-rpath", "--set-rpath", "$ORIGIN/../lib", os.path.join(prefix, "bin", "python")]
        subprocess.run(patch, check=True)
        for shared in glob.glob(os.path.join(home, "lib", "libpython3.*.so.*")):
            shutil.copy(shared, library)
        for shared in ("libstdc++.so.6", "libgcc_s.so.1"):
            shutil.copy(self._system_library(shared), library)
        for entry in os.listdir(os.path.join(home, "lib", name)):
            if entry != "site-packages":
                clone(os.path.join(home, "lib", name, entry), os.path.join(library, name, entry))
        packages = os.path.join(self.prefix, "lib", name, "site-packages")
        clone(packages, os.path.join(library, name, "site-packages"))
        return Surroundings(prefix)

    def cache(self):
        """cuDNN and NCCL only of the system, known to ld.so.cache."""
        prefix = os.path.join(self.scratch, "cache")
        clone(self.prefix, prefix)
        for package in ("cudnn", "nccl"):
            shutil.rmtree(glob.glob(os.path.join(prefix, "lib", "python3.*", "site-packages", "nvidia", package))[0])
        file = os.path.join(self.scratch, "ld.so.cache")
        subprocess.run(["/sbin/ldconfig", "-X", "-C", file] + self._other_directories(), check=True)
        mount = 'mount --bind "$0" /etc/ld.so.cache && exec "$@"'
        return Surroundings(prefix, {}, ["unshare", "--mount", "sh", "-c", mount, file])

    def names(self):
        return [name for name in vars(Situations) if not name.startswith("_") and name != "names"]

    def _other_directories(self):
        pattern = os.path.join(self.other, "lib", "python3.*", "site-packages", "nvidia")
        return [glob.glob(os.path.join(pattern, package, "lib"))[0] for package in ("cudnn", "nccl")]

    def _other_library(self, name):
        pattern = os.path.join(self.other, "lib", "python3.*", "site-packages", "nvidia", "*", "lib", name)
        return sorted(glob.glob(pattern))[0]

    @staticmethod
    def _system_library(name):
        lines = subprocess.run(["/sbin/ldconfig", "-p"], check=True, capture_output=True, text=True).stdout.split("\n")
        return next(line.split(" => ")[1] for line in lines if line.startswith(f"\t{name} "))


def environment_of(surroundings):
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("LD_", "PYTHON", "VIRTUAL"))}
    return dict(variables, **surroundings.variables)


@dataclasses.dataclass
class Import:
    """What `import torch` loaded, and how it ended."""

    loaded: list  # without Python's other extension modules and what only these need
    others: set  # paths of those
    failure: str  # the symbol or library for which Python ended; empty when it didn't


def real_import(surroundings, scratch):
    log = os.path.join(scratch, "log")
    variables = dict(environment_of(surroundings), LD_DEBUG="libs,files", LD_DEBUG_OUTPUT=log)
    command = surroundings.wrapper + [os.path.join(surroundings.prefix, "bin", "python"), "-c", "import torch"]
    process = subprocess.Popen(command, env=variables, stderr=subprocess.PIPE, text=True)
    _, errors = process.communicate()
    failure = ""
    if process.returncode != 0:
        message = errors.strip().splitlines()[-1]
        print(f"  Python says        {message}")
        failure = re.sub(r".*undefined symbol: (\w+).*|\w+: (\S+): cannot open shared.*", r"\1\2", message)
    others, loaded = set(), []
    for entry in loader_log.read(f"{log}.{process.pid}"):
        by_interpreter = entry.is_opened and os.path.basename(entry.asker).startswith(("python", "libpython"))
        is_other_module = by_interpreter and "/torch/" not in entry.path
        if is_other_module or (not entry.is_opened and entry.asker in others):
            others.add(entry.path)
        else:
            loaded.append(entry)
    for file in glob.glob(f"{log}.*"):
        os.remove(file)
    return Import(loaded, others, failure)


def our_map(program, surroundings):
    command = surroundings.wrapper + [program, "stack", "--env", surroundings.prefix, "--format", "json"]
    done = subprocess.run(command, env=environment_of(surroundings), check=False, capture_output=True, text=True)
    if not done.stdout:
        raise SystemExit(f"{command} printed nothing: {done.stderr}")
    environments = json.loads(done.stdout)["environments"]
    prefix = os.path.realpath(surroundings.prefix)
    return next(item for item in environments if os.path.realpath(item["prefix"]) == prefix)


def compare(program, surroundings, scratch):
    """Prints the differences; returns how many there are."""
    python = real_import(surroundings, scratch)
    environment = our_map(program, surroundings)
    libraries = [item for item in environment["libraries"] if item["found_by"] != "start"]
    real = {os.path.realpath(entry.path): entry for entry in python.loaded}
    others = {os.path.realpath(path) for path in python.others}
    ours = {os.path.realpath(item["path"]): item for item in libraries if item["stage"] in PROGRAM_STAGES}
    # What native code opens on its own is foreseen from a list of names, some of it as a use.
    later = {os.path.realpath(item["path"]) for item in libraries if item["stage"] not in PROGRAM_STAGES}
    missing = [path for path in real if path not in ours and not (real[path].is_opened and path in later)]
    extra = [path for path in ours if path not in real and path not in others]
    for path in missing:
        print(f"  only Python loads  {path}  ({'opened' if real[path].is_opened else 'needed'} by {real[path].asker})")
    for path in [] if python.failure else extra:
        print(f"  only ours          {path}  (asked for by {ours[path]['needed_by']}, {ours[path]['found_by']})")
    print(f"  {len(real) - len(missing)} of {len(real)} files agree, {len(extra)} more in ours")
    lists = (environment[name] or [] for name in ("missing", "missing_versions", "undefined"))
    said = [item for items in lists for item in items]
    if python.failure:
        # What Python never came to isn't counted: libraries behind the missing one, those that code would have opened.
        is_foreseen = f'"{python.failure}"' in json.dumps(said)
        print(f"  {python.failure} is {'' if is_foreseen else 'not '}what ours says is lacking")
        return len(missing) + (0 if is_foreseen else 1)
    if said:
        print(f"  only ours says     {said}")
    return len(missing) + len(extra) + len(said)


def main():
    if len(sys.argv) < 4:
        return __doc__
    program, prefix, other = (os.path.realpath(path) for path in sys.argv[1:4])
    differences = 0
    with tempfile.TemporaryDirectory(dir=os.path.dirname(prefix)) as scratch:
        situations = Situations(prefix, other, scratch)
        for name in sys.argv[4:] or situations.names():
            print(f"{name}: {prefix}", flush=True)
            surroundings = getattr(situations, name)()
            differences += compare(program, surroundings, scratch)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
