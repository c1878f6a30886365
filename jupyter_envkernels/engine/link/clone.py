"""Clone a prefix to another path, by hard links where possible.

Files are shared as environments share them with the package cache: programs replace such files instead of changing them
in place. Files that were changed after their installation may be changed in place again, so they are copied.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from ...envs.conda_roots import is_root
from ...system import system
from ..progress import Tally
from .manifest import Owned, owned_files
from .package_records import enter_hashes
from .relocate import Relocator
from .tree import (
    CACHE,
    META,
    BringFile,
    Folder,
    bring,
    copy_record,
    copy_whole,
    is_bytecode,
    list_tree,
    reading,
    rebuild,
    share,
)

_NOT_CLONED = {"envs/", "pkgs/"}
"""Folders of a base environment that are not part of it."""

_CLONED_META = {"state", "pinned"}

_TEXT_SIZE = 8 << 20
"""Maximum size in bytes of an unowned file that is searched for the prefix."""

_BLOCK = 1 << 16


def clone(source: Path, copy: Path, prefix: Path, tally: Tally) -> tuple[Path, ...]:
    """Clone an environment with all files, relocated to another prefix.

    Nested environments and the history are omitted, and the folders ``envs`` and ``pkgs`` of a base environment.

    Args:
        source: the prefix to clone; it is only read.
        copy: the staging prefix, which may exist. Its own mode is not changed.
        prefix: the final prefix.
        tally: counts files and links.

    Returns:
        The paths that were skipped: sockets, pipes and devices.

    Raises:
        LinkFailed: a binary of the source has no room for the new prefix.
        Forbidden: a part of the source may not be read.
        InvalidSpec: a record of the source is unreadable.
        OSError: a file or folder cannot be created.
    """
    with reading(source):
        return _Clone(source, copy, prefix).run(tally)


class _Clone:
    """One run of :func:`clone`."""

    def __init__(self, source: Path, copy: Path, prefix: Path) -> None:
        self._source = source
        self._copy = copy
        self._prefix = prefix
        self._relocator = Relocator(source, prefix)
        self._owned = owned_files(source)
        self._fitted: dict[str, str] = {}
        self._rewritten: set[str] = set()
        self._copied: dict[tuple[int, int], str] = {}

    def run(self, tally: Tally) -> tuple[Path, ...]:
        skipped: list[str] = []
        left_out = _NOT_CLONED if is_root(self._source) else ()
        folders = list_tree(self._source, lambda place: place not in left_out, nested=False)
        for folder in folders:
            if folder.place == META:
                folder.entries[:] = [e for e in folder.entries if e.name.endswith(".json") or e.name in _CLONED_META]
        tally.total = sum(len(folder.entries) for folder in folders)
        for folder, target in rebuild(folders, self._copy):
            bring_file = self._way(folder)
            for entry in folder.entries:
                tally.done += 1
                if not bring(folder, entry, target + entry.name, bring_file, self._link):
                    skipped.append(entry.path)
        self._note_hashes()
        return tuple(map(Path, skipped))

    def _way(self, folder: Folder) -> BringFile:
        """Return the function that copies the files of a folder."""
        if folder.place == META:
            return copy_record
        return self._bring_bytecode if is_bytecode(folder.place) else self._bring_file

    def _bring_file(self, folder: Folder, entry: os.DirEntry[str], target: str) -> None:
        place = folder.place + entry.name
        owned = self._owned.get(place)
        if owned and owned.is_fitted:
            self._fit(entry.path, target, place)
        elif owned and not owned.may_hold_prefix and _is_unchanged(entry, owned):
            share(entry.path, target)
        elif (text := self._own_text(entry.path)) is not None:
            _write(entry.path, target, text)
            self._rewritten.add(place)
        elif owned and _is_unchanged(entry, owned):
            share(entry.path, target)
        else:
            self._copy_own(entry, target)

    def _copy_own(self, entry: os.DirEntry[str], target: str) -> None:
        """Copy a file; preserve hard links between files of the source."""
        found = entry.stat(follow_symlinks=False)
        node = found.st_dev, found.st_ino
        if first := self._copied.get(node):
            share(first, target)
            return
        copy_whole(entry.path, target)
        if found.st_nlink > 1:
            self._copied[node] = target

    def _bring_bytecode(self, folder: Folder, entry: os.DirEntry[str], target: str) -> None:
        """Link bytecode unless its source was relocated: it contains the prefix, too, and Python would not notice."""
        if not entry.name.endswith(".pyc"):
            self._bring_file(folder, entry, target)
        elif f"{folder.place[: -len(CACHE) - 1]}{entry.name.split('.', 1)[0]}.py" not in self._rewritten:
            share(entry.path, target)

    def _fit(self, path: str, target: str, place: str) -> None:
        data = Path(path).read_bytes()
        fitted = self._relocator.binary(data) if b"\0" in data else self._relocator.text(data) or data
        _write(path, target, fitted)
        if b"\0" in data and system.sign(Path(target)):
            fitted = Path(target).read_bytes()
        self._fitted[place] = hashlib.sha256(fitted).hexdigest()
        self._rewritten.add(place)

    def _own_text(self, path: str) -> bytes | None:
        """Return the content of a text file, relocated; None if it does not contain the prefix, or is not text."""
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size > _TEXT_SIZE:
                return None
            data = file.read(_BLOCK)
            if b"\0" in data:
                return None
            data += file.read()
        return None if b"\0" in data else self._relocator.text(data)

    def _link(self, path: str) -> str:
        link = Path(os.readlink(path))
        return str(self._prefix / link.relative_to(self._source) if link.is_relative_to(self._source) else link)

    def _note_hashes(self) -> None:
        """Update the hashes of relocated files in the records."""
        for name in sorted({self._owned[place].record for place in self._fitted}):
            enter_hashes(self._copy / META / name, self._fitted)


def _write(path: str, target: str, data: bytes) -> None:
    Path(target).write_bytes(data)
    shutil.copystat(path, target)


def _is_unchanged(entry: os.DirEntry[str], owned: Owned) -> bool:
    return entry.stat(follow_symlinks=False).st_mtime_ns <= owned.since
