"""Start a worker before there is a job for it, because its imports take longer than to link a small environment.

It waits on a socket, its stdin, for the folder of a job, with the descriptors of the job's lock and log. It exits if
no job comes, or if the process that started it ends. All functions block; call them in threads.

A command starts its worker before anything else, so this module imports only what that needs.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 120.0
"""Seconds that a preforked worker waits for a job."""

_YOUNG = 90.0
"""Seconds during which it gets jobs; shorter than its wait, so that no job goes to a worker that is exiting."""

_LONGEST = 1 << 13
"""Maximum length of a path in bytes."""

_MOST = 8
"""Maximum number of descriptors that are sent."""

COMMAND = (sys.executable, "-m", "jupyter_envkernels.jobs.worker")
"""Arguments: the folder of a job and the numbers of descriptors to keep open; none for a preforked worker."""


class _Waiting(NamedTuple):
    process: subprocess.Popen[bytes]
    line: socket.socket
    born: float

    def is_ready(self) -> bool:
        return self.process.poll() is None and time.monotonic() - self.born < _YOUNG


class PreforkedWorker:
    """At most one preforked worker. Methods may be called from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: _Waiting | None = None

    def prepare(self) -> None:
        """Start a worker unless there is one. Failures are ignored: jobs then start their own."""
        with self._lock:
            if self._waiting is None or not self._waiting.is_ready():
                self._dismiss()
                with suppress(OSError):
                    self._waiting = _start()

    def hand_over(self, folder: Path, log: int, held: Sequence[int]) -> subprocess.Popen[bytes] | None:
        """Send a job to the worker.

        Args:
            folder: the job's journal.
            log: descriptor for its output.
            held: descriptors that the worker keeps open, such as that of the job's lock.

        Returns:
            The process; None if there is none.
        """
        with self._lock:
            waiting = self._waiting
            if waiting is not None and waiting.is_ready():
                with suppress(OSError):  # it has just ended
                    socket.send_fds(waiting.line, [os.fsencode(folder)], [log, *held])
                    waiting.line.close()
                    self._waiting = None
                    return waiting.process
            self._dismiss()
            return None

    def dismiss(self) -> None:
        """End the worker, if there is one."""
        with self._lock:
            self._dismiss()

    def _dismiss(self) -> None:
        if self._waiting is not None:
            self._waiting.line.close()
            self._waiting.process.kill()  # it may still be importing, and has no job
            self._waiting.process.wait()
            self._waiting = None


def _start() -> _Waiting:
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            process = subprocess.Popen(
                COMMAND,
                cwd="/",
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            ours.close()
            raise
    return _Waiting(process, ours, time.monotonic())


def receive() -> tuple[str, list[int]] | None:
    """Wait for a job, in a preforked worker, and redirect output to its log.

    Returns:
        The folder of its journal, and the descriptors to keep open; None if no job has come.
    """
    with socket.socket(fileno=sys.stdin.fileno()) as line:
        line.settimeout(PATIENCE)
        try:
            folder, descriptors, _, _ = socket.recv_fds(line, _LONGEST, _MOST)
        except OSError:
            return None
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, line.detach())
    os.close(nothing)
    if not descriptors:  # the other end was closed
        return None
    log, *held = descriptors
    for standard in (1, 2):
        os.dup2(log, standard)
    os.close(log)
    return os.fsdecode(folder), held
