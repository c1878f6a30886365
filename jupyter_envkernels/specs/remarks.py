"""Make diagnostics, and raise the one exception of this package."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from ..models import Diagnostic, Fix, Severity

# user:password@ and token@ in URLs, /t/TOKEN/ of conda channels; but neither git@ of ssh nor ${VARIABLE}.
CREDENTIALS = re.compile(r"(?<!ssh)://(?P<login>[^/\s@$]+)@|/t/(?P<token>[^/\s$<{]+)/")


class Position(Protocol):
    """Anything with a position in the text; both numbers count from 1."""

    @property
    def line(self) -> int: ...  # noqa: D102 - said above
    @property
    def column(self) -> int: ...  # noqa: D102 - said above


class Text(Position, Protocol):
    """A piece of the text."""

    @property
    def text(self) -> str: ...  # noqa: D102 - said above


class Unreadable(Exception):
    """The text has no spec. Caught within ``specs``: :func:`specs.check` returns its diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def remark(
    severity: Severity, code: str, place: Position, message: str, remedy: str = "", *, fix: Fix | None = None
) -> Diagnostic:
    """Return a diagnostic at a position."""
    return Diagnostic(severity, code, message, remedy, place.line, place.column, fix)


def credentials(node: Text) -> Iterator[Diagnostic]:
    """Yield a warning if a line contains a password or a token."""
    if CREDENTIALS.search(node.text):
        message = f"'{shown(node.text)}' contains a password or a token, which everyone who gets the file can read."
        remedy = "Remove it, and keep it in the configuration of conda or pip, or in ~/.netrc."
        yield remark("warning", "credentials-in-url", node, message, remedy)


def unreadable(code: str, line: int, column: int, message: str, remedy: str = "") -> Unreadable:
    """Return an error to raise for a text that has no spec."""
    return Unreadable(Diagnostic("error", code, message, remedy, line, column))


def exact(what: str, count: int, line: int) -> Diagnostic:
    """Return a diagnostic that says that a spec lists exact packages, and how many."""
    message = f"This is {what} of {count} package{'s' * (count != 1)}: exactly these are installed; nothing is solved."
    return Diagnostic("info", "exact-packages", message, "Give the environment a name when you create it.", line, 1)


def shown(text: str) -> str:
    """Return text of the spec for a message: on one line, at most 80 characters, without credentials."""
    flat = " ".join(CREDENTIALS.sub(_masked, text[:1000]).split())
    return f"{flat[:79]}…" if len(flat) > 80 else flat


def _masked(found: re.Match[str]) -> str:
    return "://***@" if found["login"] else "/t/***/"
