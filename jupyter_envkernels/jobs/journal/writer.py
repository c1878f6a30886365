"""Write the journal of a job, under its lock."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ...errors import StoreFailed
from ...models import JobEvent, JobPhase, JobState, Plan, Problem, Progress, ProgressUnit
from ...specs import without_credentials
from ...specs.secrets import Secrets
from ..rate import Rate
from .log import LogFile
from .reader import JobSpec, Journal, encode, job_ids, new_job_id

_INTERVAL = 0.1
"""Minimum seconds between two events that only report progress."""

_FINENESS = 1000
"""Minimum ratio of the job's duration to that interval, so that a job of a day has about ten thousand such events."""


class JournalWriter:
    """Appends to a journal.

    It is the :class:`~jupyter_envkernels.engine.backend.Report` of a transaction: phases and log lines are written at
    once, progress at most ten times a second, and less often the longer the job takes. If the disk is full, progress
    and log lines are dropped, but no event is partly written.
    """

    def __init__(self, journal: Journal) -> None:
        self._events = journal.events_file.open("ab", buffering=0)
        self._log = LogFile(journal.log_file)
        events, end = journal.read_events(0)
        self._events.truncate(end)
        self._seq = max((event.seq for event in events), default=0)
        self._time = max((event.time for event in events), default=0.0)
        self._phase: JobPhase | None = events[-1].phase if events else None
        self._message = events[-1].message if events else ""
        self._progress: Progress | None = None
        self._written: Progress | None = None
        self._begun = time.monotonic()
        self._last_append = 0.0
        self._rate = Rate()
        self._hide: Callable[[str], str] = without_credentials

    def conceal(self, secrets: Secrets) -> None:
        """Replace values of variables by their names from now on."""
        self._hide = lambda text: secrets.hide(without_credentials(text))

    def close(self) -> None:
        """Close the files."""
        self._events.close()
        self._log.close()

    def state(self, state: JobState, message: str = "", error: Problem | None = None) -> None:
        """Write a new state of the job.

        Raises:
            OSError: it cannot be written.
        """
        self._message = message
        self._log.flush()
        self._append(state, self._progress, error)

    def phase(self, phase: JobPhase, message: str) -> None:
        """Implement :meth:`.Report.phase`.

        Raises:
            OSError: it cannot be written.
        """
        if self._is_news():  # the last progress of a phase is written regardless of the interval
            self._append("running", self._progress)
        self._phase, self._message, self._progress, self._rate = phase, message, None, Rate()
        self._append("running", None)
        self.log(f"{message}.")

    def progress(self, done: int, total: int | None, unit: ProgressUnit) -> None:
        """Implement :meth:`.Report.progress`."""
        now = time.monotonic()
        rate = self._rate.rate(done, now)
        left = round(max(total - done, 0) / rate, 1) if rate and rate > 0 and total is not None else None
        self._progress = Progress(done, total, unit, None if rate is None else round(rate, 1), left)
        if self._is_news() and now - self._last_append >= max(_INTERVAL, (now - self._begun) / _FINENESS):
            with suppress(OSError):
                self._append("running", self._progress)

    def _is_news(self) -> bool:
        """Return whether progress has changed since it was last written; a new rate alone does not count."""
        now, before = self._progress, self._written
        return now is not None and (before is None or (now.done, now.total) != (before.done, before.total))

    def log(self, text: str) -> None:
        """Implement :meth:`.Report.log`."""
        stamp = time.strftime("%H:%M:%S")
        lines = "".join(f"{stamp} {line}\n" for line in self._hide(text).splitlines())
        self._log.write(lines.encode(errors="replace"))

    def flush_log(self) -> None:
        """Write the last lines of the log, before the process is killed."""
        self._log.flush()

    def _append(self, state: JobState, progress: Progress | None, error: Problem | None = None) -> None:
        if error is not None:
            error = error.masked(self._hide)
        message = self._hide(self._message)
        self._time = max(self._time, time.time())  # even if the clock is set back
        event = JobEvent(
            self._seq + 1,
            self._time,
            state=state,
            phase=self._phase,
            progress=progress,
            message=message,
            error=error,
        )
        _write_whole(self._events.fileno(), encode(event) + b"\n")
        self._seq += 1
        self._last_append = time.monotonic()
        self._written = progress


def _write_whole(descriptor: int, data: bytes) -> None:
    """Append all bytes or none.

    Raises:
        OSError: nothing was written.
    """
    end = os.lseek(descriptor, 0, os.SEEK_END)
    try:
        written = os.write(descriptor, data)
    except OSError:
        os.ftruncate(descriptor, end)
        raise
    if written != len(data):
        os.ftruncate(descriptor, end)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def create_journal(journal_dir: Path, order: JobSpec, plan: Plan | None = None) -> Journal:
    """Store a new job in state queued.

    It is written to a hidden folder, which is then renamed, so that readers see a complete journal or none.

    Args:
        journal_dir: the folder of all journals.
        order: request and settings.
        plan: the plan of an earlier job, to be carried out unchanged.

    Raises:
        StoreFailed: it cannot be stored.
    """
    journal = Journal(journal_dir, new_job_id(max(job_ids(journal_dir), default="")))
    draft = journal.folder.with_name(f".{journal.id}.draft")
    first = JobEvent(1, order.created, state="queued", message="Waiting for its turn")
    try:
        journal_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.mkdir(mode=0o700)
        _write_private(draft / "request.json", encode(order))
        _write_private(draft / "token", secrets.token_hex().encode())
        if plan is not None:
            _write_private(draft / journal.plan_file.name, encode(plan))
        _write_private(draft / "events.jsonl", encode(first) + b"\n")
        _write_private(draft / "lock", b"")
        _write_private(draft / "log.txt", b"")
        draft.rename(journal.folder)
        _sync_folder(journal_dir)
    except OSError as error:
        raise StoreFailed(
            f"The job cannot be stored in {journal_dir}: {error.strerror}.",
            remedy="Free disk space or correct the permissions there, or have c.EnvKernels.journal_dir changed.",
        ) from error
    return journal


def store_plan(journal: Journal, plan: Plan) -> None:
    """Store the plan of a job."""
    _write_private(journal.plan_file, encode(plan))


def acquire(journal: Journal) -> int | None:
    """Acquire the job's lock.

    Returns:
        The descriptor of the lock file: the lock is held until every copy of it is closed, so that it can be passed to
        a worker. None if another process holds it.

    Raises:
        OSError: the lock file cannot be opened; FileNotFoundError if there is no such job.
    """
    descriptor = os.open(journal.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if error.errno in {errno.EWOULDBLOCK, errno.EAGAIN}:
            return None
        raise
    return descriptor


@contextmanager
def writing(journal: Journal) -> Iterator[JournalWriter]:
    """Write to a journal whose lock the caller holds."""
    writer = JournalWriter(journal)
    try:
        yield writer
    finally:
        writer.close()


def _write_private(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
