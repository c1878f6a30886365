"""Announce jobs to the other users of a machine, by locks on one empty file per user in a folder that all can write to.

A byte of the file that is write-locked stands for one job that waits or runs. The locks are those of open file
descriptions (fcntl(2)): only the owner of a file can open it for writing and take one, everybody can see them, and the
system takes one back when the last process that has it has ended. A file counts for its owner, whatever its name is.
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
"""Bytes of a file for the jobs that wait, and as many for those that run; then the same for plans."""

_MAX_FILES = 10_000
"""Files that one look opens."""

_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Share:
    """What one user has of a machine: jobs that run, and jobs that wait."""

    running: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Slots:
    """The jobs of one sort in a folder.

    Attributes:
        folder: of the files.
        is_plan: the jobs are plans, which are counted for themselves.
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
            A descriptor: the job counts while a process has it open. None where it cannot be announced.
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
            most: jobs that one user counts as having; the locks of a user may stand for no work.
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
    """Return why jobs cannot be announced in a folder, as a part of a sentence; empty where they can."""
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
        "is no folder": stat.S_ISDIR(status.st_mode),
        "does not belong to root": is_owned,
        "lacks the sticky bit, so that users can delete the files of others": not is_shared or _is_sticky(status),
        "cannot be written to": os.access(folder, os.R_OK | os.W_OK | os.X_OK),
    }
    return next((f"{folder} {words}" for words, is_so in rules.items() if not is_so), "")


def _is_sticky(status: os.stat_result) -> bool:
    return bool(status.st_mode & stat.S_ISVTX)


def _open_own(folder: str) -> int:
    """Open the file of this user for writing. It is made when missing, under another name where one has taken it.

    Raises:
        OSError: it cannot be made.
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
    os.fchmod(descriptor, 0o644)  # whatever the umask is: others count the locks
    return descriptor


def _own_paths(folder: str, user: str) -> Iterator[str]:
    yield f"{folder}/{user}"
    yield from (path for path in _paths(folder) if path.startswith(f"{folder}/{user}-"))


def _paths(folder: str) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.path for entry in islice(entries, _MAX_FILES)]


def _files(folder: str) -> Iterator[tuple[int, int]]:
    """Open the regular files in a folder for reading, one after the other; the descriptor and the owner."""
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
    """Return who owns a regular file; None for what is none."""
    status = os.fstat(descriptor)
    return status.st_uid if stat.S_ISREG(status.st_mode) else None


def _count(descriptor: int, start: int, most: int) -> int:
    """Count the write locks in a part of a file, up to a number. Read locks, which others can take, do not count."""
    found, ranges = 0, [(start, start + _PART)]
    while ranges and found < most:
        low, high = ranges.pop()
        if lock := system.locked_range(descriptor, low, high):
            found += 1
            ranges += [(a, b) for a, b in ((low, lock[0]), (lock[1], high)) if a < b]
    return found
