"""One operation a prefix, and one submission, at a time: across all servers, workers and command lines of a person.

Where a group may write into the folder of a prefix, there is a second lock in that folder, which all its members share.

The system takes a lock back when its holder ends, but the file stays: if one that another process has just opened were
deleted, two could hold what they take for one lock. Files that have not been used for a month are deleted all the same:
under the lock, and a process that takes a lock looks whether its file has still that name.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import stat
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TextIO

from jupyter_core.paths import jupyter_data_dir

from ..envs.trust import account_name
from ..errors import Busy, StoreFailed
from ..models import environment_id

_UNUSED = 30 * 24 * 3600.0
"""Seconds since it was last taken after which the file of a lock is deleted."""

_COMMON = ".envkernels-lock"
"""End of the names of locks in folders of groups."""

_LONGEST = 200
"""Characters of the name of a holder that are read."""

_SAFELY = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@contextmanager
def prefix_lock(prefix: Path, holder: str, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock of a prefix; the system releases it when the process ends, however it ends.

    Args:
        prefix: the prefix; it need not exist.
        holder: who holds it, for the message that others get.
        shared: several readers may hold it together, such as clones of one source.

    Raises:
        Busy: another process holds it; the message says who.
        StoreFailed: there can be no lock.
    """
    own = _locks_dir() / f"{environment_id(prefix)}.lock"
    with _take(own, _open, prefix, holder, shared=shared), _common_lock(prefix, shared=shared):
        yield


def sweep_locks(folders: Iterable[Path] = ()) -> None:
    """Delete the files of locks that have not been taken for a month.

    Args:
        folders: of prefixes; locks that this account has made there count as well.
    """
    old = time.time() - _UNUSED
    for folder, pattern in ((_locks_dir(), "*.lock"), *((folder, f".*{_COMMON}") for folder in folders)):
        with suppress(OSError):
            for path in list(folder.glob(pattern)):
                _sweep(path, old)


def _sweep(path: Path, old: float) -> None:
    with suppress(OSError), os.fdopen(os.open(path, _SAFELY), "r+") as file:
        found = os.fstat(file.fileno())
        if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and found.st_mtime < old:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(path.stat(), found):  # and not a new one of that name
                path.unlink()


def _take(path: Path, open_file: Callable[[Path], int], prefix: Path, holder: str, *, shared: bool) -> TextIO:
    """Return the open file, locked, under its name, and with the name of its holder in it."""
    while True:
        file = os.fdopen(open_file(path), "r+", encoding="utf-8", errors="replace")
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            with file:
                other = "".join(filter(str.isprintable, file.read(_LONGEST))).strip() or "another operation"
            raise Busy(f"{prefix} is in use by {other}.", remedy="Wait until that is over.") from None
        with suppress(FileNotFoundError):
            if os.path.samestat(path.lstat(), os.fstat(file.fileno())):
                file.truncate(0)
                file.write(holder)
                file.flush()
                return file
        file.close()  # it was deleted between the two steps


@contextmanager
def _common_lock(prefix: Path, *, shared: bool) -> Iterator[None]:
    """Hold the lock of all who may write into the folder of a prefix, where that is a group.

    Readers that may not write there go without, and heed the marks of jobs. Where every account may write, the folder
    is sticky, and none changes what belongs to another.
    """
    path = prefix.with_name(f".{environment_id(prefix)}{_COMMON}")
    with ExitStack() as held:
        try:
            if _is_for_a_group(prefix.parent):
                held.enter_context(
                    _take(path, _open_common, prefix, f"a job of {account_name(os.geteuid())}", shared=shared)
                )
        except OSError:
            if not shared and os.path.lexists(path):
                owner = account_name(path.lstat().st_uid)
                raise Busy(f"{prefix} is in use by a job of {owner}.", remedy="Wait until that is over.") from None
        yield


def _is_for_a_group(folder: Path) -> bool:
    mode = folder.stat().st_mode
    return bool(mode & stat.S_IWGRP) and not mode & stat.S_IWOTH


def _open_common(path: Path) -> int:
    """Open the file of a lock in a folder of a group, or make it.

    Raises:
        StoreFailed: what is there is no file for a lock.
        OSError: it cannot be opened.
    """
    folder = path.parent.stat()
    while True:
        with suppress(FileExistsError):
            descriptor = os.open(path, _SAFELY | os.O_CREAT | os.O_EXCL, 0o600)
            with suppress(PermissionError):  # this account is no member of the group
                os.fchown(descriptor, -1, folder.st_gid)
                os.fchmod(descriptor, 0o660)
            return descriptor
        with suppress(FileNotFoundError):
            return _open_made(path, folder)


def _open_made(path: Path, folder: os.stat_result) -> int:
    try:
        descriptor = os.open(path, _SAFELY)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _no_lock(path) from None
        raise
    found = os.fstat(descriptor)
    is_plausible = found.st_gid == folder.st_gid or found.st_uid in {os.geteuid(), 0, folder.st_uid}
    if stat.S_ISREG(found.st_mode) and found.st_nlink <= 1 and is_plausible:
        return descriptor
    os.close(descriptor)
    raise _no_lock(path)


def _no_lock(path: Path) -> StoreFailed:
    return StoreFailed(
        f"{path} cannot be a lock: it is a link, no file, or of an account that has no part in this folder.",
        remedy="Delete it, or ask its owner to delete it.",
    )


def _locks_dir() -> Path:
    return Path(jupyter_data_dir(), "envkernels", "locks")  # one folder a person, however jobs are configured


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreFailed(
            f"No lock can be kept in {path.parent}: {error.strerror}.",
            remedy="Make space or permissions there, or set JUPYTER_DATA_DIR to another folder.",
        ) from error


@asynccontextmanager
async def submission_lock(journal_dir: Path) -> AsyncIterator[None]:
    """Wait for, and hold, the right to store a job; the system takes it back when the process ends.

    Where the folder cannot be written to there is no lock, and no job can be stored.
    """
    taking = asyncio.ensure_future(asyncio.to_thread(_open_lock, journal_dir / ".submitting"))
    try:
        descriptor = await asyncio.shield(taking)
    except asyncio.CancelledError:
        taking.add_done_callback(lambda taken: _close(taken.result()))
        raise
    try:
        yield
    finally:
        _close(descriptor)


def _close(descriptor: int | None) -> None:
    if descriptor is not None:
        os.close(descriptor)


def _open_lock(path: Path) -> int | None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor
