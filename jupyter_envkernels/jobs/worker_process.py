"""Start and cancel the worker process of a job, and finalize jobs whose worker crashed.

All functions block; call them in threads.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from ..engine.transaction.rollback import empty_trash, is_committed, put_back
from ..engine.transaction.staging import secret_word
from ..errors import StillRunning, StoreFailed
from ..models import Job, JobState, Problem
from ..system import kill_group
from .journal.reader import Journal, encode
from .journal.writer import acquire, writing
from .prefork import COMMAND, PreforkedWorker
from .process_id import WorkerMark, group_members

_DEADLINE = 30.0
"""Timeout in seconds for the end of a killed worker and its process group."""

_PAUSE = 0.01


def scratch(journal: Journal) -> Path:
    """Return the folder for temporary files of a job, which exists while its worker runs."""
    word = secret_word(journal.id, journal.token(), "scratch")
    return Path(tempfile.gettempdir(), f"envkernels-{word}")


def spawn(
    journal: Journal, preforked: PreforkedWorker | None = None, slot: int | None = None
) -> subprocess.Popen[bytes] | None:
    """Start the worker of a queued job, or use a preforked one.

    The job's lock passes to the worker without a gap: the worker gets a copy of the descriptor, and a flock is held
    until the last copy is closed.

    Args:
        journal: of the job.
        preforked: a worker that may have been started in advance.
        slot: descriptor of the job's slot among the jobs of the machine; the worker gets a copy.

    Returns:
        The worker; None if another process holds the job, it is finished or cancelled, or no process can be started,
        which is then written into the journal.
    """
    lock = acquire(journal)
    if lock is None:
        return None
    try:
        if journal.job().state != "queued" or journal.cancel_mark.exists():
            return None
        return _start(journal, preforked, [lock] if slot is None else [lock, slot])
    except OSError as error:
        with writing(journal) as writer:
            message = f"No worker process can be started: {error.strerror}."
            writer.state(
                "failed", message, Problem("worker-failed", message, "Try again when the machine is less busy.")
            )
        return None
    finally:
        os.close(lock)


def _start(journal: Journal, preforked: PreforkedWorker | None, held: Sequence[int]) -> subprocess.Popen[bytes]:
    """Start the worker with descriptors to keep open; the first is that of the job's lock."""
    with journal.log_file.open("ab") as log:
        taken = preforked.hand_over(journal.folder, log.fileno(), held) if preforked else None
        worker = taken or subprocess.Popen(
            [*COMMAND, str(journal.folder), *map(str, held)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=held,
        )
    try:
        os.pwrite(held[0], encode(WorkerMark.of(worker.pid)), 0)
    except OSError:  # a worker whose pid is not stored could not be cancelled
        kill_group(worker.pid)
        worker.wait()
        raise
    return worker


def tell_wait(journal: Journal, message: str) -> None:
    """Write into the journal what a queued job waits for.

    Raises:
        OSError: it cannot be written.
    """
    lock = acquire(journal)
    if lock is None:
        return
    try:
        job = journal.job()
        if job.state == "queued" and job.message != message:
            with writing(journal) as writer:
                writer.state("queued", message)
    finally:
        os.close(lock)


def cancel(journal: Journal) -> None:
    """Kill the processes of a job and roll back. Finished jobs do not change.

    A worker on another host sees the cancel mark and exits.

    Raises:
        StillRunning: its processes could not be killed.
        StoreFailed: the cancel mark cannot be stored.
        EnvKernelsError: the rollback failed.
    """
    try:
        journal.cancel_mark.touch(mode=0o600)
        _end(journal)
    except OSError as error:
        raise StoreFailed(
            f"The cancellation cannot be stored in {journal.folder}: {error.strerror}.",
            remedy="Free disk space or correct the permissions there, and cancel again.",
        ) from error


def _end(journal: Journal) -> None:
    """Kill the worker until the job is finalized."""
    deadline = time.monotonic() + _DEADLINE
    while not reap(journal):
        mark = journal.worker()
        if mark is None:  # another process is rolling back, which may be slow
            deadline = time.monotonic() + _DEADLINE
        elif mark.may_be_signalled():
            kill_group(mark.pid)
        if time.monotonic() > deadline:
            raise StillRunning(f"The processes of the job {journal.id} cannot be killed.", remedy="Try again.")
        time.sleep(_PAUSE)


def reap(journal: Journal) -> bool:
    """Finalize a job whose worker crashed or was killed: roll back, or finish after the commit, and write the result.

    If the job was cancelled, that is written before files are deleted, because users wait for it.

    Returns:
        False if a process still holds the job; True if the job is over.

    Raises:
        EnvKernelsError: the rollback failed.
        OSError: the journal cannot be written.
    """
    lock = acquire(journal)
    if lock is None:
        return False
    try:
        end_group(journal)
        os.ftruncate(lock, 0)
        job = journal.job()
        if not job.is_over:
            _finalize(journal, job)
        return True
    finally:
        os.close(lock)


def end_group(journal: Journal) -> None:
    """Kill the children of a worker that was killed alone, such as pip, which would go on writing into the prefix.

    Raises:
        StillRunning: some could not be killed.
    """
    mark = journal.worker()
    if mark is None or not mark.may_be_signalled():
        return
    deadline = time.monotonic() + _DEADLINE
    while group_members(mark.pid):
        if time.monotonic() > deadline:  # a process may hang in the kernel, as on a file server that is down
            raise StillRunning(f"The processes of the job {journal.id} cannot be killed.", remedy="Try again.")
        kill_group(mark.pid)
        time.sleep(_PAUSE)


def _finalize(journal: Journal, job: Job) -> None:
    kind, staging = job.request.kind, journal.staging(job.request.prefix)
    # a damaged journal has no phase; then a removal was done if its prefix is gone
    committed = is_committed(kind, staging, job.phase if job.seq else "removing")
    remarks = [put_back(kind, staging)]
    shutil.rmtree(scratch(journal), ignore_errors=True)
    state, message, problem = ("succeeded", "Done", None) if committed else _result(journal, job)
    if state != "cancelled":  # a user waits for the cancellation, while there may be many files to delete
        remarks.append(empty_trash(kind, staging))
    write = partial(_write, journal, state, message, problem)
    try:
        write(remarks)
    except OSError:  # the trash may fill the disk
        write([*remarks, empty_trash(kind, staging)])
    if state == "cancelled":
        empty_trash(kind, staging)


def _write(journal: Journal, state: JobState, message: str, problem: Problem | None, remarks: Sequence[str]) -> None:
    with writing(journal) as writer:
        writer.log("\n".join(filter(None, [f"{message}.", *remarks])))
        writer.state(state, message, problem)


def _result(journal: Journal, job: Job) -> tuple[JobState, str, Problem | None]:
    """Return state, message and problem of a job whose worker died before the commit, by its marks."""
    if journal.cancel_mark.exists():
        return "cancelled", "Cancelled; nothing was changed", None
    if journal.timeout_mark.exists():
        message = f"The job took more than {journal.order().timeout:,.0f} seconds and was ended; nothing was changed"
        remedy = "See the end of the log. The administrator sets the limit by c.EnvKernels.job_timeout."
        return "failed", message, Problem("timeout", f"{message}.", remedy)
    if not job.seq:
        message = "The journal of the job is damaged, so its result is unknown"
        remedy = "Check the environment, and start the job again if necessary."
        return "interrupted", message, Problem("interrupted", f"{message}.", remedy)
    crash = Problem("interrupted", "The worker process died before the job was done.", "Start the job again.")
    return "interrupted", "Interrupted; nothing was changed", crash
