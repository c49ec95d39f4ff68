"""Reads what glibc's dynamic loader writes with LD_DEBUG=libs,files.

A line is about one event; the events of a program's start and of every dlopen follow each other in one file a process
(LD_DEBUG_OUTPUT). Checked with glibc 2.36 and 2.41.
"""

import dataclasses
import os
import re

NEEDED = re.compile(r"file=(.*) \[\d+\];  (needed|dynamically loaded) by (.*) \[\d+\]")
SEARCH = re.compile(r"find library=(.*) \[\d+\]; searching")
PLACE = re.compile(r" search path=(.*)\t\t\((.*)\)")
MAPPED = re.compile(r"file=(.*) \[\d+\];  generating link map")
FAILURE = re.compile(r"(.*): error: (.*): (.*) \((fatal|continued)\)")


@dataclasses.dataclass
class Loaded:
    """A file that the loader mapped."""

    path: str  # as the loader composed it
    asked: str  # the name that led to it
    asker: str  # path of the object whose NEEDED or dlopen it was
    dynamic: bool  # dlopen, not NEEDED
    found_by: str  # "path", "LD_LIBRARY_PATH", "RPATH from file ...", "cache", "default"


@dataclasses.dataclass
class Search:
    """A name that the loader looked for, found or not."""

    asked: str
    asker: str
    dynamic: bool
    found: str  # path, or empty


def read(path):
    """What the process loaded and looked for, in order."""
    loaded, searches = [], []
    asker, dynamic, place, tried = "", False, "path", ""
    with open(path, encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            text = line.rstrip("\n").partition("\t")[2]
            if match := NEEDED.fullmatch(text):
                asked, asker, dynamic = match[1], match[3], match[2] != "needed"
                place, tried = "path", asked
            elif match := SEARCH.fullmatch(text):
                searches.append(Search(match[1], asker, dynamic, ""))
            elif match := PLACE.fullmatch(text):
                place = match[2]
            elif text.startswith(" search cache="):
                place = "cache"
            elif text.startswith("  trying file="):
                tried = text.removeprefix("  trying file=")
            elif match := MAPPED.fullmatch(text):
                loaded.append(Loaded(tried if "/" not in match[1] else match[1], match[1], asker, dynamic, place))
                if searches and searches[-1].asked == match[1] and place != "path":
                    searches[-1].found = tried
    return loaded, searches


def read_process(prefix, process):
    """The same of the file that LD_DEBUG_OUTPUT=prefix names for a process."""
    return read(f"{prefix}.{process}")


def same_file(path):
    """The path with links resolved, for comparing."""
    return os.path.realpath(path)
