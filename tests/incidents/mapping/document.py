"""A facts file in the making, and the texts of incidents read as values.

What a case states becomes the facts that the probes would set on such a machine; a stated null is an absent fact; what
it doesn't state is left out, which is unknown. A list of subjects is known when something of it is stated.
"""

import json
import pathlib
import re

HOST = ("host", "host")
# The case's one Python environment. Where it is, no case tells; a path that nothing else has.
ENVIRONMENT = ("environment", "/environment")

# The host's fact that counts the subjects of a kind.
PLURALS = {
    "gpu": "gpus",
    "environment": "environments",
    "library": "libraries",
    "loaded_library": "loaded_libraries",
    "extension": "extensions",
    "toolkit": "toolkits",
    "interface": "interfaces",
    "rdma": "rdma_devices",
    "smoke_test": "smoke_tests",
}

# What belongs to an environment, which is there when one of these is.
OF_ENVIRONMENT = ("extension", "loaded_library")

SCALARS = {
    "boolean": bool,
    "integer": int,
    "bytes": int,
    "string": str,
    "version": str,
    "python_version": str,
}


class UnknownFact(Exception):
    """The mapping names a fact that the program doesn't have, or gives it another type."""


def read_registry(markdown):
    """The facts that the program knows: kind -> path -> type, from `gpu-preflight facts --format markdown`."""
    registry, kind = {}, None
    for line in markdown.splitlines():
        if line.startswith("## "):
            kind = line[3:].strip()
        row = re.match(r"\| `([^`]+)` \| ([a-z_ ]+?) \|", line)
        if row and kind:
            registry.setdefault(kind, {})[row[1]] = row[2]
    return registry


class Document:
    """The first value of a fact stays: what is stated outright is mapped before what is concluded."""

    def __init__(self, registry, target):
        self.registry = registry
        self.target = target
        self.subjects = {HOST: {}}
        self.unlisted = set()

    def set(self, path, value, subject=HOST):
        """None is absent. What a case states in a way that isn't understood is left out."""
        kind = self.registry.get(subject[0], {}).get(path)
        if kind is None:
            raise UnknownFact(f"no fact of a {subject[0]} is named {path}")
        if value is not None:
            value = _as_type(value, kind)
            if value is None:
                return
        self._subject(subject).setdefault(path, value)

    def set_environment(self, path, value):
        self.set(path, value, ENVIRONMENT)

    def add(self, path, key, value, subject=HOST):
        """An entry of a map, or an item of a list when there is no key."""
        facts = self._subject(subject)
        if path not in facts or facts[path] is None:
            facts.pop(path, None)
            self.set(path, [] if key is None else {}, subject)
        if key is None:
            if value not in facts[path]:
                facts[path].append(value)
        else:
            facts[path].setdefault(key, value)

    def get(self, path, subject=HOST):
        return self.subjects.get(subject, {}).get(path)

    def subject(self, kind, name, facts):
        """A further subject of a kind, or more facts of one that is there."""
        self._subject((kind, name))
        if kind in OF_ENVIRONMENT:
            self._subject(ENVIRONMENT)
        for path, value in facts.items():
            self.set(path, value, (kind, name))

    def none(self, kind):
        """There is none of this kind."""
        self.set(PLURALS[kind], 0)

    def unlist(self, kind):
        """There may be more of this kind than the case names: the list stays unknown."""
        self.unlisted.add(kind)

    def all(self, kind):
        return {key[1]: facts for key, facts in self.subjects.items() if key[0] == kind}

    def json(self):
        for kind, plural in PLURALS.items():
            named = len(self.all(kind))
            if named and kind not in self.unlisted:
                self.subjects[HOST][plural] = named
        if ENVIRONMENT in self.subjects:
            self.set_environment("prefix", ENVIRONMENT[1])
            self.set_environment("active", True)
            self.set_environment("requested", True)
        return {
            "schema": 1,
            "target": self.target,
            "subjects": [
                {"kind": kind, "id": name, "facts": {path: _fact(value) for path, value in facts.items()}}
                for (kind, name), facts in self.subjects.items()
            ],
        }

    def _subject(self, subject):
        return self.subjects.setdefault(subject, {})


def _fact(value):
    return {"absent": True, "source": "case"} if value is None else {"value": value, "source": "case"}


def _as_type(value, kind):
    """The value as one of this type, None when it can't be."""
    if kind == "version":
        return version(value)
    if kind == "string" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    wanted = dict if kind.startswith("map of ") else list if kind.startswith("list of ") else SCALARS[kind]
    return value if type(value) is wanted else None


# What stands before a number that is a bound, where people don't write "<" or ">".
BEFORE_A_BOUND = re.compile(
    r"\b(pre|before|below|under|(older|earlier|lower|less) than|prior to)[- ]*(cuda|driver|version|v)?[- ]*$", re.IGNORECASE
)
AFTER_A_BOUND = re.compile(
    r"\b(after|above|over|(newer|later|higher|more) than)[- ]*(cuda|driver|version|v)?[- ]*$", re.IGNORECASE
)


def version(text):
    """The first dotted number of a text: 530.30.02 of "running, 530.30.02", 2.19 of "2.19+", 5.2.2 of "podman 5.2.2".

    Bounds are moved to the nearest version that fulfils them: "< 1.29" and "before 1.29" are 1.28.99, "> 3.2" is 3.2.0.1.
    """
    found = re.search(r"(?<![\d.])\d+(?:\.\d+)*", str(text))
    if not found:
        return None
    before = BEFORE_A_BOUND.sub("<", AFTER_A_BOUND.sub(">", str(text)[: found.start()])).rstrip()
    numbers = found[0].split(".")
    if before.endswith("<"):
        while len(numbers) > 1 and int(numbers[-1]) == 0:
            numbers.pop()
        if int(numbers[-1]) == 0:
            return None
        numbers[-1] = str(int(numbers[-1]) - 1)
        numbers.append("99")
    elif before.endswith(">"):
        numbers += ["0"] * (3 - len(numbers)) + ["1"]
    return ".".join(numbers)


def python_version(text):
    """A version of a Python package as it is stated, bounds moved like those above; None when it is no version."""
    text = str(text).strip()
    if re.match(r"[<>]=?", text):
        return version(text)
    text = re.sub(r"^(v(?=\d)|==)|\+$|\s*\(.*\)$", "", text).strip()
    valid = re.fullmatch(
        r"(\d+!)?\d+(\.\d+)*([-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?\d*)?(-\d+|[-_.]?(post|rev|r)[-_.]?\d*)?"
        r"([-_.]?dev[-_.]?\d*)?(\+[a-z0-9]+([-_.][a-z0-9]+)*)?",
        text,
        re.IGNORECASE,
    )
    if valid:
        return text
    found = re.match(r"\d+(\.\d+)+", text)  # not the "2" of "2.x"
    return found[0] if found else None


def table_rows(name):
    """The rows of a table of the rules."""
    path = pathlib.Path(__file__).parents[3] / "rules" / "tables" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))["rows"]


def numbers(release):
    """What releases are compared by: [1, 22] of 1.22."""
    return [int(number) for number in re.findall(r"\d+", release)]


def says(text, *words):
    """Whether a free text has one of these words, whatever their case."""
    return text is not None and first(text, *words) is not None


OFF = (
    "off", "false", "disabled", "disable", "no", "not", "stopped", "inactive", "failed", "fails", "missing",
    "exits", "exited", "crashed", "dead",
)  # fmt: skip


def is_on(text):
    """A switch in words: True, "enabled", "Intel IOMMU on"; None when the text tells neither."""
    if isinstance(text, bool) or text is None:
        return bool(text)
    off = first(text, *OFF)
    on = first(text, "on", "true", "enabled", "enable", "yes", "active", "running", "loaded", "enforcing")
    return None if off is None and on is None else on is not None and (off is None or on < off)


def first(text, *words):
    """Where the first of these words is: what follows it tells more of the same, or of something else."""
    found = re.search(rf"(?<![a-z0-9])({'|'.join(words)})(?![a-z0-9])", str(text), re.IGNORECASE)
    return found and found.start()


def size(text):
    """Bytes of "64M", "8192 kB", "1 GiB"; None for a text that isn't a size."""
    found = re.match(r"\s*(\d+)\s*([kmgt]?)(?:i?b|bytes)?\b", str(text), re.IGNORECASE)
    return int(found[1]) << {"": 0, "k": 10, "m": 20, "g": 30, "t": 40}[found[2].lower()] if found else None


def as_list(value):
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def as_map(value):
    return value if isinstance(value, dict) else {}
