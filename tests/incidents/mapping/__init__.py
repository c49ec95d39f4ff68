"""From the facts of a corpus case to a facts file of gpu-preflight."""

from . import (
    building,
    container,
    driver,
    engines,
    gpus,
    host,
    libraries,
    multi_gpu,
    network,
    python_environment,
    variables,
)
from .document import Document, UnknownFact, read_registry
from .quoted import with_quoted
from .shape import understood

__all__ = ["UnknownFact", "facts_file", "read_registry"]

AREAS = (
    container,
    engines,
    host,
    driver,
    gpus,
    python_environment,
    variables,
    network,
    libraries,
    multi_gpu,
    building,
)


def facts_file(case, registry):
    """The facts file for a case, as an object; `registry` is what read_registry() found."""
    document = Document(registry, case["id"])
    facts = with_quoted(understood(case["facts"]))
    for area in AREAS:
        area.map_facts(facts, document)
    return document.json()
