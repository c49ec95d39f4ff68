"""What the compiled files of wheels tell: the CUDA that they are linked with, the NumPy that they are compiled for."""

import re
import subprocess
import tempfile

from releases import key, released_wheels

# The libraries that tell the CUDA may be needed by any of many files; small ones first, and no further than this.
LARGEST = 64 << 20
MOST = 25
# What a library opens by name when it runs stands in it as a text.
OPENED = re.compile(rb"\0lib(?:cudart|cublas)\.so\.(\d+)\0")
NUMPY_2 = b"numpy._core._multiarray_umath"


def shared_objects(wheel):
    """The contents of a wheel's shared objects, the small ones first."""
    members = [member for member in wheel.infolist() if re.search(r"\.so(\.[\d.]+)?$", member.filename)]
    for member in sorted(members, key=lambda member: member.file_size)[:MOST]:
        if member.compress_size <= LARGEST:
            yield wheel.read(member)


def needed(content):
    """The libraries that a shared object names as needed."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        listed = subprocess.run(["readelf", "-dW", file.name], capture_output=True, text=True, check=False)
    return re.findall(r"\(NEEDED\).*\[(.*)\]", listed.stdout)


def linked_cuda(wheel):
    """The column of package_cuda for what a wheel's files are linked with, or open by name."""
    opened = set()
    for content in shared_objects(wheel):
        for library in needed(content):
            if found := re.match(r"lib(?:cudart|cublas)\.so\.(\d+)", library):
                return f"cuda_{found[1]}"
        opened.update(OPENED.findall(content))
    return f"cuda_{opened.pop().decode()}" if len(opened) == 1 else "until"


def compiled_for_numpy_2(wheel):
    """Whether a wheel's files import NumPy by the name that the headers of NumPy 2 give it."""
    return any(NUMPY_2 in content for content in shared_objects(wheel))


def changes(releases, measure):
    """The releases, in order, from which on something else is measured than before: pairs of release and what is
    measured. Nothing is measured between two releases that are alike."""
    measured = {}

    def at(place):
        if place not in measured:
            measured[place] = measure(releases[place])
        return measured[place]

    found, begin, last = [], 0, len(releases) - 1
    while begin < last and at(begin) != at(last):
        low, high = begin, last
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if at(middle) == at(begin) else (low, middle)
        found.append((releases[high], at(high)))
        begin = high
    return found


def package_changes(index, package, since, measure):
    """`changes` of a package's releases, those from the version `since` on."""
    wheels = released_wheels(index.files(package))
    releases = [version for version in wheels if key(version) >= key(since)]
    return changes(releases, lambda release: measure(index.wheel(wheels[release][-1][2])))


def derive(index, known, progress):
    """Rows of package_cuda and package_numpy with what later releases add; `known` are the tables' own."""
    rows = {"package_cuda": {}, "package_numpy": {}}
    for package, row in known["package_cuda"].items():
        progress(package)
        boundaries = [version for column, version in row.items() if column.startswith("cuda_")]
        if boundaries and "until" not in row:
            found = package_changes(index, package, boundaries[-1], linked_cuda)
            rows["package_cuda"][package] = {column: version for version, column in found if column not in row}
    for package, row in known["package_numpy"].items():
        progress(package)
        if "first" not in row:
            found = package_changes(index, package, "0", compiled_for_numpy_2)
            rows["package_numpy"][package] = {"first": version for version, is_for_2 in found[:1] if is_for_2}
    return rows
