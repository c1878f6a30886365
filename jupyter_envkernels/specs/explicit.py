"""``@EXPLICIT`` lists: exactly these packages, by their URLs (CEP 23, https://conda.org/learn/ceps/cep-0023/)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..models import Diagnostic, EnvSpec, LockedPackage
from .nodes import Scalar
from .platforms import foreign_platform
from .remarks import credentials, exact, remark, shown, unreadable
from .text import lines_of

MARK = re.compile(r"@explicit\s*$", re.IGNORECASE)
"""The line that conda writes before such a list, and asks for in capitals."""

_MAX_LENGTH = 2000
_PACKAGE = re.compile(
    r"(?P<url>[a-z][a-z0-9+.-]*://[^\s#]+/(?P<subdir>[^\s#/]+)/(?P<name>[^\s#/]+)-[^\s#/-]+-[^\s#/-]+\.(conda|tar\.bz2))"
    r"(?:#(?:(?P<md5>[0-9a-f]{32})|(?:sha256:)?(?P<sha256>[0-9a-f]{64})))?"
)


def read(text: str) -> tuple[EnvSpec, list[Diagnostic]]:
    """The spec, and all that is to be said of it.

    Raises:
        Unreadable: it lists nothing.
    """
    found: list[tuple[Scalar, re.Match[str]]] = []
    diagnostics: list[Diagnostic] = []
    for line in _lines(text):
        package = _PACKAGE.fullmatch(line.text) if len(line.text) <= _MAX_LENGTH else None
        if package:
            found.append((line, package))
        else:
            message = f"'{shown(line.text)}' is no URL of a conda package."
            remedy = (
                "Write https://CHANNEL/PLATFORM/NAME-VERSION-BUILD.conda, with #md5 or #sha256: behind it, or none."
            )
            diagnostics.append(remark("error", "invalid-package-url", line, message, remedy))
    mark = next((n for n, line in enumerate(lines_of(text), 1) if MARK.match(line.strip())), 1)
    if not found and not diagnostics:
        raise unreadable("empty", mark, 1, "The list is empty.", "Write URLs of packages below '@EXPLICIT'.")
    packages = [package for _, package in found]
    locked = tuple(LockedPackage(p["url"], p["md5"] or "", p["sha256"] or "") for p in packages)
    diagnostics += [*_remarks(found), exact("an @EXPLICIT list", len(locked), mark)]
    return EnvSpec(locked=locked), diagnostics


def _lines(text: str) -> Iterator[Scalar]:
    """What is neither empty nor comment nor the mark itself."""
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
            message = f"{name} is listed already in line {first.line}, and an environment holds it once."
            yield remark("error", "duplicate-package", line, message, "Keep one of the two lines.")
        if message := foreign_platform(package["subdir"]):
            yield remark("error", "other-platform", line, message, "Take a list that was made on such a machine.")
        yield from credentials(line)
