"""Archives of which the beginning is there: files that stay when a download breaks off, or a job is killed.

A file is locked by who writes it. Its name is the hash of the whole, so that it does not matter which job began it, or
from which mirror the rest comes. Without the engine, so that a server can delete those that are not continued.
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
"""Name of their folder beside the package cache."""

_KEPT = 7 * 24 * 3600.0
"""Seconds without a byte after which a download is not continued any more."""


def part_of(folder: Path, package: PlannedPackage) -> Path:
    """Return where the archive of a package grows."""
    return folder / f"{package.sha256}{'.tar.bz2' if package.url.endswith('.tar.bz2') else '.conda'}"


def tree_of(part: Path) -> Path:
    """Return where an archive is extracted."""
    return part.with_name(f"{part.name}.tree")


def sweep_parts(folder: Path) -> None:
    """Delete downloads that were not continued for a week, and what killed processes were extracting."""
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
    """An archive that grows, open and locked. Use it as a context manager.

    Args:
        path: the file; made when missing.
        wait: called when another process writes to it, before this one waits for that; None not to wait.

    Raises:
        BlockingIOError: another process writes to it.
        OSError: it cannot be written.
    """

    def __init__(self, path: Path, wait: Callable[[], None] | None = None) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        # without a buffer: what has come is there when the process is killed
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        try:
            self._lock(wait)
        except BaseException:
            os.close(self._descriptor)
            raise
        #: What is there has come in more than one answer.
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
        """Return whether another process has deleted it meanwhile: the archive is complete, or worth nothing."""
        return os.fstat(self._descriptor).st_nlink == 0

    def size(self) -> int:
        """Bytes that are there."""
        return os.fstat(self._descriptor).st_size

    def head(self, length: int) -> bytes:
        """Return the first bytes of it."""
        return os.pread(self._descriptor, length, 0)

    def append(self, data: bytes) -> None:
        """Write at its end."""
        rest = memoryview(data)
        while rest:  # a disk that is nearly full takes a part
            rest = rest[os.write(self._descriptor, rest) :]

    def empty(self) -> None:
        """Begin again."""
        os.ftruncate(self._descriptor, 0)
        self.is_joined = False

    def delete(self) -> None:
        """Delete what there is of it."""
        self.path.unlink(missing_ok=True)


class TooManyBytes(Exception):
    """A server sends more than the archive has."""


class RangeResponse:
    """Takes the bytes of one answer of a server, from whichever thread, and appends them to a part.

    Args:
        part: the archive.
        limit: bytes that it has when it is complete.
    """

    def __init__(self, part: Part, limit: int) -> None:
        self._part = part
        self._limit = limit
        self._lock = threading.Lock()
        self._is_rest = part.size() > 0
        self._has_ended = False
        #: When the last bytes came, by ``time.monotonic``.
        self.last_sign = time.monotonic()

    def write(self, data: bytes) -> None:
        """Take the next bytes.

        Raises:
            TooManyBytes: they exceed the limit; they are not written.
            OSError: they cannot be written, or are not wanted any more.
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
        """The first bytes of what should be the rest.

        A server that knows no ranges answers with the whole, and the client does not tell which of both it is.
        """
        self._is_rest = False
        head = self._part.head(len(data))
        if head == data[: len(head)]:
            self._part.empty()
        else:
            self._part.is_joined = True

    def end(self) -> None:
        """Take nothing any more: a request that was given up may go on in the engine's threads."""
        with self._lock:
            self._has_ended = True
