"""What the wheels on an index tell of the releases of PyTorch and its companions."""

import re
from concurrent.futures import ThreadPoolExecutor

WHEEL = re.compile(r"[^-]+-(?P<version>\d+(?:\.\d+)*)-cp(?P<major>\d)(?P<minor>\d+)-(?P<abi>\w+)-(?P<platform>\S+)\.whl")
LINUX = re.compile(r"(manylinux|linux)\S*_x86_64")
# Earlier releases have no list of architectures in libtorch_python.so.
FIRST_WITH_FLAGS = (1, 6)
# torchaudio can be used with later releases of torch from 2.9 on, whatever its metadata asks for.
FIRST_FREE_TORCHAUDIO = (2, 9)


def key(version):
    """What versions are sorted by."""
    return [int(number) for number in re.findall(r"\d+", version)]


def released_wheels(files):
    """The wheels for Linux x86_64 of final releases, by version: sorted lists of (Python version, platform, url). Those
    for free-threaded Pythons and yanked ones are left out."""
    wheels = {}
    for file in files:
        parts = WHEEL.fullmatch(file["filename"])
        if not parts or not LINUX.search(parts["platform"]) or file.get("yanked") or parts["abi"].endswith("t"):
            continue
        python = int(parts["major"]), int(parts["minor"])
        wheels.setdefault(parts["version"], []).append((python, parts["platform"], file["url"]))
    return {version: sorted(wheels[version]) for version in sorted(wheels, key=key)}


def member(wheel, ending):
    """The bytes of the member whose name ends so; none when there is no such member."""
    for name in wheel.namelist():
        if name.endswith(ending):
            return wheel.read(name)
    return b""


def pins(wheel):
    """What Requires-Dist pins: name to specifier, without extras and markers."""
    found = {}
    for line in member(wheel, ".dist-info/METADATA").decode("utf-8", "replace").splitlines():
        parts = re.match(r"Requires-Dist: ([\w.-]+)(?:\[[^]]*\])? ?\(?([^);]*)\)?", line)
        if parts and "extra ==" not in line:
            found[parts[1].lower().replace("_", "-")] = parts[2].replace(" ", "")
    return found


def architectures(library):
    """The compute capabilities in the list of architectures that libtorch_python.so holds ("sm_80 sm_90 compute_90"):
    those of machine code, those of PTX; None when there is no list."""
    for text in library.split(b"\0"):
        if text.count(b"sm_") < 2 or len(text) > 400:
            continue
        names = re.findall(rb"\b(sm|compute)_(\d+)(\d)\b", text)
        if len(names) > 1:
            return tuple(
                [f"{int(major)}.{int(minor)}" for name, major, minor in names if name == kind]
                for kind in (b"sm", b"compute")
            )
    return None


def torch_release(index, version, wheels, known_wheels):
    """Rows for the tables torch and torch_wheel. The list of architectures, for which much is fetched, only of wheels
    that the table doesn't know yet."""
    (major, minor), _, _ = wheels[0]
    (_, newest), platform, url = wheels[-1]
    wheel = index.wheel(url)
    required = pins(wheel)
    row = {"min_python": f"{major}.{minor}", "max_python_minor": newest}
    if glibc := re.search(r"manylinux_(\d+)_(\d+)_", platform):
        row["min_glibc"] = f"{glibc[1]}.{glibc[2]}"
    if "triton" in required:
        row["triton"] = required["triton"]
    cuda = re.search(rb"^cuda\b[^=]*= *'(\d+\.\d+)", member(wheel, "torch/version.py"), re.MULTILINE)
    if not cuda:
        return row, None, None
    row["pypi_cuda"] = cuda[1].decode()
    name = f"{version}+cu{row['pypi_cuda'].replace('.', '')}"
    wheel_row = {"min_glibc": row["min_glibc"]} if "min_glibc" in row else {}
    if tuple(key(version)) >= FIRST_WITH_FLAGS and "sass" not in known_wheels.get(name, {}):
        if flags := architectures(member(wheel, "lib/libtorch_python.so")):
            wheel_row["sass"], wheel_row["ptx"] = flags
    for required_name, specifier in required.items():
        if required_name.startswith("nvidia-nccl-cu") and specifier.startswith("=="):
            wheel_row["nccl"] = specifier[2:]
    return row, name, wheel_row


def companion_release(index, wheels):
    """The row of a companion: the minor version of torch that its wheels require."""
    pinned = re.match(r"==(\d+\.\d+)", pins(index.wheel(wheels[-1][2])).get("torch", ""))
    return {"torch": pinned[1]} if pinned else None


def pythons(package, releases):
    """Rows of package_python: the Pythons that a package has wheels for, by its minor versions and of all together."""
    found = {package: set()}
    for version, wheels in releases.items():
        minors = {minor for (major, minor), _, _ in wheels if major == 3}
        found.setdefault(f"{package} {'.'.join(version.split('.')[:2])}", set()).update(minors)
        found[package] |= minors
    return {row: {"first": f"3.{min(minors)}", "last_minor": max(minors)} for row, minors in found.items() if minors}


def derive(index, known, progress):
    """Rows by table that the index shows: {"torch": {"2.9.0": {...}}, ...}; `known` are the tables' own."""
    rows = {"torch": {}, "torch_wheel": {}, "torchvision": {}, "torchaudio": {}, "package_python": {}}
    for package in known["package_python"]:
        if " " not in package:
            progress(package)
            rows["package_python"] |= pythons(package, released_wheels(index.files(package)))
    jobs = [
        (project, version, wheels)
        for project in ("torch", "torchvision", "torchaudio")
        for version, wheels in released_wheels(index.files(project)).items()
        if project != "torchaudio" or tuple(key(version)) < FIRST_FREE_TORCHAUDIO
    ]

    def run(job):
        project, version, wheels = job
        if project == "torch":
            return torch_release(index, version, wheels, known["torch_wheel"])
        return companion_release(index, wheels)

    with ThreadPoolExecutor(8) as pool:
        for number, (job, found) in enumerate(zip(jobs, pool.map(run, jobs)), 1):
            project, version, _ = job
            progress(f"{number} of {len(jobs)}: {project} {version}")
            if project != "torch":
                if found:
                    rows[project][version] = found
                continue
            rows["torch"][version], name, wheel_row = found
            if wheel_row:
                rows["torch_wheel"][name] = wheel_row
    return rows
