"""Random versions, specifiers, markers, requirements and names of wheels with the answers of Python's `packaging`.

Writes one JSON array a line; its first element is the kind. The first line names the oracle, the last counts
what went before, so that a reader knows that nothing is missing. Texts are valid ones, many of them mutated.
A case that is not to be compared comes as ["skip", kind, reason]; oracle.py has the reasons.

    python3 generate.py --seed 1 --count 1000
"""

import argparse
import json
import random
import sys
import warnings

import packaging
from packaging.markers import InvalidMarker, Marker, UndefinedComparison
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

import oracle

warnings.simplefilter("ignore")  # unknown escapes in marker literals

SPACES = ["", "", "", " ", "  ", "\t", "\n", "\r\n", "\x0b", "\x1f", "\u00a0", "\u2003", "\u3000", "\u0085"]
NEAR = "0123456789.-_+!*v,;()[]<>=~abcdeprostlhinwux'\"\\ \t\n@#/A\u017f\u0131\u0130\u212a\uff11\u0663\u00e9\u2003\x00"
OPERATORS = ["==", "!=", ">=", "<=", ">", "<", "~=", "==="]
SMALL = ["0", "1", "2", "3", "9", "10", "11", "00", "01", "010"]
VARIABLES = [
    "implementation_name", "implementation_version", "os_name", "platform_machine", "platform_release",
    "platform_system", "platform_version", "platform_python_implementation", "python_full_version",
    "python_version", "sys_platform", "extra",
]  # fmt: skip
ALIASES = [
    "os.name", "sys.platform", "platform.version", "platform.machine", "platform.python_implementation",
    "python_implementation", "extras", "dependency_groups", "platform.release", "python.version",
]  # fmt: skip
TEXTS = ["linux", "win32", "posix", "nt", "Linux", "CPython", "cpython", "x86_64", "aarch64", "", "dev", "Dev_X", "a.b"]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, values):
        return self.random.choice(values)

    def number(self):
        if self.chance(0.9):
            return self.pick(SMALL)
        if self.chance(0.9):
            return str(self.random.randrange(10 ** self.random.randrange(1, 25)))
        return self.pick("123456789") * self.random.randrange(18, 400)

    def release(self, least=1):
        return ".".join(self.number() for _ in range(max(least, self.pick([1, 2, 2, 3, 3, 4, 6]))))

    def spelled(self, word):
        if self.chance(0.2):
            word = "".join(c.upper() if self.chance(0.5) else c for c in word)
        return word

    def suffix(self, words):
        text = self.pick(["", "", ".", "-", "_"]) + self.spelled(self.pick(words)) + self.pick(["", "", ".", "-", "_"])
        return text + (self.number() if self.chance(0.7) else "")

    def public(self, least=1):
        text = self.pick(["v", "V"]) if self.chance(0.05) else ""
        if self.chance(0.1):
            text += self.number() + "!"
        text += self.release(least)
        if self.chance(0.3):
            text += self.suffix(["a", "b", "c", "rc", "alpha", "beta", "pre", "preview"])
        if self.chance(0.25):
            text += "-" + self.number() if self.chance(0.3) else self.suffix(["post", "rev", "r"])
        if self.chance(0.25):
            text += self.suffix(["dev"])
        return text

    def local(self):
        parts = [self.spelled(self.pick(["cu118", "abc", "ubuntu", "g0", "a", "0a"])) if self.chance(0.5) else self.number()
                 for _ in range(self.pick([1, 1, 2, 3]))]  # fmt: skip
        return "+" + "".join(part + self.pick(".-_") for part in parts)[:-1]

    def version(self):
        text = self.public() + (self.local() if self.chance(0.2) else "")
        return self.pick(SPACES) + text + self.pick(SPACES) if self.chance(0.1) else text

    def mutated(self, text, probability=0.25):
        while self.chance(probability):
            place = self.random.randrange(len(text) + 1)
            change = self.random.randrange(5)
            if change == 0:
                text = text[:place] + self.pick(NEAR) + text[place:]
            elif change == 1:
                text = text[:place] + text[place + 1 :]
            elif change == 2:
                text = text[:place] + self.pick(NEAR) + text[place + 1 :]
            elif change == 3:
                end = self.random.randrange(place, min(len(text), place + 8) + 1)
                text = text[:end] + text[place:end] + text[end:]
            else:
                text = text[:place] + text[place : place + 2][::-1] + text[place + 2 :]
        return text

    def near(self, version):
        """A version that is likely in the family of another."""
        release = version.base_version
        if self.chance(0.4):
            return release + self.pick(["", ".0", ".dev0", ".dev1", "a0", "rc1", ".post0", ".post1", ".post1.dev1", "+a", "a1.post1"])
        if self.chance(0.5):
            return str(version).split("+")[0] + self.pick(["", ".dev1", ".post1", "+cu118", ".post0.dev0"])
        return release.rsplit(".", 1)[0] + self.pick(["", ".1", ".10", ".0.0", ".2+x"])

    def specifier(self):
        operator = self.pick(OPERATORS)
        text = operator + (self.pick(SPACES) if self.chance(0.15) else "")
        if operator == "===" and self.chance(0.5):
            return text + self.pick(["", "foo", "1.0.*", "1.0+A", "a,b", "1-1", "\u2603"])
        if operator in ("==", "!=") and self.chance(0.3):
            return text + self.release() + ".*"
        text += self.public(2 if operator == "~=" else 1)
        if self.chance(0.15 if operator in ("==", "!=") else 0.02):
            text += self.local()
        return text

    def specifiers(self):
        text = (self.pick([",", ", ", " , "])).join(self.specifier() for _ in range(self.pick([1, 1, 1, 2, 2, 3])))
        return text + self.pick([",", "", "", "", "", " "])

    def quoted(self, text):
        if self.chance(0.03):
            text += self.pick(["\\n", "\\x41", "\\u00e9", "\\101", "\\q", "\\\\", "\\", "\\x4", "\\\n", "\n", "\\'"])
        quote = self.pick(['"', '"', "'"])
        return quote + text + quote

    def value_for(self, variable):
        if self.chance(0.1):
            return self.pick([*TEXTS, *VARIABLES, "extras"])
        if "version" in variable or variable == "platform_release":
            if self.chance(0.15):
                return self.pick(["6.1.0-18-amd64", "3", "=3.8", "3.*", "3.8.*", "3.11.0+", "5.15.0-1048-aws", "2.7 3.8", "\u00e9", " 3.9 "])
            return self.pick(["3.8", "3.9", "3.10", "3.11.2", "3.12.0rc1", "3.13.0a1+", "2.7"]) if self.chance(0.7) else self.public()
        return self.pick(TEXTS)

    def comparison(self):
        variable = self.pick(VARIABLES) if self.chance(0.93) else self.pick(ALIASES)
        operator = self.pick([*OPERATORS, "==", "==", "in", "not in"])
        if self.chance(0.03):
            operator = self.pick(["not  in", "not\tin", "notin", "=", "is", "IN"])
        left, right = variable, self.quoted(self.value_for(variable))
        if self.chance(0.2):
            left, right = right, left
        if self.chance(0.02):
            left = right
        space = self.pick(["", " ", " ", " ", "  ", "\t"]) if "in" not in operator else " "
        return left + space + operator + space + right

    def marker(self, depth=0):
        terms = []
        for _ in range(self.pick([1, 1, 1, 2, 2, 3])):
            if depth < 4 and self.chance(0.25):
                terms.append("(" + self.marker(depth + 1) + ")")
            else:
                terms.append(self.comparison())
        text = terms[0]
        for term in terms[1:]:
            text += self.pick([" and ", " or ", " and ", "  or\t"]) + term
        return text

    def environment(self):
        env = {variable: self.value_for(variable) for variable in VARIABLES if variable != "extra"}
        env["extra"] = self.pick(["", "", "dev", "Dev_X", "a.b"])
        return env

    def name(self):
        return self.pick(["torch", "Foo.Bar", "a", "nvidia_nccl-cu12", "x_", "zope.interface", "0x", "A--b__c"])

    def requirement(self):
        text = self.name()
        if self.chance(0.2):
            text += self.pick(["", " "]) + "[" + self.pick([",", ", ", " ,"]).join(self.name() for _ in range(self.pick([0, 1, 1, 2, 3]))) + "]"
        if self.chance(0.1):
            text += self.pick(["@", " @ "]) + self.pick(["https://example.org/a.whl", "file:///a;b", "git+ssh://h/p@v1", "x"])
            text += self.pick(["", " "])
        elif self.chance(0.8):
            specifiers = self.specifiers() if self.chance(0.9) else ""
            text += self.pick(["", " "]) + ("(" + specifiers + ")" if self.chance(0.2) else specifiers)
        if self.chance(0.4):
            text += self.pick([";", "; ", " ; "]) + self.marker()
        return text

    def tags(self, values):
        return ".".join(self.pick(values) for _ in range(self.pick([1, 1, 1, 2])))

    def wheel(self):
        parts = [self.name().replace("-", "_"), self.version().strip().replace("-", "_")]
        if self.chance(0.1):
            parts.append(self.number() + self.pick(["", "local", "_a"]))
        parts.append(self.tags(["py3", "py2", "cp310", "cp38", "cp313t"]))
        parts.append(self.tags(["none", "abi3", "cp310", "cp36m"]))
        parts.append(self.tags(["any", "linux_x86_64", "manylinux_2_28_aarch64", "manylinux2014_x86_64", "win_amd64"]))
        return "-".join(parts) + ".whl"


def version_or_none(text):
    try:
        return Version(text)
    except InvalidVersion:
        return None


class Writer:
    def __init__(self):
        self.counts = {}

    def write(self, kind, *fields):
        self.counts[kind] = self.counts.get(kind, 0) + 1
        print(json.dumps([kind, *fields]))

    def skip(self, kind, reason):
        self.write("skip", kind, reason)


def write_version(generate, out, previous):
    """Text, normalized text or null, parts, and the order relative to the valid version before."""
    text = generate.near(previous) if generate.chance(0.3) else generate.version()
    text = generate.mutated(text)
    reason = oracle.version_skip(text)
    if reason:
        out.skip("version", reason)
        return previous
    version = version_or_none(text)
    if version is None:
        out.write("version", text, None)
        return previous
    parts = [version.public, version.base_version, version.local or "", version.is_prerelease, version.is_postrelease, version.is_devrelease]
    order = (version > previous) - (version < previous)
    if (version == previous) != (order == 0):
        raise AssertionError("packaging contradicts itself")
    out.write("version", text, str(version), parts, order)
    return version


def write_specifier(generate, out, version):
    """Text, normalized text or null, version, contained with pre-releases / by default / without."""
    text = generate.specifiers()
    if generate.chance(0.7):
        operator = generate.pick(OPERATORS[:7])
        text = operator + generate.near(version) + generate.pick(["", "", "", ".*"])
    text = generate.mutated(text, 0.15)
    version = version_or_none(generate.near(version) if generate.chance(0.7) else generate.version()) or version
    try:
        specifiers = SpecifierSet(text)
    except (InvalidSpecifier, InvalidVersion):  # InvalidVersion: before 26, of letters that fold to ASCII ones
        specifiers = None
    reason = oracle.specifiers_skip(text, specifiers)
    if not reason and specifiers is not None:
        reason = oracle.containment_skip(specifiers, version)
    if reason:
        out.skip("specifier", reason)
    elif specifiers is None:
        out.write("specifier", text, None)
    else:
        out.write("specifier", text, str(specifiers), str(version), oracle.contained(specifiers, version))


def evaluated(marker, environment):
    try:
        return marker.evaluate(environment)
    except (UndefinedComparison, KeyError):  # KeyError: of a variable that the environment lacks
        return "error"


def write_marker(generate, out):
    """Text, normalized text or null, environment, answer or "error"."""
    text = generate.mutated(generate.marker(), 0.2)
    environment = generate.environment()
    try:
        marker = Marker(text)
    except (InvalidMarker, *oracle.BAD_LITERAL):
        marker = None
    reason = oracle.marker_skip(text, marker, environment)
    if reason:
        out.skip("marker", reason)
    elif marker is None:
        out.write("marker", text, None)
    else:
        out.write("marker", text, oracle.text_of(marker), environment, evaluated(marker, environment))


def write_requirement(generate, out):
    """Text, normalized text or null, name, extras, specifiers, URL."""
    text = generate.mutated(generate.requirement(), 0.2)
    try:
        requirement = Requirement(text)
    except (InvalidRequirement, InvalidSpecifier, *oracle.BAD_LITERAL):
        requirement = None
    reason = oracle.requirement_skip(text, requirement)
    if reason:
        out.skip("requirement", reason)
    elif requirement is None:
        out.write("requirement", text, None)
    else:
        out.write("requirement", text, oracle.text_of(requirement), requirement.name, sorted(requirement.extras),
                  oracle.text_of(requirement.specifier), requirement.url or "")  # fmt: skip


def write_wheel(generate, out):
    """File name, normalized name or null, version, and every tag that the name stands for."""
    text = generate.mutated(generate.wheel(), 0.2)
    reason = oracle.wheel_skip(text)
    if reason:
        out.skip("wheel", reason)
        return
    try:
        name, version, _, tags = parse_wheel_filename(text)
        out.write("wheel", text, name, str(version), sorted(str(tag) for tag in tags))
    except (InvalidWheelFilename, InvalidVersion):
        out.write("wheel", text, None)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, required=True)
    options.add_argument("--count", type=int, required=True, help="cases of each kind")
    options = options.parse_args()
    generate = Generator(options.seed)
    out = Writer()
    print(json.dumps(["oracle", packaging.__version__, sys.version.split()[0]]))
    version = Version("1.0")
    for _ in range(options.count):
        version = write_version(generate, out, version)
        write_specifier(generate, out, version)
        write_marker(generate, out)
        write_requirement(generate, out)
        write_wheel(generate, out)
    print(json.dumps(["end", out.counts]))


if __name__ == "__main__":
    main()
