"""The journal of one job: a folder that tells what was asked, what happened, and who is writing.

::

    20261121-093000-1f2e3d4c/
        request.json    the order: what to do and with which settings; written once
        events.jsonl    one JobEvent a line, appended; seq counts from 1
        log.txt         what the engine, pip and the worker itself printed
        plan.json       the packages that were chosen, once they are
        lock            held (flock) by the one process that may write; contains its process id

The lock tells whether the writer lives, whatever became of the process that started it. A line without its end was cut
by a crash and does not count. Everything is private: a spec may hold what others shall not read.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TypeVar

import msgspec

from ..errors import NotFound
from ..models import (
    FINAL_STATES,
    EngineOptions,
    Job,
    JobEvent,
    JobPhase,
    JobRequest,
    JobState,
    Plan,
    Problem,
    Progress,
    ProgressUnit,
)

_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{8}")
LOG_CHUNK = 256 * 1024
"""Bytes of log that one read returns at most."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is told: the request, and the settings in force when it was made. ``created`` is in seconds."""

    request: JobRequest
    options: EngineOptions
    created: float


def new_job_id() -> str:
    """A fresh id: UTC to the microsecond, so that ids sort by age, and three random digits."""
    now = datetime.now(timezone.utc)
    return f"{now:%Y%m%d-%H%M%S}-{now.microsecond:05x}{secrets.randbelow(4096):03x}"


def job_ids(journal_dir: Path) -> list[str]:
    """The ids of all stored jobs, oldest first."""
    with suppress(OSError):
        return sorted(path.name for path in journal_dir.iterdir() if _ID.fullmatch(path.name))
    return []


class Journal:
    """Reads the journal of one job. No method changes anything on disk.

    Args:
        journal_dir: the folder of all jobs.
        job_id: one of :func:`job_ids`.

    Raises:
        NotFound: the id is not one of a job.
    """

    def __init__(self, journal_dir: Path, job_id: str) -> None:
        if not _ID.fullmatch(job_id):
            raise NotFound(f"There is no job {job_id!r}.")
        self.id = job_id
        self.folder = journal_dir / job_id
        self.events_file = self.folder / "events.jsonl"
        self.log_file = self.folder / "log.txt"
        self.lock_file = self.folder / "lock"

    def order(self) -> Order:
        """What was asked.

        Raises:
            NotFound: there is no such job.
        """
        try:
            return _decode((self.folder / "request.json").read_bytes(), Order)
        except FileNotFoundError:
            raise NotFound(f"There is no job {self.id}.") from None

    def events(self, after: int = 0) -> list[JobEvent]:
        """The events with a greater seq, in order."""
        return [event for event in self.read_events(0)[0] if event.seq > after]

    def read_events(self, offset: int) -> tuple[list[JobEvent], int]:
        """The complete events from a byte offset on, and the offset behind them."""
        try:
            with self.events_file.open("rb") as file:
                file.seek(offset)
                data = file.read()
        except FileNotFoundError:
            return [], offset
        end = data.rfind(b"\n") + 1
        return [_decode(line, JobEvent) for line in data[:end].splitlines()], offset + end

    def job(self) -> Job:
        """The job as its events tell it.

        Raises:
            NotFound: there is no such job, or not a single event of it.
        """
        order = self.order()
        events = self.events()
        if not events:
            raise NotFound(f"There is no job {self.id}.")
        return fold(self.id, order, events)

    def read_log(self, offset: int) -> tuple[str, int]:
        """The log from a byte offset on, at most :data:`LOG_CHUNK` bytes of it, and the offset to read on from.

        It is cut between characters.
        """
        try:
            with self.log_file.open("rb") as file:
                file.seek(offset)
                data = file.read(LOG_CHUNK)
        except FileNotFoundError:
            return "", offset
        for cut in range(4):  # a character has at most 4 bytes; its tail may be still to come
            with suppress(UnicodeDecodeError):
                end = len(data) - cut
                return data[:end].decode(), offset + end
        return data.decode(errors="replace"), offset + len(data)

    def is_alive(self) -> bool:
        """Some process holds the job."""
        with suppress(FileNotFoundError), self.lock_file.open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def worker_pid(self) -> int | None:
        """The process that holds the job; only meaningful while :meth:`is_alive`."""
        with suppress(OSError, ValueError):
            return int(self.lock_file.read_text(encoding="ascii"))
        return None


class JournalWriter:
    """Appends to a journal. Whoever makes one must hold the job's lock.

    Also the :class:`~jupyter_envkernels.engine.backend.Report` of a transaction: phases and log lines go out at once,
    progress at most ten times a second.
    """

    _INTERVAL = 0.1

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._events = journal.events_file.open("ab", buffering=0)
        self._log = journal.log_file.open("ab", buffering=0)
        events, end = journal.read_events(0)
        self._events.truncate(end)
        last = events[-1] if events else None
        self._seq = last.seq if last else 0
        self._phase: JobPhase | None = last.phase if last else None
        self._message = last.message if last else ""
        self._progress: Progress | None = None
        self._told = 0.0

    def close(self) -> None:
        """Close the files."""
        self._events.close()
        self._log.close()

    def state(self, state: JobState, message: str = "", error: Problem | None = None) -> None:
        """The job has a new state."""
        self._message = message
        self._append(state, self._progress, error)

    def phase(self, phase: JobPhase, message: str) -> None:
        """See :meth:`.Report.phase`."""
        self._flush()
        self._phase, self._message, self._progress = phase, message, None
        self._append("running", None)
        self.log(f"{message}.")

    def progress(self, done: int, total: int | None, unit: ProgressUnit) -> None:
        """See :meth:`.Report.progress`."""
        progress = Progress(done, total, unit)
        if progress == self._progress:
            return
        self._progress = progress
        if time.monotonic() - self._told >= self._INTERVAL:
            self._append("running", progress)

    def log(self, text: str) -> None:
        """See :meth:`.Report.log`."""
        stamp = time.strftime("%H:%M:%S")
        self._log.write("".join(f"{stamp} {redact(line)}\n" for line in text.splitlines()).encode())

    def _flush(self) -> None:
        """The last progress of a phase is told even when it came too soon after the one before."""
        if self._progress is not None and self._progress != self._written:
            self._append("running", self._progress)

    _written: Progress | None = None

    def _append(self, state: JobState, progress: Progress | None, error: Problem | None = None) -> None:
        self._seq += 1
        self._told = time.monotonic()
        self._written = progress
        if error is not None:
            error = Problem(error.code, redact(error.message), redact(error.remedy))
        event = JobEvent(self._seq, time.time(), state, self._phase, progress, redact(self._message), error)
        self._events.write(_encode(event) + b"\n")


def fold(job_id: str, order: Order, events: list[JobEvent]) -> Job:
    """Events, at least one -> the job as it stands."""
    first, *rest = events
    job = Job(
        id=job_id,
        request=order.request,
        state=first.state,
        phase=first.phase,
        progress=first.progress,
        message=first.message,
        error=first.error,
        seq=first.seq,
        created=order.created,
    )
    for event in rest:
        job = advance(job, event)
    return job


def advance(job: Job, event: JobEvent) -> Job:
    """The job after one more event."""
    return replace(
        job,
        state=event.state,
        phase=event.phase,
        progress=event.progress,
        message=event.message,
        error=event.error,
        seq=event.seq,
        started=job.started or (event.time if event.state == "running" else None),
        finished=event.time if event.state in FINAL_STATES else None,
    )


def create_journal(journal_dir: Path, order: Order) -> Journal:
    """Store a new order. It is complete on disk, in state queued, when this returns.

    Raises:
        OSError: it cannot be stored.
    """
    journal_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    journal = Journal(journal_dir, new_job_id())
    draft = journal.folder.with_name(f".{journal.id}.draft")
    draft.mkdir(mode=0o700)
    _write_private(draft / "request.json", _encode(order))
    first = JobEvent(1, order.created, "queued", message="Waiting for its turn")
    _write_private(draft / "events.jsonl", _encode(first) + b"\n")
    _write_private(draft / "lock", b"")
    _write_private(draft / "log.txt", b"")
    draft.rename(journal.folder)
    return journal


def store_plan(journal: Journal, plan: Plan) -> None:
    """Keep the plan beside the order."""
    _write_private(journal.folder / "plan.json", _encode(plan))


def acquire(journal: Journal) -> int | None:
    """Take the job's lock.

    Returns:
        The open lock file: the lock lasts until every copy of it is closed. None when another process has it.
    """
    descriptor = os.open(journal.lock_file, os.O_RDWR | os.O_CLOEXEC)
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


_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")
_TOKEN = re.compile(r"(?<=/t/)[^/\s]+(?=/)")


def redact(text: str) -> str:
    """Hide passwords and tokens in URLs: ``https://user:secret@host`` and ``https://host/t/TOKEN/channel``."""
    return _TOKEN.sub("***", _USERINFO.sub("***@", text))


def _write_private(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _encode(value: object) -> bytes:
    return msgspec.json.encode(value, enc_hook=str)


def _decode(data: bytes, kind: type[T]) -> T:
    return msgspec.json.decode(data, type=kind, dec_hook=lambda wanted, value: wanted(value))
