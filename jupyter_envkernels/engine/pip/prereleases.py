"""Have uv choose among pre-releases as pip does, as nearly as its modes allow.

pip takes a pre-release where some requirement names one, or where there is nothing else. uv's ``explicit`` takes one
only where a line of the spec names it, and goes back by years where a package requires a pre-release of another, as
OpenTelemetry does. uv's default takes one also to make room for newer packages, where pip takes older ones.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias

from packaging.utils import canonicalize_name

from ...specs import pip_name
from ...specs.pip_options import parse

Versions: TypeAlias = "dict[str, str]"
"""Of the packages that uv would install, by their canonical names."""

_EXPLICIT = ["--prerelease", "explicit"]
_ALLOW = ["--prerelease", "allow"]
_PLANNED = re.compile(r" \+ (?P<name>[\w.-]+)==(?P<version>\S+)")
_PRE_RELEASE = re.compile(r"\d(?:a|b|rc|\.dev)\d")


async def prerelease_flags(
    ask: Callable[[Sequence[str]], Awaitable[Versions]], lines: Sequence[str], environ: Mapping[str, str]
) -> list[str]:
    """Return the options for uv.

    Args:
        ask: asks uv with further options what it would install; answers with nothing where that cannot be.
        lines: of pip.
        environ: the variables of uv, in which a person may have chosen.
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
    """Return what ``uv pip install --dry-run`` says that it would install."""
    found = filter(None, map(_PLANNED.fullmatch, output))
    return {canonicalize_name(each["name"]): each["version"] for each in found}


def _is_prerelease(version: str) -> bool:
    return _PRE_RELEASE.search(version.partition("+")[0]) is not None
