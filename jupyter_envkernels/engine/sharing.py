"""Environments in a shared root can be read by those who may enter it, whatever the umask of whoever makes them.

Only modes of what a transaction brings are changed: a person's own files in an environment stay as they are. A file
that is linked elsewhere as well, such as into the cache of packages, gets a copy of its own first.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from .ownership import owned_files

_OURS = {"conda-meta", "__pycache__"}
"""Folders in which nobody keeps files of his own."""


def shared_root(prefix: Path, roots: Iterable[Path]) -> Path | None:
    """The shared root that a prefix is in, if any."""
    return next((root for root in roots if prefix.is_relative_to(root)), None)


def make_folder(folder: Path, root: Path | None) -> None:
    """Make a folder for environments, with those above it.

    Args:
        folder: which may be there.
        root: the shared root that it belongs to: what is made from it on can be entered by others.

    Raises:
        OSError: it cannot be made.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in missing:
        if root is not None and path.is_relative_to(root):
            path.chmod(path.stat().st_mode | 0o055)


def open_to_others(prefix: Path, root: Path, former: Path | None) -> None:
    """Let those who may enter the root read what is in a prefix, and run its programs.

    Args:
        prefix: the environment.
        root: the shared root that it is in.
        former: what it was made from, if anything: files that are no package's have stayed as they were there.

    Raises:
        InvalidSpec: a package record is unreadable.
        OSError: a file cannot be copied.
    """
    mode = root.stat().st_mode
    bits = (0o050 if mode & stat.S_IXGRP else 0) | (0o005 if mode & stat.S_IXOTH else 0)
    folders = {prefix}
    for path in _brought(prefix, former):
        with suppress(PermissionError, FileNotFoundError):  # somebody else's, who shares it; a file of a moment
            _open_file(path, bits)
        folders.add(path.parent)
    above = {parent for folder in folders for parent in folder.parents if parent.is_relative_to(prefix)}
    for folder in folders | above:
        with suppress(PermissionError):
            folder.chmod(stat.S_IMODE(folder.stat().st_mode) | bits)


def _brought(prefix: Path, former: Path | None) -> Iterator[Path]:
    """The files and links that transactions have brought."""
    owned = owned_files(prefix)
    for name, _, files in os.walk(prefix):
        folder = Path(name)
        for file in files:
            place = (folder / file).relative_to(prefix)
            is_ours = folder.name in _OURS or place.as_posix() in owned
            if is_ours or former is None or not os.path.lexists(former / place):
                yield folder / file


def _open_file(path: Path, bits: int) -> None:
    found = path.lstat()
    mode = stat.S_IMODE(found.st_mode)
    wanted = mode | (bits & 0o044) | (bits & 0o011 if mode & stat.S_IXUSR else 0)
    if wanted == mode or not stat.S_ISREG(found.st_mode):
        return
    if found.st_nlink > 1:
        _separate(path)
    path.chmod(wanted)


def _separate(path: Path) -> None:
    """Put a copy of a file in its place."""
    descriptor, name = tempfile.mkstemp(prefix=".envkernels-", dir=path.parent)
    os.close(descriptor)
    fresh = Path(name)
    try:
        shutil.copy2(path, fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
