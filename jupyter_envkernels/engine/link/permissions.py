"""Set modes in shared roots, so that all who can enter a root can read its environments, regardless of the umask.

Only files that a transaction installs are changed, not files of the user. A file with other hard links, such as in the
package cache, is copied first.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Container, Iterable
from contextlib import suppress
from pathlib import Path

from ...system import system
from .manifest import owned_files

_OURS = {"conda-meta", "__pycache__"}
"""Folders without files of users."""


def shared_root(prefix: Path, roots: Iterable[Path]) -> Path | None:
    """Return the shared root that a prefix is in, if any."""
    return next((root for root in roots if prefix.is_relative_to(root)), None)


def make_folder(folder: Path, root: Path | None) -> None:
    """Create a folder for environments, with its parents.

    Args:
        folder: the folder, which may exist.
        root: its shared root: new folders in it can be entered by others.

    Raises:
        OSError: it cannot be created.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        with suppress(FileExistsError):
            path.mkdir()
            if root is not None and path.is_relative_to(root):
                system.set_mode(path, stat.S_IMODE(path.lstat().st_mode) | 0o055)


def open_to_others(prefix: Path, root: Path, former: Path | None) -> None:
    """Allow all who can enter the root to read a prefix, and to run its programs.

    Symlinks are never followed, even if one replaces a folder or file meanwhile.

    Args:
        prefix: the environment.
        root: its shared root.
        former: the previous version or source, if any; unowned files that exist there keep their modes.

    Raises:
        InvalidSpec: a package record is unreadable.
        OSError: a file cannot be copied.
    """
    mode = root.stat().st_mode
    bits = (0o050 if mode & stat.S_IXGRP else 0) | (0o005 if mode & stat.S_IXOTH else 0)
    owned = owned_files(prefix)
    to_open = {prefix}
    for name, _, files, descriptor in os.fwalk(prefix, topdown=False):
        folder = Path(name)
        brought = [file for file in files if _is_brought(folder / file, prefix, owned, former)]
        for file in brought:
            with suppress(PermissionError, FileNotFoundError):  # a shared file of another account; a temporary file
                _open_file(file, descriptor, bits)
        if brought or folder in to_open:
            to_open.add(folder.parent)
            with suppress(PermissionError):
                os.fchmod(descriptor, stat.S_IMODE(os.fstat(descriptor).st_mode) | bits)


def _is_brought(path: Path, prefix: Path, owned: Container[str], former: Path | None) -> bool:
    """Return whether a transaction has installed a file or link."""
    place = path.relative_to(prefix)
    is_ours = path.parent.name in _OURS or place.as_posix() in owned
    return is_ours or former is None or not os.path.lexists(former / place)


def _open_file(name: str, folder: int, bits: int) -> None:
    """Add mode bits to a regular file.

    Args:
        name: of the file.
        folder: descriptor of its folder.
        bits: mode bits, as for a folder.
    """
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError as error:
        if error.errno in _NO_FILE:
            return
        raise
    try:
        found = os.fstat(descriptor)
        mode = stat.S_IMODE(found.st_mode)
        wanted = mode | (bits & 0o044) | (bits & 0o011 if mode & stat.S_IXUSR else 0)
        if wanted == mode or not stat.S_ISREG(found.st_mode):
            return
        if found.st_nlink > 1:
            _separate(name, folder, descriptor, wanted)
        else:
            os.fchmod(descriptor, wanted)
    finally:
        os.close(descriptor)


_NO_FILE = {errno.ELOOP, errno.ENXIO, errno.EOPNOTSUPP}
"""Errors on opening a link or a socket."""


def _separate(name: str, folder: int, original: int, mode: int) -> None:
    """Replace a file by a copy."""
    fresh = f".envkernels-{secrets.token_hex(8)}"
    found = os.fstat(original)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=folder)
    try:
        with os.fdopen(original, "rb", closefd=False) as content, os.fdopen(descriptor, "wb") as copy:
            shutil.copyfileobj(content, copy)
            copy.flush()
            os.utime(descriptor, ns=(found.st_atime_ns, found.st_mtime_ns))
            os.fchmod(descriptor, mode)
        os.replace(fresh, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        os.unlink(fresh, dir_fd=folder)
        raise
