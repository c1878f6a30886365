"""Define specs and the diagnostics on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from msgspec import Meta

from .fields import Count, Ordinal, Tolerant

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class LineEdit:
    """A change of one line of a text.

    Attributes:
        line: its number, from 1.
        before: the current line, without its line break.
        after: the new line, or several; None to delete it.
    """

    line: Ordinal
    before: str
    after: str | None


@dataclass(frozen=True, slots=True)
class Fix:
    """A quick fix: edits that a program can apply.

    Attributes:
        title: label of its button.
    """

    title: str
    edits: Annotated[tuple[LineEdit, ...], Meta(min_length=1)]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error, warning or info on a spec.

    Attributes:
        line: from 1; None if unknown.
        column: from 1; None if unknown.
        fix: applies the remedy; None if the user must decide.
    """

    severity: Severity
    code: str
    message: str
    remedy: str = ""
    line: Ordinal | None = None
    column: Ordinal | None = None
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """One conda package of a lock file or an ``@EXPLICIT`` list.

    Attributes:
        md5: empty if the file has none.
        sha256: empty if the file has none.
        size: in bytes; 0 if the file has none.
    """

    url: str
    md5: str = ""
    sha256: str = ""
    size: Count = 0


@dataclass(frozen=True, slots=True)
class EnvSpec:
    """The contents of an environment.yml or another spec, as written.

    Attributes:
        name: the environment's name, if the file has one.
        channels: channel names or URLs, highest priority first.
        dependencies: match specs, as written.
        pip: lines of the ``pip:`` section, as in a requirements file.
        variables: environment variables of the environment.
        locked: exact conda packages of a lock file or an ``@EXPLICIT`` list, which has no ``dependencies``.
    """

    name: str | None = None
    channels: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    pip: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    locked: tuple[LockedPackage, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedSpec:
    """The result of reading a spec: the spec, or None if it cannot be read, and all diagnostics, by line."""

    spec: EnvSpec | None
    diagnostics: Tolerant[Diagnostic] = ()

    @property
    def ok(self) -> bool:
        """Return whether there is a spec without errors."""
        return self.spec is not None and all(d.severity != "error" for d in self.diagnostics)
