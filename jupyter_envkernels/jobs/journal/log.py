"""Write the log file of a job: its first lines as they come, and its last lines, with a gap between if necessary.

The file is append-only, so offsets into it stay valid.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from pathlib import Path

HEAD = 4 * 1024 * 1024
"""Maximum size of the first lines in bytes."""

TAIL = 256 * 1024
"""Maximum size of the last lines in bytes."""


class LogFile:
    """Appends lines to a log. Methods may be called from any thread; if the disk is full, lines are dropped.

    Args:
        path: of the file, which may exist.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._lock = threading.Lock()
        self._room = HEAD - self._file.tell()
        self._last: deque[bytes] = deque()
        self._last_bytes = 0
        self._missing = 0

    def write(self, lines: bytes) -> None:
        """Append lines; after :data:`HEAD` bytes, keep the last ones for :meth:`flush`."""
        with self._lock:
            self._room -= len(lines)
            if self._room >= 0:
                self._append(lines)
                return
            self._last.append(lines)
            self._last_bytes += len(lines)
            while self._last_bytes > TAIL and len(self._last) > 1:
                self._last_bytes -= len(self._last[0])
                self._missing += len(self._last.popleft())

    def flush(self) -> None:
        """Append the last lines, after a line with the size of the gap."""
        with self._lock:
            if self._missing:
                self._append(f"... {self._missing:,} bytes of output are omitted ...\n".encode())
            self._append(b"".join(self._last))
            self._last.clear()
            self._last_bytes = self._missing = 0

    def close(self) -> None:
        """Append the last lines, and close the file."""
        self.flush()
        self._file.close()

    def _append(self, data: bytes) -> None:
        with suppress(OSError):
            self._file.write(data)
