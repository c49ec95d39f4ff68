"""System, kernel, C library, limits, firmware, NUMA."""

import re

from .document import as_list, as_map, is_on, says, size

# As os-release's ID names them; the first that a text mentions. macOS and Windows have none.
DISTRIBUTIONS = (
    ("ubuntu", "ubuntu"),
    ("debian", "debian"),
    ("red hat", "rhel"),
    ("rhel", "rhel"),
    ("centos", "centos"),
    ("alma ?linux", "almalinux"),
    ("rocky", "rocky"),
    ("oracle linux", "ol"),
    ("amazon linux", "amzn"),
    ("fedora", "fedora"),
    ("alpine", "alpine"),
    ("opensuse", "opensuse-leap"),
    ("suse|sles", "sles"),
    ("manjaro", "manjaro"),
    ("cachyos", "cachyos"),
    ("arch linux", "arch"),
    ("nixos", "nixos"),
    ("linux ?mint", "linuxmint"),
    ("pop!_os", "pop"),
    ("tencentos", "tencentos"),
    ("gentoo", "gentoo"),
    ("kali", "kali"),
)
# What people write instead of the number.
CODENAMES = {
    "trusty": "14.04", "xenial": "16.04", "bionic": "18.04", "focal": "20.04", "jammy": "22.04", "noble": "24.04",
    "stretch": "9", "buster": "10", "bullseye": "11", "bookworm": "12", "trixie": "13",
}  # fmt: skip
# The Linux for Jetson that the first release of each JetPack has.
JETSON_LINUX = {"4": "32.1", "5": "34.1", "6": "36.2", "7": "38.2"}


def map_facts(facts, document):
    map_system(facts, document)
    map_jetson(facts, document)
    map_limits(facts, document)
    map_machine(facts, document)


def map_system(facts, document):
    name = facts.get("os")
    image = as_map(facts.get("container")).get("image") or ""
    if image and (not name or says(name, "host", "node")):
        map_image(image, document)  # the stated system is not the one inside
    elif name:
        build = re.search(r"\b(?:10\.0\.|build )(\d{5})\b", f"{name} {as_map(facts.get('other')).get('windows_build')}")
        if build:
            document.set("os.name", f"Windows build {build[1]}")  # Windows', of which its Linux knows nothing
        document.set("os.name", name)
        map_distribution(name, document)
    if facts.get("kernel"):
        document.set("kernel.release", facts["kernel"])
        document.set("kernel.version", facts["kernel"])
    if says(as_map(facts.get("other")).get("libc"), "musl") or says(name, "musl"):
        document.set("libc.kind", "musl")
    if facts.get("glibc"):
        document.set("libc.kind", "glibc")
        document.set("libc.version", facts["glibc"])
    newest = re.search(r"(\d+\.\d+\.\d+)", facts.get("libstdcxx") or "")
    if newest:
        document.set("libstdcxx.glibcxx", newest[1])
    if facts.get("arch"):
        document.set("cpu.architecture", {"arm64": "aarch64", "amd64": "x86_64"}.get(facts["arch"], facts["arch"]))
    map_architecture(facts, document)
    build = re.search(r"\b(?:10\.0\.)?(\d{5})\b", str(as_map(facts.get("other")).get("windows_build") or ""))
    if build:
        document.set("os.name", f"Windows build {build[1]}")
    wsl = facts.get("wsl") or "no"
    kernel = (facts.get("kernel") or "").lower()
    if not says(wsl, "no", "false", "none", "0") or says(name, "wsl2?") or "microsoft" in kernel:
        document.set("wsl.version", 1 if says(f"{name} {wsl}", "wsl ?1") or wsl == "1" else 2)
    elif "wsl" in facts or says(name, "windows", "macos"):
        document.set("wsl.version", None)


def map_architecture(facts, document):
    """What the processor's maker, its IOMMU or the kernel's name tell of the architecture."""
    host = as_map(facts.get("host"))
    text = f"{host.get('cpu')} {host.get('iommu')} {facts.get('kernel')}".lower()
    if says(text, "intel", "amd", "xeon", "epyc", "ryzen", "vt-d") or "x86_64" in text or "amd64" in text:
        document.set("cpu.architecture", "x86_64")
    elif says(text, "grace", "neoverse", "altra", "graviton", "arm64") or "aarch64" in text:
        document.set("cpu.architecture", "aarch64")
    elif says(facts.get("gpus"), "gb10", "gh200", "gb[23]00"):  # their processors are Grace, or of its kind
        document.set("cpu.architecture", "aarch64")


def map_image(image, document):
    """The distribution that an image's name tells: "centos:centos7", "nvidia/cuda:11.8.0-base-ubuntu22.04"."""
    tag = image.split("/")[-1]
    if re.search(r"(^|[-:])alpine", tag):
        document.set("os.id", "alpine")
        document.set("libc.kind", "musl")
        return
    named = re.search(r"(ubuntu|debian|centos|rockylinux|almalinux|fedora|ubi|rhel)[-_: ]?(\d+(?:\.\d+)?)", tag)
    code = next((code for code in CODENAMES if code in tag.lower()), None)
    if named:
        map_distribution(f"{named[1].replace('ubi', 'rhel')} {named[2]}", document)
    elif code:
        identifier = "ubuntu" if "." in CODENAMES[code] else "debian"
        map_distribution(f"{identifier} {CODENAMES[code]}", document)


def map_distribution(text, document):
    lower = text.lower()
    for pattern, identifier in DISTRIBUTIONS:
        found = re.search(pattern, lower)
        if not found:
            continue
        document.set("os.id", identifier)
        if identifier == "alpine":
            document.set("libc.kind", "musl")
        rest = lower[found.end() :]
        number = re.search(r"\d+(\.\d+)*", rest)
        code = next((code for code in CODENAMES if code in rest), None)
        if identifier in ("arch", "manjaro", "cachyos"):
            return
        if code:
            document.set("os.version", CODENAMES[code])
        elif number:
            document.set("os.version", release(identifier, number[0]))
        return


def release(identifier, number):
    """VERSION_ID of a release: 22.04 of Ubuntu 22.04.5, 12 of Debian 12.4."""
    parts = number.split(".")
    kept = {"ubuntu": 2, "pop": 2, "rhel": 2, "linuxmint": 2, "alpine": 3, "nixos": 2, "sles": 2, "rocky": 2}
    if identifier == "ubuntu" and len(parts) == 1:
        return number + ".04"
    return ".".join(parts[: kept.get(identifier, 1)])



def map_limits(facts, document):
    if "shm_size" in facts:
        text = facts["shm_size"]
        document.set("shm.size", size(text) if text is not None else None)
    other = as_map(facts.get("other"))
    if "docker_run_shm_size" in other:
        # Docker's own when --shm-size isn't given.
        document.set("shm.size", size(other["docker_run_shm_size"] or "64M"))
    limits = {name: limit for name, limit in as_map(facts.get("host")).items() if name == "memlock"}
    for name, limit in {**limits, **as_map(facts.get("ulimits"))}.items():
        path = "limits." + name
        if path in document.registry["host"]:
            kilobytes = re.match(r"(\d+) ?\(?k", str(limit), re.IGNORECASE)  # as ulimit counts
            unlimited = limit is None or (says(limit, "unlimited") and not kilobytes)
            document.set(path, None if unlimited else size(f"{kilobytes[1]} kB" if kilobytes else limit))


def map_jetson(facts, document):
    """Releases of JetPack and of the Linux in it have numbers of their own."""
    other = as_map(facts.get("other"))
    pack = other.get("jetpack") or as_map(facts.get("host")).get("jetpack") or ""
    text = f"{facts.get('os')} JetPack {str(pack).lower().removeprefix('jetpack').strip()} L4T {other.get('l4t')}"
    linux = re.search(r"\bL4T R?(\d+(\.\d+)*)", text, re.IGNORECASE)
    pack = re.search(r"JetPack (\d+)", text, re.IGNORECASE)
    if linux:
        document.set("os.l4t", linux[1])
    elif pack and pack[1] in JETSON_LINUX:
        document.set("os.l4t", JETSON_LINUX[pack[1]])


def map_kernel_options(host, document):
    if host.get("kernel_cmdline"):
        options = dict((word + "=").split("=")[:2] for word in host["kernel_cmdline"].split())
        wanted = re.compile(r"(intel_|amd_)?iommu|pci|nvidia.*|nouveau.*")
        found = {name: text for name, text in options.items() if wanted.fullmatch(name)}
        document.set("kernel.options", found)



def map_machine(facts, document):
    host = as_map(facts.get("host"))
    map_kernel_options(host, document)
    if "iommu" in host:
        on = True if says(host["iommu"], "translated", "translating") else is_on(host["iommu"])
        if on is not None:
            document.set("iommu.enabled", on)
        if on:
            # What the kernel takes for the GPUs' domain when it isn't told to pass them through.
            through = says(host["iommu"], "pt", "passthrough") and not says(host["iommu"], "(no|without) iommu=pt")
            document.set("iommu.gpu_domain", "identity" if through else "DMA")
    if host.get("secure_boot") is not None:
        document.set("secure_boot.enabled", bool(is_on(host["secure_boot"])))
    if "nvidia_module_signature" in host:
        signed = host["nvidia_module_signature"]
        document.set("driver.installed_module_signed", signed is not None and not says(signed, "unsigned", "none"))
    if host.get("above_4g_decoding") is not None:
        document.set("pci.memory_above_4g", bool(is_on(host["above_4g_decoding"])))
    if "acs" in host:
        still = says(host["acs"], "still (on|enabled|set|shows?)")
        redirects = "ReqRedir+" in str(host["acs"]) or still or is_on(host["acs"])
        if redirects is not None:
            document.set("pci.acs_redirect", ["0000:00:01.0"] if redirects else [])
    map_topology(str(facts.get("topology") or ""), document)
    bare = re.search(r"node ?(\d+)\W+(?:cpus \(?none|(?:has )?no cpus|cpus: none)", str(host.get("numa")), re.IGNORECASE)
    if says(facts.get("topology"), "memory NUMA node") or bare:
        document.set("numa.nodes_without_cpus", [int(bare[1]) if bare else 1])
    now = {"address": "", "count": 1, "first": 0, "last": 0, "current": True, "pid": 0, "process": "", "text": ""}
    stated = (*as_list(host.get("xid")), *as_list(as_map(facts.get("other")).get("xid")))
    codes = [int(code) for code in re.findall(r"\d+", " ".join(map(str, stated)))]
    if codes:
        document.set("kernel_log.xids", [{**now, "xid": code} for code in dict.fromkeys(codes)])
    platform = as_map(facts.get("other")).get("platform")
    instance = re.search(r"\b[a-z]+\d+[a-z]*\.\d*(?:xlarge|metal)\b", f"{facts.get('topology')} {platform}")
    if instance:
        document.set("virtualization.product", instance[0])  # what the firmware of EC2's machines says
    elif says(f"{facts.get('topology')} {platform}", "azure"):
        document.set("virtualization.product", "Virtual Machine")
    elif says(platform, "gcp", "gke", "google colab"):
        document.set("virtualization.product", "Google Compute Engine")


def map_topology(text, document):
    boards = ("nvswitch", "hgx", "dgx[- ]?(2|a100|h100|h200|b200)", "p4d\\.24xlarge", "p5\\.48xlarge")
    if says(text, "(hgx )?a100[- ]4[- ]gpu.*", "redstone"):
        document.set("pci.nvswitches", 0)  # a board with four A100 has none
    elif says(text, *boards) and not says(text, "no nvswitch"):
        # Those of a board with eight H100; how many there are, cases don't tell.
        document.set("pci.nvswitches", 4)
    elif says(text, "no nvswitch", "workstation", "desktop"):
        document.set("pci.nvswitches", 0)
