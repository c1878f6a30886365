"""Read ``@EXPLICIT`` lists: exact packages by their URLs (CEP 23, https://conda.org/learn/ceps/cep-0023/)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...models import Diagnostic, EnvSpec, LockedPackage
from ..platforms import foreign_platform
from ..remarks import Position, credentials, exact, remark, shown, unreadable
from ..text import lines_of
from ..yaml_nodes import Scalar

MARK = re.compile(r"@explicit\s*$", re.IGNORECASE)
"""The line that conda writes before such a list; conda itself requires capitals."""

_MAX_LENGTH = 2000
_PACKAGE = re.compile(
    r"(?P<url>[a-z][a-z0-9+.-]*://[^\s#]+/(?P<subdir>[^\s#/]+)/(?P<name>[^\s#/]+)-[^\s#/-]+-[^\s#/-]+\.(conda|tar\.bz2))"
    r"(?:#(?:(?P<md5>[0-9a-f]{32})|(?:sha256:)?(?P<sha256>[0-9a-f]{64})))?"
)


def package_url(text: str) -> re.Match[str] | None:
    """Parse the URL of a conda package, with or without a hash: ``url``, ``subdir``, ``name``, ``md5``, ``sha256``."""
    return _PACKAGE.fullmatch(text) if len(text) <= _MAX_LENGTH else None


def read(text: str) -> tuple[EnvSpec, list[Diagnostic]]:
    """Return the spec and its diagnostics.

    Raises:
        Unreadable: the list is empty.
    """
    found: list[tuple[Scalar, re.Match[str]]] = []
    diagnostics: list[Diagnostic] = []
    for line in _lines(text):
        package = package_url(line.text)
        if package:
            found.append((line, package))
        else:
            message = f"'{shown(line.text)}' is not the URL of a conda package."
            remedy = "Write https://CHANNEL/PLATFORM/NAME-VERSION-BUILD.conda, optionally followed by #md5 or #sha256:."
            diagnostics.append(remark("error", "invalid-package-url", line, message, remedy))
    mark = next((n for n, line in enumerate(lines_of(text), 1) if MARK.match(line.strip())), 1)
    if not found and not diagnostics:
        raise unreadable("empty", mark, 1, "The list is empty.", "Write URLs of packages below '@EXPLICIT'.")
    packages = [package for _, package in found]
    locked = tuple(LockedPackage(p["url"], p["md5"] or "", p["sha256"] or "") for p in packages)
    diagnostics += [*_remarks(found), exact("an @EXPLICIT list", len(locked), mark)]
    return EnvSpec(locked=locked), diagnostics


def _lines(text: str) -> Iterator[Scalar]:
    """Yield the lines that are not empty, a comment or the mark."""
    for number, line in enumerate(lines_of(text), 1):
        content = line.strip()
        if content and not content.startswith("#") and not MARK.match(content):
            yield Scalar(number, line.index(content) + 1, content)


def _remarks(found: list[tuple[Scalar, re.Match[str]]]) -> Iterator[Diagnostic]:
    firsts: dict[str, Scalar] = {}
    for line, package in found:
        name = package["name"].lower()
        first = firsts.setdefault(name, line)
        if first is not line:
            yield duplicate(line, name, first)
        if error := foreign(line, package["subdir"]):
            yield error
        yield from credentials(line)


def duplicate(place: Position, name: str, first: Position) -> Diagnostic:
    """Return an error for the second package of a name."""
    message = f"{name} is already listed in line {first.line}; an environment can have it only once."
    return remark("error", "duplicate-package", place, message, "Keep one of the two entries.")


def foreign(place: Position, subdir: str) -> Diagnostic | None:
    """Return an error for a package of another platform; None for this platform."""
    message = foreign_platform(subdir)
    remedy = "Use a list that was made for this platform."
    return remark("error", "other-platform", place, message, remedy) if message else None
