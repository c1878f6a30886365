"""The bytes that a prefix takes on disk, as du(1) counts them: blocks, each inode once. And those that are free."""

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
    """Adds up what lies below a prefix, a few files at a step. What cannot be read does not count.

    Of the root of an installation the environments and the package cache in it do not count; nor do other file systems.

    Args:
        prefix: its real path.
        kept: paths of what goes with it when it is removed.

    Attributes:
        own: bytes that are free when the prefix is removed: of files that have no link elsewhere, and of folders.
        shared: bytes of files that have a hard link elsewhere too, in the package cache or a clone.
        charged: bytes that count towards a person's limit: a file that the package cache and three environments
            have counts by a third in each of them.
    """

    def __init__(self, prefix: str, kept: Iterable[str] = ()) -> None:
        self.own = 0
        self.shared = 0
        self.charged = 0
        self._prefix = prefix
        self._kept = tuple(kept)
        self._links: dict[int, int] = {}  # of a file that counts as shared: how many of its links we have not seen

    def steps(self) -> Iterator[None]:
        """Yield at each step; the attributes are true when there is no further one."""
        try:
            top = os.lstat(self._prefix)
        except OSError:
            return
        skipped = {f"{self._prefix}/{name}" for name in _OF_OTHERS} if is_root(self._prefix) else set()
        self._count(top)
        folders = [self._prefix, *self._kept]
        for folder in self._kept:
            with suppress(OSError):  # its day is over
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
        if left == 1:  # the last of its links, and all were here
            self.shared -= size
            self.own += size
        else:  # one link of each file is the package cache's, as a rule
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
    """Return what is free where a path is, or would be; None where the file system does not tell, as /proc."""
    try:
        there = os.statvfs(nearest_existing(path))
    except OSError:
        return None
    return there.f_bavail * there.f_frsize if there.f_blocks else None
