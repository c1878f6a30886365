"""Short ways to make diagnostics, and the one exception of this package."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from ..models import Diagnostic, Fix, Severity

# user:password@ and token@ in URLs, /t/TOKEN/ of conda channels; but neither git@ of ssh nor ${VARIABLE}.
CREDENTIALS = re.compile(r"(?<!ssh)://(?P<login>[^/\s@$]+)@|/t/(?P<token>[^/\s$<{]+)/")


class Position(Protocol):
    """Anything that knows where it stands in the text; both count from 1."""

    @property
    def line(self) -> int: ...  # noqa: D102 - said above
    @property
    def column(self) -> int: ...  # noqa: D102 - said above


class Text(Position, Protocol):
    """A piece of the text."""

    @property
    def text(self) -> str: ...  # noqa: D102 - said above


class Unreadable(Exception):
    """The text gives no spec at all. Never leaves ``specs``: :func:`specs.check` turns it into its diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def remark(
    severity: Severity, code: str, place: Position, message: str, remedy: str = "", *, fix: Fix | None = None
) -> Diagnostic:
    """Return a diagnostic on something that has a place."""
    return Diagnostic(severity, code, message, remedy, place.line, place.column, fix)


def credentials(node: Text) -> Iterator[Diagnostic]:
    """Yield a remark on a line with a password or a token in it."""
    if CREDENTIALS.search(node.text):
        message = f"'{shown(node.text)}' holds a password or a token; everybody reads it who gets the file."
        remedy = "Take it out, and keep it in conda's or pip's configuration, or in ~/.netrc."
        yield remark("warning", "credentials-in-url", node, message, remedy)


def unreadable(code: str, line: int, column: int, message: str, remedy: str = "") -> Unreadable:
    """Return an error to raise, after which nothing more can be read."""
    return Unreadable(Diagnostic("error", code, message, remedy, line, column))


def exact(what: str, count: int, line: int) -> Diagnostic:
    """Return the remark that a spec of that format leaves nothing to choose, and how much it lists."""
    message = f"This is {what} of {count} package{'s' * (count != 1)}: just these are installed, and nothing is chosen."
    return Diagnostic("info", "exact-packages", message, "Give the environment a name when you create it.", line, 1)


def shown(text: str) -> str:
    """Return text of the spec as messages quote it: on one line, at most 80 characters, without credentials."""
    flat = " ".join(CREDENTIALS.sub(_masked, text[:1000]).split())
    return f"{flat[:79]}…" if len(flat) > 80 else flat


def _masked(found: re.Match[str]) -> str:
    return "://***@" if found["login"] else "/t/***/"
