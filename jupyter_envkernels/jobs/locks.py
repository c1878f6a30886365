"""Keep two servers, workers or command lines from changing one prefix, or from submitting jobs, at the same time.

``prefix_lock`` locks a file in the user's data folder. If a group may write to the folder of a prefix, it also locks a
file in that folder, which all members share.

The system releases a lock when its holder ends, but the file stays: if it were deleted while another process opens it,
two processes could hold locks on different files of one name. So files are deleted only after a month without use,
under the lock, and after locking a process checks that its file still has that name.
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
"""Seconds without use after which the file of a lock is deleted."""

_COMMON = ".envkernels-lock"
"""Suffix of lock files in folders of groups."""

_LONGEST = 200
"""Maximum length of the name of a holder."""

_SAFELY = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@contextmanager
def prefix_lock(prefix: Path, holder: str, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock of a prefix. The system releases it when the process ends.

    Args:
        prefix: the prefix; it need not exist.
        holder: name of the holder, for the error message of others.
        shared: take a shared lock, as for the source of a clone.

    Raises:
        Busy: another process holds it; the message says which.
        StoreFailed: the lock cannot be created.
    """
    own = _locks_dir() / f"{environment_id(prefix)}.lock"
    with _take(own, _open, prefix, holder, shared=shared), _common_lock(prefix, shared=shared):
        yield


def sweep_locks(folders: Iterable[Path] = ()) -> None:
    """Delete lock files that were not used for a month.

    Args:
        folders: of prefixes, with lock files of this account.
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
            if os.path.samestat(path.stat(), found):  # not a new file of that name
                path.unlink()


def _take(path: Path, open_file: Callable[[Path], int], prefix: Path, holder: str, *, shared: bool) -> TextIO:
    """Open and lock a file that still has its name, and write the name of the holder into it."""
    while True:
        file = os.fdopen(open_file(path), "r+", encoding="utf-8", errors="replace")
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            with file:
                other = "".join(filter(str.isprintable, file.read(_LONGEST))).strip() or "another operation"
            raise Busy(f"{prefix} is in use by {other}.", remedy="Wait until it ends.") from None
        with suppress(FileNotFoundError):
            if os.path.samestat(path.lstat(), os.fstat(file.fileno())):
                file.truncate(0)
                file.write(holder)
                file.flush()
                return file
        file.close()  # it was deleted between open and flock


@contextmanager
def _common_lock(prefix: Path, *, shared: bool) -> Iterator[None]:
    """Hold the lock that all members of a group share, if the group may write to the folder of a prefix.

    Readers that may not write there take no lock; they check the marks of jobs. If all accounts may write there, the
    folder is sticky, so no account can change environments of another.
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
                raise Busy(f"{prefix} is in use by a job of {owner}.", remedy="Wait until it ends.") from None
        yield


def _is_for_a_group(folder: Path) -> bool:
    mode = folder.stat().st_mode
    return bool(mode & stat.S_IWGRP) and not mode & stat.S_IWOTH


def _open_common(path: Path) -> int:
    """Open or create a lock file in a folder of a group.

    Raises:
        StoreFailed: something else has its name.
        OSError: it cannot be opened.
    """
    folder = path.parent.stat()
    while True:
        with suppress(FileExistsError):
            descriptor = os.open(path, _SAFELY | os.O_CREAT | os.O_EXCL, 0o600)
            with suppress(PermissionError):  # this account is not in the group
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
        f"{path} cannot be used as a lock file: it is a link, not a file, or belongs to an unrelated account.",
        remedy="Delete it, or ask its owner to delete it.",
    )


def _locks_dir() -> Path:
    return Path(jupyter_data_dir(), "envkernels", "locks")  # one folder for each user, not configurable


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreFailed(
            f"No lock file can be created in {path.parent}: {error.strerror}.",
            remedy="Free disk space or correct the permissions, or set JUPYTER_DATA_DIR to another folder.",
        ) from error


@asynccontextmanager
async def submission_lock(journal_dir: Path) -> AsyncIterator[None]:
    """Wait for and hold the lock for submitting jobs. The system releases it when the process ends.

    If the folder cannot be written to, there is no lock, and no job can be stored.
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
