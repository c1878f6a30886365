"""The journal of one job: a folder that tells what was asked, what happened, and who is writing.

::

    20261121-093000-1f2e3d4c/
        request.json    the order: what to do and with which settings; written once
        token           random: names of what the job makes derive from it; written once
        events.jsonl    one JobEvent a line, appended; seq counts from 1
        log.txt         what the engine, pip and the worker itself printed
        plan.json       the packages that were chosen, once they are
        lock            held (flock) by the one process that may write; says which one that is
        cancel          there once the job was cancelled
        timeout         there once the worker has ended itself, as the job took too long

The lock tells whether the writer lives, whatever became of the process that started it. A line without its end was cut
by a crash and does not count. Everything is private: a spec may hold what others shall not read.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import math
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import msgspec

from ...engine.operations import JobRequest
from ...engine.transaction.staging import Staging
from ...errors import NotFound
from ...models import FINAL_STATES, JOB_ID, EngineOptions, Job, JobEvent, JobStatus, Plan
from ..process_id import WorkerMark

_log = logging.getLogger(__name__)

_BLOCK = 16 * 1024
"""Bytes of the events file that are read at once; an event has some hundred."""

LOG_CHUNK = 256 * 1024
"""Bytes of log that one read returns at most."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class JobSpec:
    """What a worker is told.

    Attributes:
        request: what to do.
        options: the settings in force when it was requested.
        created: when that was, in seconds since the epoch.
        timeout: seconds that the work may take; 0 for no limit.
        user: who requested it: the name that the server knows, or the account of a command line.
    """

    request: JobRequest
    options: EngineOptions
    created: float
    timeout: float = 0
    user: str = ""


def new_job_id(newest: str = "") -> str:
    """Return a fresh id: UTC to the microsecond, so that ids sort by age, and three random digits.

    Args:
        newest: the newest id that there is; the fresh one comes after it, also where the clock was set back since.
    """
    now = datetime.now(timezone.utc)
    with suppress(ValueError, OverflowError):  # it is none, or none of ours
        before = datetime.strptime(newest[:15], "%Y%m%d-%H%M%S").replace(tzinfo=timezone.utc)
        now = max(now, before + timedelta(microseconds=int(newest[16:21], 16) + 1))
    return f"{now:%Y%m%d-%H%M%S}-{now.microsecond:05x}{secrets.randbelow(4096):03x}"


def job_ids(journal_dir: Path) -> list[str]:
    """Return the ids of all stored jobs, oldest first."""
    with suppress(OSError):
        return sorted(path.name for path in journal_dir.iterdir() if JOB_ID.fullmatch(path.name))
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
        if not JOB_ID.fullmatch(job_id):
            raise NotFound(f"There is no job {job_id!r}.")
        self.id = job_id
        self.folder = journal_dir / job_id
        self.events_file = self.folder / "events.jsonl"
        self.log_file = self.folder / "log.txt"
        self.lock_file = self.folder / "lock"
        self.cancel_mark = self.folder / "cancel"
        self.timeout_mark = self.folder / "timeout"

    def order(self) -> JobSpec:
        """Return the order that the job carries out.

        Raises:
            NotFound: there is no such job, or it cannot be read.
        """
        try:
            return _decode((self.folder / "request.json").read_bytes(), JobSpec)
        except FileNotFoundError:
            raise NotFound(f"There is no job {self.id}.") from None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise NotFound(f"What is stored of the job {self.id} cannot be read: {error}.") from error

    def token(self) -> str:
        """Return random text that no other account knows; empty for jobs of versions that had none."""
        with suppress(OSError, UnicodeDecodeError):
            return (self.folder / "token").read_text(encoding="ascii")
        return ""

    def staging(self, prefix: Path) -> Staging:
        """Return the places that the job uses for a prefix."""
        return Staging(prefix, self.id, self.token())

    @property
    def plan_file(self) -> Path:
        """Where the plan is, once there is one."""
        return self.folder / "plan.json"

    def plan(self) -> Plan:
        """Return the packages that were chosen.

        Raises:
            NotFound: none are yet.
        """
        try:
            return _decode(self.plan_file.read_bytes(), Plan)
        except OSError:
            raise NotFound(f"The job {self.id} has no plan.") from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise NotFound(f"The plan of the job {self.id} cannot be read: {error}.") from error

    def events(self, after: int = 0) -> list[JobEvent]:
        """Return the events with a greater seq, in order; of a long journal no more is read than them."""
        return [event for event in self._last_events(after) if event.seq > after]

    def _last_events(self, after: float) -> list[JobEvent]:
        """Return the last events: those with a greater seq, and at least one before them where there is one."""
        size = _size(self.events_file)
        length = _BLOCK
        while length < size:
            begin = size - length
            cut = _read(self.events_file, begin, length).find(b"\n") + 1  # a block begins within a line
            events, _ = self.read_events(begin + cut)
            if cut and events and events[0].seq <= after:
                return events
            length *= 4
        return self.read_events(0)[0]

    def _beginning(self) -> JobEvent | None:
        """Return the first event of the work; None while the job is queued, or where it ended so."""
        offset = 0
        while True:
            events, end = self.read_events(offset, _BLOCK)
            for event in events:
                if event.state == "running":
                    return event
            if end == offset:
                return None
            offset = end

    def read_events(self, offset: int, length: int = -1) -> tuple[list[JobEvent], int]:
        """Return the complete events from a byte offset on, in so many bytes, and the offset behind them."""
        data = _read(self.events_file, offset, length)
        end = data.rfind(b"\n") + 1
        lines = data[:end].splitlines()
        events = [event for event in map(_event, lines) if event is not None]
        if len(events) < len(lines):
            _tell_damage(self.events_file)
        return events, offset + end

    def job(self) -> Job:
        """Return the job as its events tell it.

        Raises:
            NotFound: there is no such job, or what was asked cannot be read.
        """
        order = self.order()
        events = self._last_events(math.inf)
        if not events and not self.folder.exists():
            raise NotFound(f"There is no job {self.id}.")
        began = self._beginning()
        return fold(self.id, order, [*([began] if began else []), *events[-1:]])

    def read_log(self, offset: int) -> tuple[str, int]:
        """Return the log from an offset on, at most :data:`LOG_CHUNK` bytes, and the offset to read on from.

        It is cut between characters.
        """
        data = _read(self.log_file, offset, LOG_CHUNK)
        for cut in range(4):  # a character has at most 4 bytes; its tail may be still to come
            with suppress(UnicodeDecodeError):
                end = len(data) - cut
                return data[:end].decode(), offset + end
        return data.decode(errors="replace"), offset + len(data)

    def is_alive(self) -> bool:
        """Return whether some process holds the job."""
        with suppress(FileNotFoundError), self.lock_file.open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def worker(self) -> WorkerMark | None:
        """Return the process that holds the job; only meaningful while :meth:`is_alive`."""
        with suppress(OSError, ValueError):
            return _decode(self.lock_file.read_bytes(), WorkerMark)
        return None


def fold(job_id: str, order: JobSpec, events: list[JobEvent]) -> Job:
    """Return the job as its events leave it.

    Each job has a first event. Where none can be read the journal is damaged, and the job counts as one that runs: if
    no process holds it, the next process that cleans up finalizes it, and then it can be read again.
    """
    job = Job(job_id, order.request, 0, order.created, state="queued", user=order.user)
    for event in events:
        job = advance(job, event)
    return job if events else replace(job, state="running", message="Its journal is damaged")


def advance(job: Job, event: JobEvent) -> Job:
    """Return the job after one more event."""
    status = {each.name: getattr(event, each.name) for each in fields(JobStatus)}
    return replace(
        job,
        **status,
        seq=event.seq,
        started=job.started or (event.time if event.state == "running" else None),
        finished=event.time if event.state in FINAL_STATES else None,
    )


def encode(value: object) -> bytes:
    """Return stored form of an order, an event or a plan: JSON without a newline."""
    return msgspec.json.encode(value, enc_hook=str)


def _decode(data: bytes, kind: type[T]) -> T:
    return msgspec.json.decode(data, type=kind, dec_hook=lambda wanted, value: wanted(value))


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0


def _read(path: Path, offset: int, length: int = -1) -> bytes:
    """Return the bytes of a file from an offset on: none behind its end, or where it is gone (on NFS, ESTALE)."""
    try:
        with path.open("rb") as file:
            if offset > file.seek(0, os.SEEK_END):
                return b""  # some file systems refuse to seek beyond the size that a file may have
            file.seek(offset)
            return file.read(length)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ESTALE}:
            return b""
        raise


def _event(line: bytes) -> JobEvent | None:
    """The event of a complete line; what a disk has damaged or a newer version has written is passed over."""
    with suppress(msgspec.DecodeError, UnicodeDecodeError):
        return _decode(line, JobEvent)
    return None


@lru_cache(maxsize=1024)
def _tell_damage(events_file: Path) -> None:
    """Once for each job: its journal is read again and again."""
    _log.warning("Lines of a job's journal cannot be read, and do not count: %s", events_file)
