"""Compare the symbol versions that compiled files need with what auditwheel reads.

    symbol_versions.py GPU_PREFLIGHT ENVIRONMENT...

Run it with a Python that has auditwheel. For every library that `import torch` of
the environments loads, and for every compiled extension, the highest GLIBC, GLIBCXX
and CXXABI versions that the facts give are compared with those that auditwheel's own
reader finds in the same file. Prints the files compared and every difference; the
exit status is 1 when there is one. The C library is left out: it needs versions of
the loader, which auditwheel passes over.
"""

import json
import subprocess
import sys

from auditwheel.elfutils import elf_find_versioned_symbols
from elftools.elf.elffile import ELFFile

NAMES = {"needs.glibc": "GLIBC_", "needs.glibcxx": "GLIBCXX_", "needs.cxxabi": "CXXABI_"}


def numbers(version):
    """Return "2.34" as (2, 34), for comparing; () for what is no version."""
    parts = version.split(".")
    return tuple(map(int, parts)) if all(part.isdigit() for part in parts) else ()


def highest_by_auditwheel(path):
    """Return the highest version of each name that the file needs, where it needs one."""
    highest = dict.fromkeys(NAMES, ())
    with open(path, "rb") as file:
        for _, symbol in elf_find_versioned_symbols(ELFFile(file)):
            for fact, prefix in NAMES.items():
                if symbol.startswith(prefix):
                    highest[fact] = max(highest[fact], numbers(symbol[len(prefix):]))
    return highest


def files_of(program, environment):
    """Yield (path, highest versions) of every file, by the facts."""
    command = [program, "probe", "--format", "json", "--env", environment]
    document = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    for subject in document["subjects"]:
        facts = subject["facts"]
        is_file = subject["kind"] in ("loaded_library", "extension")
        if is_file and not facts["path"]["value"].endswith("/libc.so.6"):
            versions = {name: facts[name].get("value") for name in NAMES}
            yield facts["path"]["value"], {
                name: numbers(value) if value else () for name, value in versions.items()
            }


def main(program, environments):
    compared = {}
    for environment in environments:
        compared.update(files_of(program, environment))
    differences = 0
    for path, ours in sorted(compared.items()):
        theirs = highest_by_auditwheel(path)
        if ours != theirs:
            differences += 1
            print(f"{path}\n  facts:      {ours}\n  auditwheel: {theirs}")
    print(f"{len(compared)} files compared, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
