"""Make a match spec fit for the solver: normalise its text so that py-rattler reads what conda would, and check it.

Grammar: https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html. py-rattler parses it
leniently; where it differs from conda, the text is rewritten so that both agree, or refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..models import Diagnostic
from .remarks import remark, shown
from .yaml_nodes import Node, Scalar

MAX_LENGTH = 500

# Most lines, and all of an export, match this and need no further checks.
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(={1,2}[A-Za-z0-9_.!+]+(=[A-Za-z0-9_.]+)?)?")
# What the engine certainly reads, so that most specs are read without its import, which takes longer than all else.
_SIMPLE = re.compile(
    r"(?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)"
    r"(?P<version>(={1,2}|[<>]=?)\d{1,9}(\.\d{1,9})*(,[<>]=?\d{1,9}(\.\d{1,9})*)*)?",
    re.ASCII,
)
_NAME = re.compile(r"([\w./-]+::)?[A-Za-z0-9_][A-Za-z0-9_.-]*")
_VERSION = re.compile(r"([=<>!~]+ *)?[\d*][\w.*+!=,<>~ -]*", re.ASCII)
_COMMENT = re.compile(r"\s*#.*$")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+\.(conda|tar\.bz2)(#[0-9a-f]+)?$", re.IGNORECASE)
_EXTRA = re.compile(r"^(?P<name>(?:[^\s\[\]]+::)?[A-Za-z0-9_.-]+)\[(?P<extra>[A-Za-z0-9_.,\s-]*)\](?P<rest>.*)$")
_NO_VERSION = re.compile(r"[\w.:/-]+=")
_WILDCARD = re.compile(r"(?P<compare>[<>]=?\s*[\w.!+-]+?)\.\*")
_TRIPLE = re.compile(r"^([\w.:/-]+\s*)===(?!=)")
_EXACT_WILDCARD = re.compile(r"""^([\w.:/-]+\s*|.*\bversion=\s*['"]?\s*)==(?=\s*[\w.!+-]+\*)""")
_REVERSED = re.compile(
    r"""(?P<before>^([^\s\[]+::)?[\w.-]+\s*|\bversion=\s*['"]?\s*)=(?P<sign>[<>])\s*"""
    r"""(?P<rest>[\w.!+]+(\s*(#.*)?$|['"\]]|,\s*\w+=))"""
)
_SPACED_BUILD = re.compile(r"(?P<version>[=<>]\s*[\w.!+*-]+|^[\w.:/-]+\s+[\w.!+*-]+)\s+=(?=[\w*.-]+$)")
_BUILD = re.compile(r"\^.*\$|[\w.*+!]+")
_STRANGE = re.compile(r"[^ -~]")
_NAMED = r"^([^\s\[]*::)?[\w.-]+"
_MISREAD = (
    (re.compile(r"^[^\[]*=[<>]"), "The comparison is reversed.", "Write '>=' or '<='."),
    (re.compile(r"(?<!~)=~"), "The comparison is reversed.", "Write '~='."),
    (re.compile(r"~=\s*[^,|=\s]*\*"), "'~=' cannot be combined with '.*'.", "Write '=1.2' or '~=1.2'."),
    (re.compile(r"=$"), "There is nothing after the last '='.", "Write a version there, or delete the '='."),
    (re.compile(r"^(-e|-r|--)"), "This is an option of pip, not a package.", "Put the line below '- pip:'."),
    (re.compile(r"^(.*:)?[.-]"), "The name of a package begins with a letter, a digit or '_'.", "Correct the name."),
    (re.compile(r"^git\+|@\s*(git|https?)\b"), "This is a requirement of pip.", "Put the line below '- pip:'."),
    (
        re.compile(_NAMED + r"\s*@"),
        "There is no '@' in a match spec.",
        "Write '=' before a version, as in 'numpy=1.26'.",
    ),
    (
        re.compile(_NAMED + r"\s*={0,2}\s*\^(?!.*\$)"),
        "There is no '^' before a version in a match spec.",
        "Write a range, as in 'numpy>=1.26,<2'.",
    ),
    (
        re.compile(_NAMED + r"\("),
        "There are no parentheses after the name of a package.",
        "Write '=' before a version, as in 'numpy=1.26'.",
    ),
    (
        re.compile(r"^[^\[\]]*\[[^\[\]]*$"),
        "The bracket is not closed.",
        "Close it with ']', or write the version as in 'numpy=1.26'.",
    ),
    (re.compile(r";\s*(python|sys_|platform|os_)"), "This is a requirement of pip.", "Put the line below '- pip:'."),
    (
        re.compile(_NAMED + r"(\s*,\s*[A-Za-z]|\s+[A-Za-z_][\w.-]*(\s|[=<>!~]|$))"),
        "There are several names in one entry.",
        "Write each on a line of its own.",
    ),
    (re.compile(r"^[^=<>!~\[\s]*\*"), "There is no '*' in the name of a package.", "Write the names out, one a line."),
    (re.compile(r"\{[{%]"), "This is a template's placeholder.", "Fill it in."),
    (re.compile(r"\S+\s+-y\b"), "'-y' is an option of a command, not a version.", "Delete it."),
    (
        re.compile(r"\s-([\sA-Za-z_]|$)"),
        "Two entries run together: the second is on the same line, or indented further than the first.",
        "Write each on a line of its own, with the same indentation.",
    ),
)


@dataclass(frozen=True, slots=True)
class Dependency:
    """A valid match spec.

    Attributes:
        node: as written.
        text: as the solver gets it.
        name: of the package, lower case.
        pinned: whether it restricts the version.
        build: the build string or pattern; empty if it has none.
    """

    node: Scalar
    text: str
    name: str
    pinned: bool
    build: str


def understand(node: Scalar) -> tuple[Dependency | None, list[Diagnostic]]:
    """Read one entry of ``dependencies:``; None if it is not a match spec."""
    if len(node.text) > MAX_LENGTH:
        message = f"'{shown(node.text)}' has {len(node.text):,} characters."
        return None, [remark("error", "invalid-match-spec", node, message, "Write one package a line.")]
    plain = _PLAIN.fullmatch(node.text) is not None
    text, remarks = (node.text, []) if plain else _normalise(node)
    problem = None if plain else _misread(text)
    if problem is None:
        found = _parse(node, text)
        if isinstance(found, Dependency):
            return found, remarks + _namespace(found)
        problem = found
    message, remedy = problem
    return None, [*remarks, remark("error", "invalid-match-spec", node, f"'{shown(node.text)}': {message}", remedy)]


def meant(key: Scalar, value: Node) -> str:
    """Return the match spec meant by ``name: version`` or ``name:``; empty if there is none."""
    if not isinstance(value, Scalar) or not _NAME.fullmatch(key.text):
        return ""
    version = "" if value.kind == "null" else value.text.strip()
    if version and not _VERSION.fullmatch(version):
        return ""
    return f"{key.text}{'=' if version[:1].isdigit() else ''}{version}"


def with_signs_in_order(text: str) -> str:
    """Return a match spec with ``=>1`` as ``>=1`` and ``=<1`` as ``<1``, which is how conda reads these."""
    return _REVERSED.sub(lambda m: f"{m['before']}{m['sign']}{'=' if m['sign'] == '>' else ''}{m['rest']}", text)


def _normalise(node: Scalar) -> tuple[str, list[Diagnostic]]:
    """Return the text without what conda ignores, with a diagnostic for what the author could miss."""
    text = node.text.strip()
    remarks: list[Diagnostic] = []
    if _URL.match(text):
        return text, remarks
    text, condition, _ = _COMMENT.sub("", text).strip().partition(" if ")
    if condition:
        message = f"'{shown(node.text)}': the condition after 'if' is ignored."
        remarks.append(remark("warning", "dropped-condition", node, message, "Delete it, or the line."))
    if extra := _EXTRA.match(text):
        text = extra["name"] + extra["rest"]
        message = f"Conda packages have no extras: '[{extra['extra']}]' is ignored."
        remedy = f"List the packages of the extra by name, or put {shown(node.text)} below '- pip:'."
        remarks.append(remark("warning", "dropped-extra", node, message, remedy))
    text = with_signs_in_order(text)
    # py-rattler reads ==1.2.*=build as exactly 1.2; conda as any 1.2.x.
    text = _EXACT_WILDCARD.sub(r"\1=", _TRIPLE.sub(r"\1==", text))
    text = _SPACED_BUILD.sub(r"\g<version>=", text)
    if _NO_VERSION.fullmatch(text):
        message = f"'{shown(text)}': there is no version after the '='; any version matches."
        text = text.rstrip("= ")
        remarks.append(remark("warning", "empty-version", node, message, f"Write '{shown(text)}', or a version."))
    plain = _WILDCARD.sub(r"\g<compare>", text)
    if plain != text:
        message = f"'{shown(text)}': the '.*' after a comparison is ignored."
        remarks.append(remark("info", "superfluous-wildcard", node, message, f"Write '{shown(plain)}'."))
    return plain, remarks


def _misread(text: str) -> tuple[str, str] | None:
    if not text:
        return "The entry is empty.", "Write the name of a package, or delete the line."
    if strange := _STRANGE.search(text):
        where = f"The character {strange.group()!r} (U+{ord(strange.group()):04X}) cannot be part of a match spec."
        return where, "Type it again: straight quotes, plain spaces and hyphens, and names in ASCII."
    if text.endswith((".conda", ".tar.bz2")) and "://" not in text:
        return "A package file cannot be given by its path.", "Give its full URL, or the package's name."
    return next(((message, remedy) for sign, message, remedy in _MISREAD if sign.search(text)), None)


def _parse(node: Scalar, text: str) -> Dependency | tuple[str, str]:
    if simple := _SIMPLE.fullmatch(text):
        return Dependency(node, text, simple["name"].lower(), simple["version"] is not None, "")
    from rattler import MatchSpec  # noqa: PLC0415 - its import costs more than reading a spec
    from rattler.exceptions import InvalidMatchSpecError  # noqa: PLC0415

    try:
        # Strict mode would refuse "a 1" and the "a=1=b" of exports.
        spec = MatchSpec(text, strict=False)
    except InvalidMatchSpecError as error:
        reason = shown(str(error).splitlines()[0]).rstrip(".")
        if "package name '" in reason:
            reason = "the name of a package has no special characters but '.', '-' and '_'"
        remedy = "Write a name and a version, as in 'numpy', 'numpy=1.26' or 'numpy>=1.26,<2'."
        return f"This is not a match spec: {reason}.", remedy
    build = spec.build or ""
    if build and not _BUILD.fullmatch(build):
        return (
            f"'{shown(build)}' cannot be a build string.",
            "Separate conditions on the version by a comma, as in 'numpy>=1.26,<2'; write one package a line.",
        )
    name = spec.name.normalized if spec.name is not None else ""
    return Dependency(node, text, name, spec.version is not None and str(spec.version) != "*", build)


def _namespace(found: Dependency) -> list[Diagnostic]:
    if ":" not in found.text.replace("::", "") or "://" in found.text or "[" in found.text:
        return []
    message = f"'{shown(found.text)}' requests a package named {found.name}: the part before a single colon is ignored."
    remedy = "Write '=' before a version, and '::' after a channel."
    return [remark("warning", "single-colon", found.node, message, remedy)]
