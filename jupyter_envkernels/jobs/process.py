"""The worker process of a job: begin it, end it, and write the last word of one that died.

All functions block; call them in threads.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from ..engine.transaction import roll_back
from ..errors import OperationFailed
from ..models import PENDING_MARK, Job, JobState, Problem
from .journal import Journal, acquire, writing

_DEADLINE = 30.0
"""Seconds that the kernel and the clean-up may take to end a job."""

_PAUSE = 0.01


def spawn(journal: Journal) -> subprocess.Popen[bytes] | None:
    """Start the worker of a queued job.

    The lock passes from this process to the worker without a gap: the descriptor is inherited, and held until the last
    copy is closed.

    Returns:
        The worker; None when another process has the job, it is over or cancelled already, or no process can be
        started, which the journal then says.
    """
    lock = acquire(journal)
    if lock is None:
        return None
    try:
        if journal.job().state != "queued" or _cancel_mark(journal).exists():
            return None
        return _start(journal, lock)
    except OSError as error:
        with writing(journal) as writer:
            message = f"No worker process can be started: {error.strerror}."
            writer.state(
                "failed", message, Problem("worker-failed", message, "Try again when the machine is less busy.")
            )
        return None
    finally:
        os.close(lock)


def _start(journal: Journal, lock: int) -> subprocess.Popen[bytes]:
    with journal.log_file.open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "jupyter_envkernels.jobs.worker", str(journal.folder), str(lock)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=[lock],
        )
    os.pwrite(lock, str(worker.pid).encode(), 0)
    return worker


def cancel(journal: Journal) -> None:
    """End a job's processes at once and take away what it made. A job that is over stays as it is.

    Raises:
        OperationFailed: its processes did not go away.
    """
    _cancel_mark(journal).touch(mode=0o600)
    deadline = time.monotonic() + _DEADLINE
    while not bury(journal):
        if time.monotonic() > deadline:
            raise OperationFailed(f"The job {journal.id} cannot be ended.", remedy="Try again.")
        pid = journal.worker_pid()
        if pid is not None and journal.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        time.sleep(_PAUSE)


def bury(journal: Journal) -> bool:
    """Write how a job ended whose worker is gone, after taking away what it left.

    Returns:
        False when some process still holds the job; True when the job is over.
    """
    lock = acquire(journal)
    if lock is None:
        return False
    try:
        os.ftruncate(lock, 0)  # no pid of a dead worker may be killed later
        job = journal.job()
        if not job.is_over:
            committed = _committed(job)
            if not committed or job.request.kind == "remove":
                roll_back(job.request, job.id)
            state: JobState = "cancelled" if _cancel_mark(journal).exists() else "interrupted"
            with writing(journal) as writer:
                message, problem = _LAST_WORDS["succeeded" if committed else state]
                writer.log(f"{message}.")
                writer.state("succeeded" if committed else state, message, problem)
        return True
    finally:
        os.close(lock)


_LAST_WORDS: dict[JobState, tuple[str, Problem | None]] = {
    "succeeded": ("Done", None),
    "cancelled": ("Cancelled; nothing is left of it", None),
    "interrupted": (
        "Interrupted; nothing is left of it",
        Problem("interrupted", "The process that did the work died before it was done.", "Start it again."),
    ),
}


def _committed(job: Job) -> bool:
    """The work was done, only the worker did not live to say so."""
    request = job.request
    if request.kind == "remove":
        return job.phase == "removing" and not os.path.lexists(request.prefix)
    return job.phase == "verifying" and request.prefix.is_dir() and not (request.prefix / PENDING_MARK).exists()


def _cancel_mark(journal: Journal) -> Path:
    """There once somebody cancelled the job, so that whoever writes the last word knows why it died."""
    return journal.folder / "cancel"
