"""Where the answers of `packaging` are not compared, and why.

The newest release is the reference (26.3 when this was written). An older one (Debian 12 has 23.0) answers some
questions differently; these are left out when it is the oracle.
"""

import re

import packaging
from packaging._parser import parse_requirement
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, Specifier
from packaging.version import InvalidVersion, Version

IS_OLD = int(packaging.__version__.split(".")[0]) < 26

# Before 26 an invalid literal in a marker surfaced as the error of Python's own parser.
BAD_LITERAL = (SyntaxError, ValueError) if IS_OLD else ()

VERSION_VARIABLES = {"implementation_version", "platform_release", "python_full_version", "python_version"}

# Case-insensitive matching took these for s, i, i and k.
FOLDED_LETTERS = "\u017f\u0130\u0131\u212a"

CASE = "letters outside ASCII keep their case here"
NAME = "names of packages are held to the specification's rule here"
TAGS = "empty tags, and others than letters, digits and underscores, are not read alike by all releases"
OLD_CASE = "old: letters outside ASCII match ASCII letters"
OLD_BOUND = "old: < and > look at the release of the bound alone"
OLD_REPETITION = "old: another spelling of a repeated specifier is printed"
OLD_PREFIX = "old: prefixes are compared as texts, and with epochs wrongly"
OLD_NEWLINE = "old: a newline at the end is passed over"
OLD_URL = "old: URLs are checked, and printed otherwise"
OLD_VARIABLE = "old: no variables extras and dependency_groups"
OLD_PARENTHESES = "old: doubled parentheses are not printed"
OLD_NORMALIZATION = "old: extras in literals are normalized later"
OLD_QUOTES = "old: a literal with a double quote is printed in double quotes"
OLD_REST = "old: what follows a marker is passed over"
OLD_ARBITRARY = "old: === compares the normalized text of a version"
OLD_PLUS = 'old: python_full_version "3.13.0+" is no version'
OLD_TEXTS = "old: all variables are compared as versions or by the order of texts"


def text_of(value):
    """str(value), or null where `packaging` has no text: a marker literal that holds both kinds of quotes."""
    try:
        return str(value)
    except ValueError:
        return None


def is_version(text):
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def contained(specifiers, version):
    """Contained with pre-releases, by default, without pre-releases."""
    allowed = specifiers.contains(version, prereleases=True)
    # By default an old release refuses pre-releases that no specifier names.
    default = allowed if IS_OLD else specifiers.contains(version)
    return [allowed, default, specifiers.contains(version, prereleases=False)]


def version_skip(text):
    if IS_OLD and any(letter in text for letter in FOLDED_LETTERS):
        return OLD_CASE
    return None


def specifiers_skip(text, specifiers):
    """`specifiers` is None when the text is invalid."""
    if not IS_OLD:
        return None
    if any(letter in text for letter in FOLDED_LETTERS):
        return OLD_CASE
    if specifiers is not None and len(specifiers) != len([item for item in text.split(",") if item.strip()]):
        return OLD_REPETITION
    return None


def containment_skip(specifiers, version):
    if not IS_OLD:
        return None
    for specifier in specifiers:
        if specifier.operator in ("<", ">"):
            bound = Version(specifier.version)
            if Version(bound.base_version) == Version(version.base_version):
                return OLD_BOUND
        if specifier.operator == "~=" and specifier.version != str(Version(specifier.version)):
            return OLD_PREFIX
        if specifier.operator == "~=" or specifier.version.endswith(".*"):
            if version.epoch or "!" in specifier.version:
                return OLD_PREFIX
    return None


def comparisons(markers):
    for marker in markers:
        if isinstance(marker, list):
            yield from comparisons(marker)
        elif isinstance(marker, tuple):
            yield marker


def has_doubled_parentheses(markers):
    """Below the parentheses around the whole, which all releases leave out."""
    while len(markers) == 1 and isinstance(markers[0], list):
        markers = markers[0]
    groups = [marker for marker in markers if isinstance(marker, list)]
    return any(len(group) == 1 and isinstance(group[0], list) or has_doubled_parentheses(group) for group in groups)


def has_rest(text):
    try:
        Requirement("name; " + text)
    except (InvalidRequirement, *BAD_LITERAL):
        return True
    return False


def old_comparison_skip(comparison, environment):
    left, operator, right = comparison
    is_left = type(left).__name__ == "Variable"
    variable = left.value if is_left else right.value
    if variable not in environment:
        return None  # an error for both
    value = environment[variable]
    if variable == "python_full_version" and value.endswith("+"):
        return OLD_PLUS
    if variable == "extra" and not is_left and type(right).__name__ != "Variable":
        return OLD_NORMALIZATION
    first, second = (value, right.value) if is_left else (left.value, value)
    try:
        Specifier(operator.value + second)
    except InvalidSpecifier:
        return OLD_TEXTS if operator.value in ("<", ">", "<=", ">=") else None
    if variable not in VERSION_VARIABLES or not is_version(first):
        return OLD_TEXTS
    if operator.value == "~=" and second.strip() != str(Version(second)):
        return OLD_PREFIX
    return OLD_ARBITRARY if operator.value == "===" and first != str(Version(first)) else None


def marker_skip(text, marker, environment=None):
    """`marker` is None when the text is invalid; without an environment it's only read, not evaluated."""
    if marker is not None and any(c > "\x7f" and c.lower() != c for c in text):
        return CASE
    if not IS_OLD:
        return None
    if "extras" in text or "dependency_groups" in text:
        return OLD_VARIABLE
    if text.endswith("\n"):
        return OLD_NEWLINE
    if marker is None:
        return None
    if environment is not None and has_rest(text):
        return OLD_REST
    if has_doubled_parentheses(marker._markers):
        return OLD_PARENTHESES
    for comparison in comparisons(marker._markers):
        if any(type(side).__name__ == "Value" and '"' in side.value for side in comparison):
            return OLD_QUOTES
        if "extra" in (comparison[0].value, comparison[2].value):
            names = {comparison[0].value, comparison[2].value} - {"extra"}
            if not names or any(name != name.lower() or any(c in name for c in "._") or "--" in name for name in names):
                return OLD_NORMALIZATION
        reason = old_comparison_skip(comparison, environment) if environment is not None else None
        if reason:
            return reason
    return None


def requirement_skip(text, requirement):
    """`requirement` is None when the text is invalid."""
    if requirement is not None and requirement.marker is not None:
        reason = marker_skip(text, requirement.marker)
    else:
        reason = marker_skip(text, None)
    if IS_OLD and "@" in text:
        return OLD_URL
    if reason or requirement is None:
        return reason or specifiers_skip(text, None)
    return specifiers_skip(parse_requirement(text).specifier, requirement.specifier)


def wheel_skip(text):
    parts = text.removesuffix(".whl").split("-")
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._]*[A-Za-z0-9])?", parts[0]) or "__" in parts[0]:
        return NAME
    if not all(re.fullmatch(r"\w+(\.\w+)*", part, re.ASCII) for part in parts[-3:]):
        return TAGS
    return version_skip(text)
