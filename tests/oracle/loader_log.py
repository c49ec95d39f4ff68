"""Reads what glibc's dynamic loader writes with LD_DEBUG=libs,files.

One file a process (LD_DEBUG_OUTPUT), in which the events of its start and of every dlopen follow each other. Checked
with glibc 2.36. What the log calls "RPATH from file X" is not read: X is whichever file named that directory first.
"""

import dataclasses
import re

ASKED = re.compile(r"file=(.*) \[\d+\];  (needed|dynamically loaded) by (.*) \[\d+\]")
MAPPED = re.compile(r"file=(.*) \[\d+\];  generating link map")


@dataclasses.dataclass(frozen=True)
class Loaded:
    """A file that the loader mapped."""

    path: str  # as the loader composed it
    asked: str  # the name or path that led to it
    asker: str  # path of the object that needs or opened it
    is_opened: bool  # by dlopen, not by NEEDED


def read(path):
    """The files that a process mapped, in order."""
    loaded = []
    asker, is_opened, tried = "", False, ""
    with open(path, encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            text = line.rstrip("\n").partition("\t")[2]
            if match := ASKED.fullmatch(text):
                asker, is_opened = match[3], match[2] != "needed"
            elif text.startswith("  trying file="):
                tried = text.removeprefix("  trying file=")
            elif match := MAPPED.fullmatch(text):
                path = match[1] if "/" in match[1] else tried
                loaded.append(Loaded(path, match[1], asker, is_opened))
    return loaded
