"""Specs: what a person writes, and remarks on it."""

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
        before: the whole line as it is, without its break.
        after: the line as it shall be, or several; None to delete it.
    """

    line: Ordinal
    before: str
    after: str | None


@dataclass(frozen=True, slots=True)
class Fix:
    """A correction that a program can carry out.

    Attributes:
        title: what it does, in a few words for a button.
    """

    title: str
    edits: Annotated[tuple[LineEdit, ...], Meta(min_length=1)]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One remark on a spec.

    Attributes:
        line: from 1; None where no place can be named.
        column: from 1; None where no place can be named.
        fix: one way to follow the remedy that a program can carry out; None where a person must decide.
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
        md5: empty where the file gives none.
        sha256: empty where the file gives none.
        size: in bytes; 0 where the file does not tell.
    """

    url: str
    md5: str = ""
    sha256: str = ""
    size: Count = 0


@dataclass(frozen=True, slots=True)
class EnvSpec:
    """What an environment.yml or another spec asks for, in its order and words.

    Attributes:
        name: the environment's name, if the file gives one.
        channels: channel names or URLs, highest priority first.
        dependencies: match specs, as written.
        pip: lines of the ``pip:`` section, as in a requirements file.
        variables: environment variables of the environment.
        locked: of a lock file or an ``@EXPLICIT`` list: exactly the conda packages. It has no ``dependencies`` then.
    """

    name: str | None = None
    channels: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    pip: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    locked: tuple[LockedPackage, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedSpec:
    """What reading a spec gave: the spec, or None where it cannot be read, and all remarks, by line."""

    spec: EnvSpec | None
    diagnostics: Tolerant[Diagnostic] = ()

    @property
    def ok(self) -> bool:
        """There is a spec and no remark is an error."""
        return self.spec is not None and all(d.severity != "error" for d in self.diagnostics)
