"""Read the journal of one job, a folder.

::

    20261121-093000-1f2e3d4c/
        request.json    the JobSpec: request and settings; written once
        token           random text, from which names of the job's folders derive; written once
        events.jsonl    one JobEvent per line, appended; seq counts from 1
        log.txt         output of the engine, pip and the worker
        plan.json       the plan, once there is one
        lock            held (flock) by the only process that may write; contains its pid
        cancel          exists if the job was cancelled
        timeout         exists if the worker has killed itself after the timeout

The system releases the lock when its holder ends, so it shows whether the writer is alive. A last line without a
newline was cut by a crash and is ignored. All files are private: a spec may contain secrets.
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
"""Bytes of the events file that are read at once; an event has a few hundred."""

LOG_CHUNK = 256 * 1024
"""Maximum number of bytes of the log that one read returns."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class JobSpec:
    """The input of a worker.

    Attributes:
        request: the operation.
        options: the settings when it was requested.
        created: when it was requested, in seconds since the epoch.
        timeout: timeout in seconds; 0 for none.
        user: user name in the server, or account of the command line.
    """

    request: JobRequest
    options: EngineOptions
    created: float
    timeout: float = 0
    user: str = ""


def new_job_id(newest: str = "") -> str:
    """Return a new id: UTC in microseconds, so that ids sort by age, and three random digits.

    Args:
        newest: the newest existing id; the new one sorts after it even if the clock was set back.
    """
    now = datetime.now(timezone.utc)
    with suppress(ValueError, OverflowError):  # not an id
        before = datetime.strptime(newest[:15], "%Y%m%d-%H%M%S").replace(tzinfo=timezone.utc)
        now = max(now, before + timedelta(microseconds=int(newest[16:21], 16) + 1))
    return f"{now:%Y%m%d-%H%M%S}-{now.microsecond:05x}{secrets.randbelow(4096):03x}"


def job_ids(journal_dir: Path) -> list[str]:
    """Return the ids of all stored jobs, oldest first."""
    with suppress(OSError):
        return sorted(path.name for path in journal_dir.iterdir() if JOB_ID.fullmatch(path.name))
    return []


class Journal:
    """Reads the journal of one job; does not change it.

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
        """Return the job's request and settings.

        Raises:
            NotFound: there is no such job, or they cannot be read.
        """
        try:
            return _decode((self.folder / "request.json").read_bytes(), JobSpec)
        except FileNotFoundError:
            raise NotFound(f"There is no job {self.id}.") from None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise NotFound(f"The request of the job {self.id} cannot be read: {error}.") from error

    def token(self) -> str:
        """Return random text that no other account knows; empty for jobs of versions without tokens."""
        with suppress(OSError, UnicodeDecodeError):
            return (self.folder / "token").read_text(encoding="ascii")
        return ""

    def staging(self, prefix: Path) -> Staging:
        """Return the staging folders of the job for a prefix."""
        return Staging(prefix, self.id, self.token())

    @property
    def plan_file(self) -> Path:
        """Return the path of the plan."""
        return self.folder / "plan.json"

    def plan(self) -> Plan:
        """Return the plan.

        Raises:
            NotFound: there is none yet, or it cannot be read.
        """
        try:
            return _decode(self.plan_file.read_bytes(), Plan)
        except OSError:
            raise NotFound(f"The job {self.id} has no plan.") from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise NotFound(f"The plan of the job {self.id} cannot be read: {error}.") from error

    def events(self, after: int = 0) -> list[JobEvent]:
        """Return the events with a greater seq, in order, without reading the earlier ones of a long journal."""
        return [event for event in self._last_events(after) if event.seq > after]

    def _last_events(self, after: float) -> list[JobEvent]:
        """Return the events with a greater seq, and at least one before them if there is one."""
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
        """Return the event that started the work; None if there is none."""
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
        """Return the complete events from a byte offset on, up to a length, and the offset after them."""
        data = _read(self.events_file, offset, length)
        end = data.rfind(b"\n") + 1
        lines = data[:end].splitlines()
        events = [event for event in map(_event, lines) if event is not None]
        if len(events) < len(lines):
            _warn_of_damage(self.events_file)
        return events, offset + end

    def job(self) -> Job:
        """Return the job in the state of its last event.

        Raises:
            NotFound: there is no such job, or its request cannot be read.
        """
        order = self.order()
        events = self._last_events(math.inf)
        if not events and not self.folder.exists():
            raise NotFound(f"There is no job {self.id}.")
        began = self._beginning()
        return fold(self.id, order, [*([began] if began else []), *events[-1:]])

    def read_log(self, offset: int) -> tuple[str, int]:
        """Return at most :data:`LOG_CHUNK` bytes of the log from an offset on, and the next offset.

        The text is cut between characters.
        """
        data = _read(self.log_file, offset, LOG_CHUNK)
        for cut in range(4):  # a character has at most 4 bytes, of which the last ones may not be written yet
            with suppress(UnicodeDecodeError):
                end = len(data) - cut
                return data[:end].decode(), offset + end
        return data.decode(errors="replace"), offset + len(data)

    def is_alive(self) -> bool:
        """Return whether a process holds the job's lock."""
        with suppress(FileNotFoundError), self.lock_file.open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def worker(self) -> WorkerMark | None:
        """Return the process that holds the job's lock; only meaningful if :meth:`is_alive`."""
        with suppress(OSError, ValueError):
            return _decode(self.lock_file.read_bytes(), WorkerMark)
        return None


def fold(job_id: str, order: JobSpec, events: list[JobEvent]) -> Job:
    """Return the job after some events.

    Without any event the journal is damaged, and the job counts as running: if no process holds its lock, the next
    cleanup finalizes it.
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
    """Return an order, an event or a plan as JSON without newlines, as it is stored."""
    return msgspec.json.encode(value, enc_hook=str)


def _decode(data: bytes, kind: type[T]) -> T:
    return msgspec.json.decode(data, type=kind, dec_hook=lambda wanted, value: wanted(value))


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0


def _read(path: Path, offset: int, length: int = -1) -> bytes:
    """Return the bytes of a file from an offset on; none after its end, or if it was deleted (on NFS, ESTALE)."""
    try:
        with path.open("rb") as file:
            if offset > file.seek(0, os.SEEK_END):
                return b""  # some file systems refuse to seek beyond their maximum file size
            file.seek(offset)
            return file.read(length)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ESTALE}:
            return b""
        raise


def _event(line: bytes) -> JobEvent | None:
    """Return the event of a complete line; None for damaged lines, and for those of a newer version."""
    with suppress(msgspec.DecodeError, UnicodeDecodeError):
        return _decode(line, JobEvent)
    return None


@lru_cache(maxsize=1024)
def _warn_of_damage(events_file: Path) -> None:
    """Log a warning once for each job, because journals are read repeatedly."""
    _log.warning("Ignoring unreadable lines in a job's journal: %s", events_file)
