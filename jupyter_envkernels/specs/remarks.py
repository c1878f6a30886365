"""Short ways to make diagnostics, and the one exception of this package."""

from __future__ import annotations

from typing import Protocol

from ..models import Diagnostic, Severity


class Place(Protocol):
    """Anything that knows where it stands in the text; both count from 1."""

    @property
    def line(self) -> int: ...  # noqa: D102 - said above
    @property
    def column(self) -> int: ...  # noqa: D102 - said above


class Unreadable(Exception):
    """The text gives no spec at all. Never leaves ``specs``: :func:`specs.check` turns it into its diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def remark(severity: Severity, code: str, place: Place, message: str, remedy: str = "") -> Diagnostic:
    """A diagnostic on something that has a place."""
    return Diagnostic(severity, code, message, remedy, place.line, place.column)


def unreadable(code: str, line: int, column: int, message: str, remedy: str = "") -> Unreadable:
    """An error after which nothing more can be read; to be raised."""
    return Unreadable(Diagnostic("error", code, message, remedy, line, column))
