"""Announce jobs to the other users of a machine, by file locks in a folder that all users can write to.

Each user has one empty file. Each write-locked byte of it is one job that waits or runs. The locks are open file
description locks (fcntl(2)): only the owner of a file can open it for writing and lock it, all users can see the locks,
and the system releases one when the last process that has it ends. A file counts for its owner, whatever its name.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ..envs.trust import Account
from ..system import system

_PART = 1000
"""Number of bytes for waiting jobs; the same for running jobs; then the same for waiting and running plans."""

_MAX_FILES = 10_000
"""Maximum number of files that are read."""

_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Share:
    """The jobs of one user."""

    running: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Slots:
    """The jobs of all users, or their plans, which are counted separately.

    Attributes:
        folder: of the lock files.
        is_plan: whether these are plans.
    """

    folder: str
    is_plan: bool

    @property
    def _waiting(self) -> int:
        return 2 * _PART if self.is_plan else 0

    @property
    def _running(self) -> int:
        return self._waiting + _PART

    def hold(self, *, runs: bool) -> int | None:
        """Announce a job of this user.

        Returns:
            A descriptor: the job counts while a process has it open. None if it cannot be announced.
        """
        start = self._running if runs else self._waiting
        with suppress(OSError):
            descriptor = _open_own(self.folder)
            if any(system.lock_byte(descriptor, place) for place in range(start, start + _PART)):
                return descriptor
            os.close(descriptor)
        return None

    def look(self, most: int) -> dict[int, Share]:
        """Count the jobs of each user.

        Args:
            most: maximum count for one user, who may hold locks without jobs.
        """
        shares: dict[int, Share] = {}
        for descriptor, owner in _files(self.folder):
            known = shares.get(owner, Share())
            shares[owner] = Share(
                min(most, known.running + _count(descriptor, self._running, most)),
                min(most, known.waiting + _count(descriptor, self._waiting, most)),
            )
        return shares


def why_not(folder: str) -> str:
    """Return why jobs cannot be announced in a folder, as part of a sentence; empty if they can."""
    if not system.can_count_locks:
        return "this system lacks locks of open file descriptions"
    try:
        status = Path(folder).stat()
    except OSError as error:
        return f"{folder} cannot be used: {error.strerror}"
    account = Account.current()
    is_owned = status.st_uid == account.uid or account.is_root(status.st_uid, status.st_dev)
    is_shared = status.st_mode & 0o022
    rules = {
        "is not a folder": stat.S_ISDIR(status.st_mode),
        "does not belong to root": is_owned,
        "lacks the sticky bit, so users can delete files of others": not is_shared or _is_sticky(status),
        "cannot be written to": os.access(folder, os.R_OK | os.W_OK | os.X_OK),
    }
    return next((f"{folder} {words}" for words, is_so in rules.items() if not is_so), "")


def _is_sticky(status: os.stat_result) -> bool:
    return bool(status.st_mode & stat.S_ISVTX)


def _open_own(folder: str) -> int:
    """Open or create the lock file of this user; under another name if another account has taken the usual one.

    Raises:
        OSError: it cannot be created.
    """
    user = os.geteuid()
    for path in _own_paths(folder, str(user)):
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDWR | _FLAGS)
            if _owner(descriptor) == user:
                return descriptor
            os.close(descriptor)
    try:
        descriptor = os.open(f"{folder}/{user}", os.O_RDWR | os.O_CREAT | os.O_EXCL | _FLAGS, 0o644)
    except OSError:
        descriptor, _ = tempfile.mkstemp(prefix=f"{user}-", dir=folder)
    os.fchmod(descriptor, 0o644)  # regardless of the umask, so that other users can count the locks
    return descriptor


def _own_paths(folder: str, user: str) -> Iterator[str]:
    yield f"{folder}/{user}"
    yield from (path for path in _paths(folder) if path.startswith(f"{folder}/{user}-"))


def _paths(folder: str) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.path for entry in islice(entries, _MAX_FILES)]


def _files(folder: str) -> Iterator[tuple[int, int]]:
    """Yield the descriptor and the owner of each regular file in a folder."""
    for path in _paths(folder):
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | _FLAGS)
            try:
                owner = _owner(descriptor)
                if owner is not None:
                    yield descriptor, owner
            finally:
                os.close(descriptor)


def _owner(descriptor: int) -> int | None:
    """Return the owner of a regular file; None for anything else."""
    status = os.fstat(descriptor)
    return status.st_uid if stat.S_ISREG(status.st_mode) else None


def _count(descriptor: int, start: int, most: int) -> int:
    """Count the write locks in a part of a file, up to a number. Read locks do not count: other users can take them."""
    found, ranges = 0, [(start, start + _PART)]
    while ranges and found < most:
        low, high = ranges.pop()
        if lock := system.locked_range(descriptor, low, high):
            found += 1
            ranges += [(a, b) for a, b in ((low, lock[0]), (lock[1], high)) if a < b]
    return found
