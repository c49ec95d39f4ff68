"""Breaks real environments in ways that users do, and holds what `gpu-preflight check` foresees to what Python says.

usage: failures.py GPU_PREFLIGHT DIRECTORY [STORY...]

DIRECTORY keeps environments (torch-2.5.1, ...) and single packages; what is missing is made with pip, several GB each.
Before a story the environment must work in both views, after it must fail in both. The environments themselves aren't
changed: copies are hard links, in which files are replaced. Exit status: 0 when both agree everywhere.
"""

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

from load_map import clone

IMPORT = "import torch"
# cuDNN loads its parts when it is first used; without a GPU creating a handle gets far enough.
USE_CUDNN = """
import ctypes, torch
path = next(line.split()[-1] for line in open("/proc/self/maps") if "libcudnn.so" in line)
ctypes.CDLL(path).cudnnCreate(ctypes.create_string_buffer(64))
"""


def pip(python, *arguments):
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-cache-dir", *arguments], check=True)


class Stories:
    """Each public method breaks an environment and returns its prefix, variables to set, and the code to run."""

    def __init__(self, directory, scratch):
        self.directory, self.scratch = directory, scratch

    def older_nccl(self):
        """Another package's NCCL in the place of torch's: both wheels write the same path."""
        prefix = self.copy("torch-2.8.0")
        old = self.package("nvidia-nccl-cu12==2.21.5")
        self.replace(prefix, os.path.join("nvidia", "nccl", "lib", "libnccl.so.2"), old)
        return prefix, {}, IMPORT

    def older_nvjitlink(self):
        """A libnvJitLink of an older CUDA first in LD_LIBRARY_PATH."""
        old = os.path.join(self.package("nvidia-nvjitlink-cu12==12.1.105"), "nvidia", "nvjitlink", "lib")
        return self.environment("torch-2.5.1"), {"LD_LIBRARY_PATH": old}, IMPORT

    def older_cudnn(self):
        """An older cuDNN of the same major first in LD_LIBRARY_PATH."""
        old = os.path.join(self.package("nvidia-cudnn-cu12==9.1.0.70"), "nvidia", "cudnn", "lib")
        return self.environment("torch-2.8.0"), {"LD_LIBRARY_PATH": old}, USE_CUDNN

    def other_torchvision(self):
        """A torchvision for another release of torch."""
        prefix = self.copy("torch-2.6.0")
        for path in glob.glob(os.path.join(packages_of(prefix), "torchvision*")):
            shutil.rmtree(path)
        other = self.package("torchvision==0.17.0")
        for path in glob.glob(os.path.join(other, "torchvision*")):
            shutil.copytree(path, os.path.join(packages_of(prefix), os.path.basename(path)))
        return prefix, {}, "import torchvision"

    def names(self):
        ours = {"environment", "package", "copy", "replace", "names"}
        return [name for name in vars(Stories) if not name.startswith("_") and name not in ours]

    def environment(self, name):
        prefix = os.path.join(self.directory, name)
        if not os.path.exists(os.path.join(prefix, "bin", "python")):
            subprocess.run([sys.executable, "-m", "venv", prefix], check=True)
            pip(os.path.join(prefix, "bin", "python"), name.replace("-", "=="), "torchvision", "numpy")
        return os.path.realpath(prefix)

    def package(self, requirement):
        """The directory that holds one package, without what it requires."""
        target = os.path.join(self.directory, requirement)
        if not os.path.isdir(target):
            pip(sys.executable, "--no-deps", "--target", target, requirement)
        return os.path.realpath(target)

    def copy(self, name):
        prefix = os.path.join(self.scratch, name)
        clone(self.environment(name), prefix)
        return prefix

    @staticmethod
    def replace(prefix, path, source):
        file = os.path.join(packages_of(prefix), path)
        os.remove(file)
        shutil.copy(os.path.join(source, path), file)


def packages_of(prefix):
    return glob.glob(os.path.join(prefix, "lib", "python3.*", "site-packages"))[0]


def in_python(prefix, variables, code):
    """The last line that Python prints when it fails; empty when it doesn't."""
    python = os.path.join(prefix, "bin", "python")
    done = subprocess.run([python, "-c", code], env=variables, check=False, capture_output=True, text=True)
    if done.returncode == 0:
        return ""
    return (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]


def in_ours(program, prefix, variables):
    """Titles of the errors of check."""
    command = [program, "check", "--env", prefix, "--format", "json"]
    done = subprocess.run(command, env=variables, check=False, capture_output=True, text=True)
    return [item["title"] for item in json.loads(done.stdout)["findings"] if item["severity"] == "error"]


def main():
    program, directory = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LD_", "PYTHON", "VIRTUAL"))}
    wrong = 0
    with tempfile.TemporaryDirectory(dir=directory) as scratch:
        stories = Stories(directory, scratch)
        for name in sys.argv[3:] or stories.names():
            prefix, variables, code = getattr(stories, name)()
            variables = dict(clean, **variables)
            said, foreseen = in_python(prefix, variables, code), in_ours(program, prefix, variables)
            print(f"{name}\n  Python says  {said or 'nothing'}")
            for title in foreseen or ["nothing"]:
                print(f"  ours says    {title}")
            wrong += not said or not foreseen
    for prefix in sorted(glob.glob(os.path.join(directory, "torch-*"))):
        said, foreseen = in_python(prefix, clean, USE_CUDNN), in_ours(program, prefix, clean)
        print(f"{os.path.basename(prefix)}, whole: Python says {said or 'nothing'}, ours says {foreseen or 'nothing'}")
        wrong += bool(said) or bool(foreseen)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
