"""The log file of a job, which stays within bounds however much the job prints.

What is printed first is written as it comes, of the rest only samples: the newest lines each time that the output has
doubled, and the last lines of all, after a line that says how much is missing. The file is only ever appended to, so an
offset into it stays right; and it grows with the logarithm of the output: for a terabyte to less than 10 MB.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from pathlib import Path

HEAD = 4 * 1024 * 1024
"""Bytes that are written as they come."""

TAIL = 256 * 1024
"""Bytes of a sample, at most."""


class LogFile:
    """Appends lines to a log. Its methods may be called from any thread; a full disk costs lines and nothing else.

    Args:
        path: of the file, which may hold something already.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._lock = threading.Lock()
        self._seen = self._file.tell()
        self._next_sample = 2 * HEAD
        self._kept: deque[bytes] = deque()
        self._kept_bytes = 0
        self._missing = 0

    def write(self, lines: bytes) -> None:
        """Append lines, or remember them for the next sample."""
        with self._lock:
            was_short = self._seen <= HEAD
            self._seen += len(lines)
            if self._seen <= HEAD:
                self._append(lines)
                return
            if was_short:
                self._append(b"... There is much output: from here on only samples of it are kept ...\n")
            self._keep(lines)
            if self._seen >= self._next_sample:
                self._next_sample = 2 * self._seen
                self._write_sample()

    def flush(self) -> None:
        """Append what is remembered."""
        with self._lock:
            self._write_sample()

    def close(self) -> None:
        """Append what is remembered, and close the file."""
        self.flush()
        self._file.close()

    def _keep(self, lines: bytes) -> None:
        self._kept.append(lines)
        self._kept_bytes += len(lines)
        while self._kept_bytes > TAIL and len(self._kept) > 1:
            oldest = len(self._kept.popleft())
            self._kept_bytes -= oldest
            self._missing += oldest

    def _write_sample(self) -> None:
        if self._missing:
            self._append(f"... {self._missing:,} bytes of output are left out here ...\n".encode())
        self._append(b"".join(self._kept))
        self._kept.clear()
        self._kept_bytes = self._missing = 0

    def _append(self, data: bytes) -> None:
        with suppress(OSError):
            self._file.write(data)
