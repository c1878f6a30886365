"""What a prefix holds beyond its package records, carried over to a copy of it.

A clone is installed from the source's records, which brings every conda package as its archive has it. Three things are
then still missing: files that no record knows (pip packages, a person's own), files that were changed since (pip
replaces some of conda's), and files that were taken away.
"""

from __future__ import annotations

import filecmp
import hashlib
import json
import os
import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, NoReturn

from ..errors import Forbidden, InvalidSpec
from .staging import remove_tree

_SKIPPED = {"__pycache__", "__clobbers__"}
_META_FILES = ("state", "pinned")
_GENERATED = "unix_python_entry_point"

_TEXT_SIZE = 8 << 20
"""Bytes up to which a file is looked at as text that may hold the prefix."""

_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Tracked:
    """Paths that the records of a prefix know, relative to it.

    Attributes:
        paths: all of them.
        rewritten: those whose content depends on the prefix -> the sha256 with which they were installed, or "".
    """

    paths: frozenset[str]
    rewritten: Mapping[str, str]


class Carried(NamedTuple):
    """What :func:`carry_over` did: how many files it added, replaced or took away, and what it left out."""

    files: int
    skipped: tuple[Path, ...]


def carry_over(source: Path, copy: Path, prefix: Path) -> Carried:
    """Make ``copy``, a fresh installation of the source's packages, equal to ``source``.

    Args:
        source: the prefix being cloned; it is only read.
        copy: the staged clone.
        prefix: where the clone will stand; replaces the source's path in text files.

    Returns:
        What was done. Sockets, pipes and devices are left out.

    Raises:
        InvalidSpec: a record of the source is unreadable.
        Forbidden: a file of the source may not be read.
        OSError: a file cannot be read or written.
    """
    try:
        return _Overlay(source, copy, prefix, tracked_paths(source)).apply()
    except PermissionError as error:
        if error.filename and Path(error.filename).is_relative_to(source):
            raise Forbidden(
                f"{source} cannot be cloned: you may not read {error.filename}.", remedy="Ask its owner to allow it."
            ) from error
        raise


def tracked_paths(prefix: Path) -> Tracked:
    """Read which files belong to packages.

    Names that lead out of the prefix are not taken for files of it.

    Raises:
        OSError: a record cannot be read.
        InvalidSpec: a record is not one.
    """
    paths: set[str] = set()
    rewritten: dict[str, str] = {}
    for record in (prefix / "conda-meta").glob("*.json"):
        for name, installed in _record_paths(record):
            if _is_inside(name):
                paths.add(name)
                if installed is not None:
                    rewritten[name] = installed
    return Tracked(frozenset(paths), rewritten)


def _record_paths(record: Path) -> list[tuple[str, str | None]]:
    """The paths of one record, and of those that depend on the prefix the sha256 with which they were installed."""
    try:
        content = json.loads(record.read_bytes())
        entries = (content.get("paths_data") or {}).get("paths") or ()
        named: list[tuple[str, str | None]] = [(str(name), None) for name in content.get("files") or ()]
        return named + [(str(entry["_path"]), _installed_hash(entry)) for entry in entries]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidSpec(f"The package record {record} cannot be read: {error!r}.") from error


def _installed_hash(entry: Mapping[str, Any]) -> str | None:
    if entry.get("prefix_placeholder"):
        return str(entry.get("sha256_in_prefix") or "")
    if entry.get("path_type") == _GENERATED:
        return str(entry.get("sha256_in_prefix") or entry.get("sha256") or "")
    return None


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\0" not in name


class _Overlay:
    """One run of :func:`carry_over`."""

    def __init__(self, source: Path, copy: Path, prefix: Path, tracked: Tracked) -> None:
        self._source = source
        self._copy = copy
        self._prefix = prefix
        self._tracked = tracked
        self._own_path = own_path(source)

    def apply(self) -> Carried:
        count = 0
        skipped: list[Path] = []
        for path in _files(self._source):
            if not stat.S_ISREG(mode := path.lstat().st_mode) and not stat.S_ISLNK(mode):
                skipped.append(path)
            else:
                count += self._carry(path)
        count += self._take_away()
        for name in _META_FILES:
            if (self._source / "conda-meta" / name).is_file():
                shutil.copy2(self._source / "conda-meta" / name, self._copy / "conda-meta" / name)
        return Carried(count, tuple(skipped))

    def _carry(self, path: Path) -> bool:
        """Bring over one file or link, unless the copy has it; whether that was necessary."""
        target = self._copy / path.relative_to(self._source)
        if path.is_symlink():
            return self._carry_link(path, target)
        if self._is_as_installed(path) or _same(path, target):
            return False
        text = self._own_text(path)
        if text is not None and _holds(target, text):
            return False
        self._make_room(target)
        if text is None:
            shutil.copy2(path, target)
        else:
            target.write_bytes(text)
            shutil.copystat(path, target)
        return True

    def _carry_link(self, path: Path, target: Path) -> bool:
        link = path.readlink()
        if link.is_relative_to(self._source):
            link = self._prefix / link.relative_to(self._source)
        if target.is_symlink() and target.readlink() == link:
            return False
        self._make_room(target)
        target.symlink_to(link)
        return True

    def _is_as_installed(self, path: Path) -> bool:
        """The installer has fitted it to its prefix, and nobody has changed it since; the copy has one of its own.

        What is not text cannot be fitted again, so of that the copy keeps its own in any case.
        """
        installed = self._tracked.rewritten.get(path.relative_to(self._source).as_posix())
        return installed is not None and (installed == _sha256(path) or not _is_text(path))

    def _take_away(self) -> int:
        """Delete from the copy what its packages brought and the source has no more."""
        count = 0
        root = os.path.realpath(self._copy)
        for name in self._tracked.paths:
            target = self._copy / name
            if not _SKIPPED.isdisjoint(name.split("/")) or os.path.lexists(self._source / name):
                continue
            is_ours = Path(os.path.realpath(target.parent)).is_relative_to(root)  # a link may lead elsewhere
            if is_ours and os.path.lexists(target) and (target.is_symlink() or not target.is_dir()):
                target.unlink()
                count += 1
        return count

    def _own_text(self, path: Path) -> bytes | None:
        """A text file that speaks of its new prefix; None for one that does not hold the old one, or is not text."""
        if not _is_text(path):
            return None
        data = path.read_bytes()
        if b"\0" in data or not self._own_path.search(data):
            return None
        return self._own_path.sub(lambda _: os.fsencode(self._prefix), data)

    def _make_room(self, target: Path) -> None:
        """Where the source has a folder or a file, the copy may have something else of that name."""
        for parent in [*target.relative_to(self._copy).parents][-2::-1]:
            folder = self._copy / parent
            if folder.is_symlink() or folder.is_file():
                folder.unlink()
            folder.mkdir(exist_ok=True)
        remove_tree(target)
        target.unlink(missing_ok=True)


def _files(prefix: Path) -> Iterator[Path]:
    """Every file and link of a prefix but its records, its bytecode, and environments nested in it."""
    for folder, subfolders, names in os.walk(prefix, onerror=raise_error):
        here = Path(folder)
        if here == prefix:
            subfolders[:] = [name for name in subfolders if name not in {"conda-meta", "envs", "pkgs"}]
        for name in list(subfolders):
            if name in _SKIPPED or (here / name / "conda-meta").is_dir():
                subfolders.remove(name)
            elif (here / name).is_symlink():
                subfolders.remove(name)
                yield here / name
        yield from (here / name for name in names)


def raise_error(error: OSError) -> NoReturn:
    """For ``os.walk``, which would pass over what it cannot read."""
    raise error


def own_path(prefix: Path) -> re.Pattern[bytes]:
    """Finds a prefix in text: the prefix itself, and not one whose name only begins like it."""
    return re.compile(re.escape(os.fsencode(prefix)) + rb"(?![\w+~@%\x80-\xff-]|\.\w)")


def _same(left: Path, right: Path) -> bool:
    """The same file by hard link, or equal contents."""
    if right.is_symlink() or not right.is_file():
        return False
    return left.samefile(right) or filecmp.cmp(left, right, shallow=False)


def _holds(path: Path, data: bytes) -> bool:
    """It is a file with just this content."""
    return not path.is_symlink() and path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data


def _is_text(path: Path) -> bool:
    """By size and beginning."""
    with path.open("rb") as file:
        return path.stat().st_size <= _TEXT_SIZE and b"\0" not in file.read(_BLOCK)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
