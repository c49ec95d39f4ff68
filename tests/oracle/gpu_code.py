#!/usr/bin/env python3
"""Compare our reading of GPU code with NVIDIA's cuobjdump.

usage: gpu_code.py CUOBJDUMP[,CUOBJDUMP...] LIST_GPU_CODE DIRECTORY...

Every shared object below the directories is read by both: CUOBJDUMP (of the
CUDA toolkit or of Triton's package) and LIST_GPU_CODE, the program of
tests/oracle/list_gpu_code.cpp. No CUOBJDUMP reads the code of all releases of
CUDA; where one fails, the next one is asked. Compared are the architectures
with machine code and with PTX, whether some of it is compressed, and the
oldest and newest version of PTX. Prints every difference and how many files
were compared; the status is 1 when there is a difference.
"""

import pathlib
import re
import subprocess
import sys

# What cuobjdump calls the architecture of PTX.
PTX_PREFIX = re.compile(r"^sm_")


def shared_objects(directories):
    """Paths of the shared objects below directories; each file once."""
    seen = set()
    for directory in directories:
        for path in sorted(pathlib.Path(directory).rglob("*.so*")):
            if not path.is_file():
                continue
            status = path.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def dump_of_cuobjdump(programs, path):
    """The headers of a file, by the first program that reads it wholly."""
    for program in programs:
        dump = subprocess.run(
            [program, "-all", str(path)], capture_output=True, text=True,
            errors="replace", check=False)
        if "fatal" not in dump.stderr:
            return dump.stdout
    return None


def of_cuobjdump(programs, path):
    """What cuobjdump says of a file: {name: (compressed, oldest, newest)}."""
    dump = dump_of_cuobjdump(programs, path)
    if dump is None:
        return "cuobjdump fails"
    found = {}
    for block in dump.split("\nFatbin ")[1:]:
        kind = block.split(" code:", 1)[0]
        if kind not in ("elf", "ptx"):
            continue
        name = re.search(r"^arch = (\S+)", block, re.MULTILINE).group(1)
        compressed = re.search(r"^compressed$", block, re.MULTILINE)
        version = (0, 0)
        if kind == "ptx":
            name = PTX_PREFIX.sub("compute_", name)
            numbers = re.search(
                r"^code version = \[(\d+),(\d+)\]", block, re.MULTILINE)
            version = (int(numbers.group(1)), int(numbers.group(2)))
        was, oldest, newest = found.get(name, (False, version, version))
        found[name] = (was or bool(compressed),
                       min(oldest, version), max(newest, version))
    return found


def of_ours(program, paths):
    """The same of our program, for each path; a text for an error."""
    answers = {}
    for start in range(0, len(paths), 100):
        listing = subprocess.run(
            [program, *map(str, paths[start:start + 100])],
            capture_output=True, text=True, check=True)
        for line in listing.stdout.splitlines():
            path, *fields = line.split("\t")
            answers[path] = parse_fields(fields)
    return answers


def parse_fields(fields):
    """The fields of one line of our program."""
    if len(fields) != 3:
        return fields[0]
    found = {}
    for item in (fields[1] + fields[2]).split():
        name, count, versions = re.match(
            r"(\S+)=(\d+\*?)(?::(\S+))?$", item).groups()
        oldest, newest = (0, 0), (0, 0)
        if versions:
            oldest, newest = (
                tuple(map(int, version.split(".")))
                for version in versions.split("-"))
        found[name] = (count.endswith("*"), oldest, newest)
    return found


def main(arguments):
    """Compare; return the exit status."""
    if len(arguments) < 3:
        print(__doc__, file=sys.stderr)
        return 64
    cuobjdump, lister, *directories = arguments
    programs = cuobjdump.split(",")
    paths = [path.absolute() for path in shared_objects(directories)]
    ours = of_ours(lister, paths)
    different = with_code = 0
    for path in paths:
        theirs = of_cuobjdump(programs, path)
        with_code += bool(theirs)
        if ours[str(path)] != theirs:
            different += 1
            print(f"{path}\n  ours   {ours[str(path)]}\n  theirs {theirs}")
    print(f"{len(paths)} files compared, {with_code} with GPU code, "
          f"{different} different")
    return int(different > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
