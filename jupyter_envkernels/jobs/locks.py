"""One operation a prefix, and one submission, at a time: across all servers, workers and command lines of a person."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from jupyter_core.paths import jupyter_data_dir

from ..errors import Busy, StoreFailed
from ..models import environment_id


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
    with os.fdopen(_open(prefix), "r+", encoding="utf-8", errors="replace") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"{prefix} is in use by {file.read().strip() or 'another operation'}.",
                remedy="Wait until that is over, or cancel it.",
            ) from None
        file.truncate(0)
        file.write(holder)
        file.flush()
        yield


def _open(prefix: Path) -> int:
    locks_dir = Path(jupyter_data_dir(), "envkernels", "locks")  # one folder a person, however jobs are configured
    try:
        locks_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(locks_dir / f"{environment_id(prefix)}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreFailed(
            f"No lock can be kept in {locks_dir}: {error.strerror}.",
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
