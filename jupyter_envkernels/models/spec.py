"""Specs: what a person writes, and remarks on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class LineEdit:
    """A line of a text, counted from 1, as it is, and as it shall be, maybe as several; None to delete it."""

    line: int
    before: str
    after: str | None


@dataclass(frozen=True, slots=True)
class Fix:
    """A correction that a program can carry out. ``title`` says in a few words what it does."""

    title: str
    edits: tuple[LineEdit, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One remark on a spec. ``line`` and ``column`` count from 1; None where no place can be named.

    ``fix`` is one way to follow the remedy; None where a person must decide.
    """

    severity: Severity
    code: str
    message: str
    remedy: str = ""
    line: int | None = None
    column: int | None = None
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """One conda package of a lock file or an ``@EXPLICIT`` list; hashes are empty, ``size`` is 0 where it has none."""

    url: str
    md5: str = ""
    sha256: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class EnvSpec:
    """What an environment.yml or another spec asks for, in its order and words.

    Attributes:
        name: the environment's name, if the file gives one.
        channels: channel names or URLs, highest priority first.
        dependencies: match specs, as written.
        pip: lines of the ``pip:`` section, as in a requirements file.
        variables: environment variables of the environment.
        locked: of a lock file: exactly the conda packages to install. It has no ``dependencies`` then.
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
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def ok(self) -> bool:
        """There is a spec and no remark is an error."""
        return self.spec is not None and all(d.severity != "error" for d in self.diagnostics)
