"""Store partly downloaded archives, which remain when a download breaks off or a job is killed.

The process that writes a file holds its lock. Its name is the hash of the complete archive, so that any job can
continue it, from any mirror. Imports no rattler, so that the server can delete old ones.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from ...models import PlannedPackage

if TYPE_CHECKING:
    from typing_extensions import Self

PARTS = "partial"
"""Name of the folder for partial archives beside the package cache."""

_KEPT = 7 * 24 * 3600.0
"""Seconds without a write after which a partial archive is deleted."""


def part_of(folder: Path, package: PlannedPackage) -> Path:
    """Return the path of the partial archive of a package."""
    return folder / f"{package.sha256}{'.tar.bz2' if package.url.endswith('.tar.bz2') else '.conda'}"


def tree_of(part: Path) -> Path:
    """Return the folder into which an archive is extracted."""
    return part.with_name(f"{part.name}.tree")


def sweep_parts(folder: Path) -> None:
    """Delete downloads that were not continued for a week, and half-extracted archives of killed processes."""
    old = time.time() - _KEPT
    for tree in folder.glob("*.tree"):
        with suppress(OSError), Part(tree.with_suffix("")) as part:
            shutil.rmtree(tree, ignore_errors=True)
            if not part.size():
                part.delete()
    for path in folder.glob("*[!e]"):
        with suppress(OSError):
            if path.stat().st_mtime < old:
                with Part(path) as part:
                    part.delete()


class Part:
    """A partial archive, open and locked. Use it as a context manager.

    Args:
        path: the file; created if missing.
        wait: called before waiting for another process that holds the lock; None not to wait.

    Raises:
        BlockingIOError: another process holds the lock.
        OSError: it cannot be written.
    """

    def __init__(self, path: Path, wait: Callable[[], None] | None = None) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        # unbuffered, so that a killed process loses nothing
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        try:
            self._lock(wait)
        except BaseException:
            os.close(self._descriptor)
            raise
        #: Whether the bytes come from more than one answer, which may not fit together.
        self.is_joined = self.size() > 0

    def _lock(self, wait: Callable[[], None] | None) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if wait is None:
                raise
            wait()
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)

    def is_gone(self) -> bool:
        """Return whether another process has deleted the file, because the archive was complete or damaged."""
        return os.fstat(self._descriptor).st_nlink == 0

    def size(self) -> int:
        """Return the size in bytes."""
        return os.fstat(self._descriptor).st_size

    def head(self, length: int) -> bytes:
        """Return the first bytes."""
        return os.pread(self._descriptor, length, 0)

    def append(self, data: bytes) -> None:
        """Append bytes."""
        rest = memoryview(data)
        while rest:  # a disk that is nearly full may write only a part
            rest = rest[os.write(self._descriptor, rest) :]

    def empty(self) -> None:
        """Truncate the file."""
        os.ftruncate(self._descriptor, 0)
        self.is_joined = False

    def delete(self) -> None:
        """Delete the file."""
        self.path.unlink(missing_ok=True)


class TooManyBytes(Exception):
    """A server sends more bytes than the archive has."""


class RangeResponse:
    """Appends the bytes of one answer of a server, from any thread, to a partial archive.

    Args:
        part: the archive.
        limit: size of the complete archive in bytes.
    """

    def __init__(self, part: Part, limit: int) -> None:
        self._part = part
        self._limit = limit
        self._lock = threading.Lock()
        self._is_rest = part.size() > 0
        self._has_ended = False
        #: Time of the last bytes, by ``time.monotonic``.
        self.last_sign = time.monotonic()

    def write(self, data: bytes) -> None:
        """Append the next bytes.

        Raises:
            TooManyBytes: they exceed the limit; they are not written.
            OSError: they cannot be written, or :meth:`end` was called.
        """
        with self._lock:
            if self._has_ended:
                raise BrokenPipeError
            if self._is_rest:
                self._begin(data)
            if self._part.size() + len(data) > self._limit:
                raise TooManyBytes
            self._part.append(data)
            self.last_sign = time.monotonic()

    def _begin(self, data: bytes) -> None:
        """Check whether the answer is the rest of the archive, or the whole.

        A server without range requests answers with the whole, and the client does not report its status.
        """
        self._is_rest = False
        head = self._part.head(len(data))
        if head == data[: len(head)]:
            self._part.empty()
        else:
            self._part.is_joined = True

    def end(self) -> None:
        """Refuse further bytes: a request that was cancelled may go on in the engine's threads."""
        with self._lock:
            self._has_ended = True
