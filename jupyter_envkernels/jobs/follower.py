"""Follow jobs to their end: start them in turn, pass their events to listeners, finalize those whose worker crashed."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from ..models import Job, JobEvent
from ..system import system
from .journal.reader import Journal, advance
from .machine_limits import MachineLimits, NoTurn
from .prefork import PreforkedWorker
from .queue import Queue
from .worker_process import reap, spawn, tell_wait

_POLL = 0.1
"""Seconds between two looks at a job whose journal does not change."""

_RETRY = 5.0
"""Seconds until a job that could not be followed is tried again."""

_ENOUGH = 1 << 14
"""Bytes of reports that are read at once."""

_log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from typing_extensions import Self

Listener = Callable[[Job, JobEvent], None]


class Follower:
    """Follows jobs, and keeps what it has read of them. All methods belong to one event loop.

    Args:
        queue: decides which job is next.
        preforked: a worker that may have been started in advance.
        machine: decides when jobs of other users go first.
        ended: called after the end of each job.

    Attributes:
        jobs: id -> job, as last read.
        listeners: called with each new event of each followed job, in order.
    """

    def __init__(
        self, queue: Queue, preforked: PreforkedWorker, machine: MachineLimits, ended: Callable[[], Awaitable[None]]
    ) -> None:
        self.jobs: dict[str, Job] = {}
        self.listeners: list[Listener] = []
        self._queue = queue
        self._preforked = preforked
        self._machine = machine
        self._ended = ended
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._workers: dict[str, subprocess.Popen[bytes]] = {}

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._tasks

    def follow(self, job: Job, journal: Journal, *, after: int) -> None:
        """Follow a job to its end.

        Args:
            job: as read from its journal.
            journal: its journal.
            after: the ``seq`` after which events are passed to listeners.
        """
        self.jobs[job.id] = job
        if job.state == "queued":
            self._queue.enter(job)
        task = asyncio.create_task(self._follow_to_end(journal, after))
        self._tasks[job.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job.id, None))

    def running(self) -> list[Job]:
        """Return the jobs that run or are being started."""
        return [job for job in self.jobs.values() if job.state == "running" or job.id in self._workers]

    async def wait(self, job_id: str, seconds: float) -> None:
        """Wait until a job is no longer followed, with a timeout."""
        if task := self._tasks.get(job_id):
            await asyncio.wait([task], timeout=seconds)

    async def stop(self) -> None:
        """Stop following. Workers go on."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(self._machine.close)
        for worker in self._workers.values():
            worker.returncode = 0  # the worker outlives this process, so Popen must not warn

    async def _follow_to_end(self, journal: Journal, after: int) -> None:
        """Follow one job. An error, such as a full disk, affects this job only, and is retried."""
        offset = 0
        with _Changes(journal) as changes:
            while True:
                try:
                    offset = await self._step(journal, offset, after)
                except Exception:  # noqa: BLE001 - otherwise the job would stay unfinished forever
                    if not await asyncio.to_thread(journal.folder.exists):
                        self.jobs.pop(journal.id, None)  # the journal was deleted
                        break
                    _log.exception("The job %s cannot be followed; trying again.", journal.id)
                    self._queue.to_the_end(journal.id)
                    await asyncio.sleep(_RETRY)
                if self.jobs[journal.id].is_over:
                    break
                await changes.wait(_POLL)
        self._queue.leave(journal.id)
        await asyncio.to_thread(self._machine.leave, journal.id)
        if worker := self._workers.get(journal.id):
            await asyncio.to_thread(worker.wait)
            del self._workers[journal.id]
        await self._ended()

    async def _step(self, journal: Journal, offset: int, after: int) -> int:
        """Pass on new events, start the job or finalize it if needed, and return the offset to read from."""
        offset = await self._pass_on(journal, offset, after)
        if self.jobs[journal.id].is_over:
            return offset
        if journal.id in self._queue:
            await self._start_in_turn(journal)
        elif not await asyncio.to_thread(journal.is_alive):
            # the worker may have finalized the job just before it ended; reap reads the journal again
            await asyncio.to_thread(reap, journal)
            offset = await self._pass_on(journal, offset, after)
        return offset

    async def _start_in_turn(self, journal: Journal) -> None:
        if not self._queue.is_turn(journal.id, self.running()):
            return
        starting = asyncio.ensure_future(asyncio.to_thread(self._start, journal, self.jobs[journal.id]))
        try:
            worker = await asyncio.shield(starting)
        except NoTurn:
            return
        except asyncio.CancelledError:  # the manager stops, but the worker that is being started goes on
            with suppress(NoTurn):
                if worker := await starting:
                    self._workers[journal.id] = worker
            raise
        if worker is not None:
            self._workers[journal.id] = worker
        self._queue.leave(journal.id)

    def _start(self, journal: Journal, job: Job) -> subprocess.Popen[bytes] | None:
        """Start the worker of a job; see :func:`.worker_process.spawn`.

        Raises:
            NoTurn: jobs of other users go first; the journal says so.
        """
        try:
            slot = self._machine.take(journal.id, is_plan=job.request.is_plan)
        except NoTurn as reason:
            if str(reason) not in {"", job.message}:
                tell_wait(journal, str(reason))
            raise
        try:
            return spawn(journal, self._preforked, slot)
        finally:
            if slot is not None:
                os.close(slot)

    async def _pass_on(self, journal: Journal, offset: int, after: int) -> int:
        """Pass new events to the listeners, and return the offset to read from."""
        events, offset = await asyncio.to_thread(journal.read_events, offset)
        for event in events:
            if event.seq <= after:
                continue
            job = self.jobs[journal.id] = advance(self.jobs[journal.id], event)
            for listener in self.listeners:
                _call(listener, job, event)
        return offset


class _Changes:
    """Reports changes of a job's events, where the system reports those of files."""

    def __init__(self, journal: Journal) -> None:
        self._file = journal.events_file
        self._changed = asyncio.Event()
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        self._descriptor = system.watch(self._file)
        if self._descriptor is not None:
            asyncio.get_running_loop().add_reader(self._descriptor, self._read, self._descriptor)
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            asyncio.get_running_loop().remove_reader(self._descriptor)
            os.close(self._descriptor)

    def _read(self, descriptor: int) -> None:
        with suppress(BlockingIOError):
            os.read(descriptor, _ENOUGH)
        self._changed.set()

    async def wait(self, seconds: float) -> None:
        """Wait for a change since the last wait, with a timeout."""
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._changed.wait(), seconds)
        self._changed.clear()


def _call(listener: Listener, job: Job, event: JobEvent) -> None:
    """Call a listener; its errors are logged only."""
    try:
        listener(job, event)
    except Exception:  # noqa: BLE001 - a listener is foreign code
        _log.exception("A listener failed on event %d of the job %s.", event.seq, job.id)
