"""One operation a prefix, and one submission, at a time: across all servers, workers and command lines of a person.

The system takes a lock back when its holder ends, but the file stays, for whoever deletes one that another process has
just opened lets two of them hold what they take for one lock. Files that nobody has used for a month are deleted all
the same: under the lock, and who takes a lock looks whether its file has still that name.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TextIO

from jupyter_core.paths import jupyter_data_dir

from ..errors import Busy, StoreFailed
from ..models import environment_id

_UNUSED = 30 * 24 * 3600.0
"""Seconds since it was last taken after which the file of a lock is deleted."""


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
    with _take(_locks_dir() / f"{environment_id(prefix)}.lock", prefix, shared=shared) as file:
        file.truncate(0)
        file.write(holder)
        file.flush()
        yield


def sweep_locks() -> None:
    """Delete the files of locks that nobody has taken for a month."""
    old = time.time() - _UNUSED
    for path in _locks_dir().glob("*.lock"):
        with suppress(OSError), path.open("r+") as file:
            if os.fstat(file.fileno()).st_mtime < old:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.path.samestat(path.stat(), os.fstat(file.fileno())):  # and not a new one of that name
                    path.unlink()


def _take(path: Path, prefix: Path, *, shared: bool) -> TextIO:
    """The open file, locked, under its name."""
    while True:
        file = os.fdopen(_open(path), "r+", encoding="utf-8", errors="replace")
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            with file:
                holder = file.read().strip() or "another operation"
            raise Busy(f"{prefix} is in use by {holder}.", remedy="Wait until that is over, or cancel it.") from None
        with suppress(FileNotFoundError):
            if os.path.samestat(path.stat(), os.fstat(file.fileno())):
                return file
        file.close()  # it was deleted between the two steps


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
