"""Read the templates of the administrator: specs in some folders, with title and description as comments at the top."""

from __future__ import annotations

import logging
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..files import read_file
from ..models import CheckedSpec
from ..specs import check
from .fingerprints import Stamp, settled
from .trust import Trust, TrustSession

_SUFFIXES = frozenset({".yml", ".yaml", ".txt", ".lock"})

_MAX_BYTES = 2 * 1024 * 1024
"""Largest file: as large as a request to create an environment may be."""

_MAX_ALL_BYTES = 8 * 1024 * 1024
_MAX_FILES = 100

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Template:
    """A spec to begin with.

    Attributes:
        name: that of the file, without its suffix.
        title: the first comment line at the top; without one, the name in the spec, or else that of the file.
        description: the comment lines after it.
        text: the whole file.
    """

    name: str
    title: str
    description: str
    text: str


class _LeftOut(Exception):
    """A file is not a template; the message says why."""


class Templates:
    """The templates of some folders; a file is read again only when it has changed. Thread-safe.

    Args:
        folders: of files with the same name, that of the first folder counts.
        trust: returns the rule that decides whose files may be used; the folders themselves are trusted.
    """

    def __init__(self, folders: tuple[Path, ...], trust: Callable[[], Trust]) -> None:
        self._folders = folders
        self._trust = trust
        self._known: dict[Path, tuple[Stamp, Template]] = {}
        self._told: set[str] = set()
        self._lock = threading.Lock()

    def read(self) -> tuple[Template, ...]:
        """Return all usable templates, by folder and file name. Others are skipped, and logged once."""
        with self._lock:
            return self._read()

    def _read(self) -> tuple[Template, ...]:
        known: dict[Path, tuple[Stamp, Template]] = {}
        found: dict[str, Template] = {}
        size = 0
        trust = self._trust()
        session = replace(trust, anchors=(*trust.anchors, *map(str, self._folders))).session()
        for path in self._files():
            try:
                _check_trusted(path, session)
                stamp, template = self._template(path, _MAX_ALL_BYTES - size)
            except (OSError, _LeftOut) as error:
                self._tell(path, error)
                continue
            if stamp is not None:
                known[path] = stamp, template
            if template.name not in found:
                found[template.name] = template
                size += len(template.text)
        self._known = known
        return tuple(found.values())

    def _files(self) -> Iterator[Path]:
        paths: list[Path] = []
        for folder in self._folders:
            try:
                names = sorted(os.listdir(folder))
            except OSError as error:
                self._tell(folder, error)
                continue
            paths += [folder / name for name in names if name[0] != "." and Path(name).suffix in _SUFFIXES]
        if len(paths) > _MAX_FILES:
            self._tell(paths[_MAX_FILES], _LeftOut(f"there are more than {_MAX_FILES}"))
        return iter(paths[:_MAX_FILES])

    def _template(self, path: Path, room: int) -> tuple[Stamp | None, Template]:
        """Return the stamp of a file and its template.

        Raises:
            _LeftOut: it cannot be used.
            OSError: it cannot be read.
        """
        now = time.time_ns()
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise _LeftOut("it is not a file")
        if status.st_size > min(_MAX_BYTES, room):
            raise _LeftOut(f"a file may have {_MAX_BYTES:,} bytes, and all files together {_MAX_ALL_BYTES:,}")
        stamp = settled(status, now)
        known = self._known.get(path)
        if known and known[0] == stamp:
            return known
        return stamp, _parse(path.stem, _read(path))

    def _tell(self, path: Path, error: Exception) -> None:
        reason = error.strerror if isinstance(error, OSError) else error
        line = f"The template {path} is skipped: {reason}."
        if line not in self._told:
            self._told.add(line)
            _log.warning("%s", line)


def _check_trusted(path: Path, session: TrustSession) -> None:
    """Refuse a file that other accounts can change.

    Raises:
        _LeftOut: they can.
    """
    verdict = session.judge(path)
    if not verdict.ok:
        raise _LeftOut(verdict.reason.removesuffix("."))


def _read(path: Path) -> str:
    try:
        return read_file(path, _MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _LeftOut("it is not UTF-8 text") from error


def _parse(name: str, text: str) -> Template:
    """Return the text of a file as a template.

    Raises:
        _LeftOut: it is not a spec, or has errors.
    """
    checked = check(text)
    if checked.spec is None or not checked.ok:
        raise _LeftOut(_first_error(checked))
    title, description = _heading(text)
    return Template(name, title or checked.spec.name or name, description, text)


def _first_error(checked: CheckedSpec) -> str:
    first = next(diagnostic for diagnostic in checked.diagnostics if diagnostic.severity == "error")
    return f"line {first.line or 1}: {first.message.removesuffix('.')}"


def _heading(text: str) -> tuple[str, str]:
    """Return title and description from the comment lines at the top."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("#").strip())
    title, _, description = "\n".join(lines).strip().partition("\n")
    return title, description.strip()
