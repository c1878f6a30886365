"""Make uv choose among pre-releases as pip does, as nearly as its modes allow.

pip uses a pre-release if a requirement names one, or if there is no other version. uv's ``explicit`` mode uses one only
if a line of the spec names it, and chooses much older versions if a package requires a pre-release of another, as
OpenTelemetry does. uv's default mode also uses pre-releases to allow newer versions of other packages; pip does not.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias

from packaging.utils import canonicalize_name

from ...specs import pip_name
from ...specs.pip_options import parse

Versions: TypeAlias = "dict[str, str]"
"""Canonical name -> version of each package that uv would install."""

_EXPLICIT = ["--prerelease", "explicit"]
_ALLOW = ["--prerelease", "allow"]
_PLANNED = re.compile(r" \+ (?P<name>[\w.-]+)==(?P<version>\S+)")
_PRE_RELEASE = re.compile(r"\d(?:a|b|rc|\.dev)\d")


async def prerelease_flags(
    ask: Callable[[Sequence[str]], Awaitable[Versions]], lines: Sequence[str], environ: Mapping[str, str]
) -> list[str]:
    """Return the options for uv.

    Args:
        ask: returns what uv would install with further options; nothing if it fails.
        lines: of the pip section.
        environ: the variables of uv, in which the user may have set the mode.
    """
    if any(option.name == "pre" for line in lines for option in parse(line).options):
        return _ALLOW
    if "UV_PRERELEASE" in environ:
        return []
    usual = await ask([])
    if not any(map(_is_prerelease, usual.values())):
        return _EXPLICIT if usual else []
    explicit = await ask(_EXPLICIT)
    named = {canonicalize_name(pip_name(line)) for line in lines}
    firm = {name: version for name, version in usual.items() if name in named and not _is_prerelease(version)}
    is_as_new = explicit and all(explicit.get(name) == version for name, version in firm.items())
    return _EXPLICIT if is_as_new else []


def planned(output: Sequence[str]) -> Versions:
    """Return what ``uv pip install --dry-run`` would install, from its output."""
    found = filter(None, map(_PLANNED.fullmatch, output))
    return {canonicalize_name(each["name"]): each["version"] for each in found}


def _is_prerelease(version: str) -> bool:
    return _PRE_RELEASE.search(version.partition("+")[0]) is not None
