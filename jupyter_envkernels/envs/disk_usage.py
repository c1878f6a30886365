"""Measure the disk usage of a prefix as du(1) does: blocks, each inode once. And free space."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from .conda_roots import is_root
from .locations import nearest_existing

_BLOCK = 512  # the unit of st_blocks, see stat(2)
_STEP = 200
_OF_OTHERS = ("envs", "pkgs")


class DiskUsage:
    """Sums up the files below a prefix, a few at a step. Unreadable files do not count.

    The environments and the package cache in the root of an installation do not count, nor do other file systems.

    Args:
        prefix: its real path.
        kept: further paths, which are removed together with it.

    Attributes:
        own: bytes that are freed when the prefix is removed: files without hard links elsewhere, and folders.
        shared: bytes of files that have hard links elsewhere, in the package cache or a clone.
        charged: bytes that count towards a user's limit: a file of the package cache that three environments share
            counts a third in each of them.
    """

    def __init__(self, prefix: str, kept: Iterable[str] = ()) -> None:
        self.own = 0
        self.shared = 0
        self.charged = 0
        self._prefix = prefix
        self._kept = tuple(kept)
        self._links: dict[int, int] = {}  # inode of a file with hard links -> links not seen yet

    @property
    def is_shared(self) -> bool:
        """Return whether any file has hard links elsewhere, be it an empty one."""
        return any(self._links.values())

    def steps(self) -> Iterator[None]:
        """Yield after each step; the attributes are complete at the end."""
        try:
            top = os.lstat(self._prefix)
        except OSError:
            return
        skipped = {f"{self._prefix}/{name}" for name in _OF_OTHERS} if is_root(self._prefix) else set()
        self._count(top)
        folders = [self._prefix, *self._kept]
        for folder in self._kept:
            with suppress(OSError):  # it has been removed by now
                self._count(os.lstat(folder))
        while folders:
            for number, entry in enumerate(_entries(folders.pop()), 1):
                status = None if entry.path in skipped else _status(entry)
                if status and status.st_dev == top.st_dev:
                    self._count(status)
                    if stat.S_ISDIR(status.st_mode):
                        folders.append(entry.path)
                if number % _STEP == 0:
                    yield
            yield

    def _count(self, status: os.stat_result) -> None:
        size = status.st_blocks * _BLOCK
        if status.st_nlink == 1 or stat.S_ISDIR(status.st_mode):
            self.own += size
            self.charged += size
            return
        left = self._links.get(status.st_ino)
        if left is None:
            self.shared += size
            left = status.st_nlink
        self._links[status.st_ino] = left - 1
        if left == 1:  # all links were below the prefix: its removal frees the file
            self.shared -= size
            self.own += size
        else:  # st_nlink - 1 environments share the file: one link is usually that of the package cache
            self.charged += size // (status.st_nlink - 1)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except OSError:
        return None


def free_bytes(path: Path) -> int | None:
    """Return the free bytes where a path is or would be; None if the file system does not say, such as /proc."""
    try:
        there = os.statvfs(nearest_existing(path))
    except OSError:
        return None
    return there.f_bavail * there.f_frsize if there.f_blocks else None
