"""Find the package name in a line of a spec, without parsing the rest."""

from __future__ import annotations

import re

_PIP_NAME = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[|[=<>~!;@]|$)")
_PLAIN_REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?P<versions>((~=|==|!=|[<>]=?)\s*[\w.!+*-]+\s*,?\s*)*)(\s#.*)?"
)
_CONDA_NAME = re.compile(r"[^\s=<>!~\[]+")


def conda_name(spec: str) -> str:
    """Return the package name in a match spec, lower case, without its channel."""
    found = _CONDA_NAME.match(spec.rpartition("::")[2].strip())
    return found[0].lower() if found else ""


def pip_name(line: str) -> str:
    """Return the name of the package in a requirement line, lower case; empty for options, paths and URLs."""
    found = _PIP_NAME.match(line.strip())
    return found["name"].lower() if found else ""


def pip_requirement(line: str) -> tuple[str, str] | None:
    """Return the name, lower case, and the version specifiers, without spaces, of a plain requirement line.

    None for lines that a conda package cannot replace: options, paths, URLs, extras and conditions.
    """
    found = _PLAIN_REQUIREMENT.fullmatch(line.strip())
    return (found["name"].lower(), "".join((found["versions"] or "").split())) if found else None
