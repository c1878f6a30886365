"""The worker process of a job: begin it, end it, and finalize the job of one that crashed.

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
"""Seconds that a worker may outlive its cancellation, or its group the worker."""

_PAUSE = 0.01


def scratch(journal: Journal) -> Path:
    """Return the folder for temporary files of a job; there while its worker lives."""
    word = secret_word(journal.id, journal.token(), "scratch")
    return Path(tempfile.gettempdir(), f"envkernels-{word}")


def spawn(
    journal: Journal, spare: PreforkedWorker | None = None, slot: int | None = None
) -> subprocess.Popen[bytes] | None:
    """Start the worker of a queued job, or take a spare one.

    The lock passes from this process to the worker without a gap: the worker gets a copy of the descriptor, and it is
    held until the last copy is closed.

    Args:
        journal: of the job.
        spare: a worker that may have been started before.
        slot: a descriptor by which the job counts for other users; the worker gets a copy.

    Returns:
        The worker; None when another process has the job, it is over or cancelled already, or no process can be
        started, which the journal then says.
    """
    lock = acquire(journal)
    if lock is None:
        return None
    try:
        if journal.job().state != "queued" or journal.cancel_mark.exists():
            return None
        return _start(journal, spare, [lock] if slot is None else [lock, slot])
    except OSError as error:
        with writing(journal) as writer:
            message = f"No worker process can be started: {error.strerror}."
            writer.state(
                "failed", message, Problem("worker-failed", message, "Try again when the machine is less busy.")
            )
        return None
    finally:
        os.close(lock)


def _start(journal: Journal, spare: PreforkedWorker | None, held: Sequence[int]) -> subprocess.Popen[bytes]:
    """Start the worker, which keeps descriptors open: the first is that of the job's lock."""
    with journal.log_file.open("ab") as log:
        taken = spare.hand_over(journal.folder, log.fileno(), held) if spare else None
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
    except OSError:  # a worker of which no file tells could not be ended
        kill_group(worker.pid)
        worker.wait()
        raise
    return worker


def tell_wait(journal: Journal, message: str) -> None:
    """Write into the journal of a queued job what it waits for.

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
    """End a job's processes at once and take away what it made. A job that is over stays as it is.

    A worker on another host sees the mark and ends itself.

    Raises:
        StillRunning: its processes did not go away.
        StoreFailed: it cannot be stored that it is cancelled.
        EnvKernelsError: what it left cannot be taken away.
    """
    try:
        journal.cancel_mark.touch(mode=0o600)
        _end(journal)
    except OSError as error:
        raise StoreFailed(
            f"It cannot be stored in {journal.folder} that the job is cancelled: {error.strerror}.",
            remedy="Make space or permissions there, and cancel it again.",
        ) from error


def _end(journal: Journal) -> None:
    """Kill, until the job is finalized."""
    deadline = time.monotonic() + _DEADLINE
    while not reap(journal):
        mark = journal.worker()
        if mark is None:  # another process cleans up, which may take its time
            deadline = time.monotonic() + _DEADLINE
        elif mark.may_be_signalled():
            kill_group(mark.pid)
        if time.monotonic() > deadline:
            raise StillRunning(f"The job {journal.id} cannot be ended.", remedy="Try again.")
        time.sleep(_PAUSE)


def reap(journal: Journal) -> bool:
    """Write how a job ended whose worker is gone, after taking away what it left.

    That a job is cancelled is written as soon as all is out of its place; the files, which may be many, go after that.

    Returns:
        False when some process still holds the job; True when the job is over.

    Raises:
        EnvKernelsError: what it left cannot be taken away.
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
            _write_last_word(journal, job)
        return True
    finally:
        os.close(lock)


def end_group(journal: Journal) -> None:
    """End what a worker left that was killed alone: children, such as pip's, that go on writing into the prefix.

    Raises:
        StillRunning: some did not go away.
    """
    mark = journal.worker()
    if mark is None or not mark.may_be_signalled():
        return
    deadline = time.monotonic() + _DEADLINE
    while group_members(mark.pid):
        if time.monotonic() > deadline:  # the kernel may hold one back, as on a file server that is gone
            raise StillRunning(f"Processes of the job {journal.id} cannot be ended.", remedy="Try again.")
        kill_group(mark.pid)
        time.sleep(_PAUSE)


def _write_last_word(journal: Journal, job: Job) -> None:
    kind, staging = job.request.kind, journal.staging(job.request.prefix)
    # of a damaged journal it cannot be told how far the job was; a removal was done if nothing is there
    committed = is_committed(kind, staging, job.phase if job.seq else "removing")
    remarks = [put_back(kind, staging)]
    shutil.rmtree(scratch(journal), ignore_errors=True)
    state, message, problem = ("succeeded", "Done", None) if committed else _ending(journal, job)
    if state != "cancelled":  # for which a person waits, while there may be many files to delete
        remarks.append(empty_trash(kind, staging))
    word = partial(_tell, journal, state, message, problem)
    try:
        word(remarks)
    except OSError:  # it may be the trash that fills the disk
        word([*remarks, empty_trash(kind, staging)])
    if state == "cancelled":
        empty_trash(kind, staging)


def _tell(journal: Journal, state: JobState, message: str, problem: Problem | None, remarks: Sequence[str]) -> None:
    with writing(journal) as writer:
        writer.log("\n".join(filter(None, [f"{message}.", *remarks])))
        writer.state(state, message, problem)


def _ending(journal: Journal, job: Job) -> tuple[JobState, str, Problem | None]:
    """How a job ended whose worker died before it was done, by the marks that were left."""
    if journal.cancel_mark.exists():
        return "cancelled", "Cancelled; nothing was changed", None
    if journal.timeout_mark.exists():
        message = f"The job took more than {journal.order().timeout:,.0f} seconds and was ended; nothing was changed"
        remedy = "The log ends with what it did last. The administrator sets the limit: c.EnvKernels.job_timeout."
        return "failed", message, Problem("timeout", f"{message}.", remedy)
    if not job.seq:
        message = "The journal of the job is damaged: how it ended cannot be told any more"
        remedy = "Look at the environment, and start the job again if it is not as it should be."
        return "interrupted", message, Problem("interrupted", f"{message}.", remedy)
    death = Problem("interrupted", "The process that did the work died before it was done.", "Start it again.")
    return "interrupted", "Interrupted; nothing was changed", death
