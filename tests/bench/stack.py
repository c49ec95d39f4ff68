"""Reading a torch environment's compiled code, side by side with running it.

usage: stack.py GPU_PREFLIGHT ENVIRONMENT

gpu-preflight stack and check against `import torch` under LD_DEBUG=libs (which shows what is loaded) and cuobjdump
--list-elf over the same libraries (which shows what they are compiled for). Then how many bytes of the environment's
shared objects gpu-preflight reads, by strace. ENVIRONMENT is made as for processes.py. Nothing here passes or fails.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import processes

READ = re.compile(r"(?:read|pread64|preadv|readv)\(\d+<(.*?)>.* = (\d+)$")


def find_cuobjdump(prefix):
    """Of the toolkit, or the one that triton brings; None without."""
    if program := shutil.which("cuobjdump"):
        return program
    for directory, _, files in os.walk(os.path.join(prefix, "lib")):
        if "cuobjdump" in files and os.path.basename(directory) == "bin":
            return os.path.join(directory, "cuobjdump")
    return None


def shared_objects(prefix):
    """Paths and sizes of all in the environment, each file once."""
    found = {}
    for directory, _, files in os.walk(os.path.join(prefix, "lib")):
        for name in files:
            path = os.path.join(directory, name)
            if re.search(r"\.so(\.[0-9.]+)?$", name) and not os.path.islink(path):
                found[path] = os.path.getsize(path)
    return found


def bytes_read(command, environment, prefix):
    """How many bytes of files below the prefix the command reads, and from how many files."""
    with tempfile.NamedTemporaryFile() as log:
        trace = ["strace", "-f", "-y", "-e", "trace=read,pread64,preadv,readv", "-o", log.name]
        subprocess.run(trace + command, env=environment, check=False, stdout=subprocess.DEVNULL)
        total, files = 0, set()
        for line in open(log.name, encoding="utf-8", errors="replace"):
            if (match := READ.search(line)) and match[1].startswith(prefix) and re.search(r"\.so(\.|$)", match[1]):
                total += int(match[2])
                files.add(match[1])
    return total, len(files)


def main():
    program, prefix = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    processes.make_environment(prefix)
    variables = dict(os.environ, PATH=os.path.join(prefix, "bin") + ":" + os.environ["PATH"], VIRTUAL_ENV=prefix)
    stack = [program, "stack", "--env", prefix, "--format", "json"]
    document = json.loads(subprocess.run(stack, env=variables, check=True, capture_output=True).stdout)
    libraries = document["environments"][0]["libraries"]
    with_code = [item["path"] for item in libraries if item["gpu_code"]["sass"] or item["gpu_code"]["ptx"]]

    importing = ["env", "LD_DEBUG=libs", os.path.join(prefix, "bin", "python"), "-c", "import torch"]
    commands = {
        "gpu-preflight stack": (stack, processes.ROUNDS),
        "gpu-preflight check": ([program, "check", "--env", prefix], processes.ROUNDS),
        "LD_DEBUG=libs import torch": (importing, processes.SLOW_ROUNDS),
    }
    if cuobjdump := find_cuobjdump(prefix):
        listing = f'for file in "$@"; do "{cuobjdump}" --list-elf "$file"; done'
        commands[f"cuobjdump, {len(with_code)} files"] = (["sh", "-c", listing, "sh"] + with_code, 1)
    processes.compare(commands, variables)

    objects = shared_objects(prefix)
    total = sum(objects.values())
    for verb in ("stack", "check"):
        read, files = bytes_read([program, verb, "--env", prefix], variables, prefix)
        print(
            f"{verb}: {read / 1e6:.1f} MB read from {files} shared objects;"
            f" the environment has {len(objects)}, {total / 1e9:.2f} GB: {100 * read / total:.2f} %"
        )


if __name__ == "__main__":
    main()
