"""Sees jobs to their ends: starts each in its turn, tells what its journal says, buries it if its worker has died."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
from collections.abc import Awaitable, Callable
from contextlib import suppress

from ..models import Job, JobEvent
from .journal.reader import Journal, advance
from .machine_limits import MachineLimits, NoTurn
from .prefork import PreforkedWorker
from .queue import Queue
from .worker_process import reap, spawn, tell_wait

_POLL = 0.1
"""Seconds between two looks at the journal of a job."""

_RETRY = 5.0
"""Seconds until a job is looked at again that could not be."""

_log = logging.getLogger(__name__)

Listener = Callable[[Job, JobEvent], None]


class Follower:
    """Follows jobs, and remembers what it has read of them. All methods belong to one event loop.

    Args:
        queue: decides whose turn it is.
        spare: a worker that may have been started before.
        machine: decides when other users go first.
        ended: called after the end of each job.

    Attributes:
        jobs: what is known of each job, by id.
        listeners: called with each new event of each job that is followed, in order.
    """

    def __init__(
        self, queue: Queue, spare: PreforkedWorker, machine: MachineLimits, ended: Callable[[], Awaitable[None]]
    ) -> None:
        self.jobs: dict[str, Job] = {}
        self.listeners: list[Listener] = []
        self._queue = queue
        self._spare = spare
        self._machine = machine
        self._ended = ended
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._workers: dict[str, subprocess.Popen[bytes]] = {}

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._tasks

    def follow(self, job: Job, journal: Journal, *, told: int) -> None:
        """See a job to its end.

        Args:
            job: as its journal has it now.
            journal: its journal.
            told: events up to this number are no news.
        """
        self.jobs[job.id] = job
        if job.state == "queued":
            self._queue.enter(job)
        task = asyncio.create_task(self._attend(journal, told))
        self._tasks[job.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job.id, None))

    def running(self) -> list[Job]:
        """Return the jobs that run or are being started."""
        return [job for job in self.jobs.values() if job.state == "running" or job.id in self._workers]

    async def wait(self, job_id: str, seconds: float) -> None:
        """Wait until all is told of a job, but no longer than that."""
        if task := self._tasks.get(job_id):
            await asyncio.wait([task], timeout=seconds)

    async def stop(self) -> None:
        """Follow no longer. Workers go on."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(self._machine.close)
        for worker in self._workers.values():
            worker.returncode = 0  # it is meant to outlive us: no warning that it was not waited for

    async def _attend(self, journal: Journal, told: int) -> None:
        """See one job to its end.

        Whatever goes wrong on the way, such as a full disk, goes wrong for this job only, and is tried again.
        """
        offset = 0
        while True:
            try:
                offset = await self._step(journal, offset, told)
            except Exception:  # noqa: BLE001 - a follower that dies would leave its job unfinished for ever
                if not await asyncio.to_thread(journal.folder.exists):
                    self.jobs.pop(journal.id, None)  # the journal was taken away: nothing is left to follow
                    break
                _log.exception("The job %s cannot be followed; trying again.", journal.id)
                self._queue.to_the_end(journal.id)
                await asyncio.sleep(_RETRY)
            if self.jobs[journal.id].is_over:
                break
            await asyncio.sleep(_POLL)
        self._queue.leave(journal.id)
        await asyncio.to_thread(self._machine.leave, journal.id)
        if worker := self._workers.get(journal.id):
            await asyncio.to_thread(worker.wait)
            del self._workers[journal.id]
        await self._ended()

    async def _step(self, journal: Journal, offset: int, told: int) -> int:
        """Tell the news, start the job in its turn, and bury it should its worker have died; where to read on."""
        offset = await self._tell(journal, offset, told)
        if self.jobs[journal.id].is_over:
            return offset
        if journal.id in self._queue:
            await self._start_in_turn(journal)
        elif not await asyncio.to_thread(journal.is_alive):
            # it may have finalized the job just before it went; burying looks again
            await asyncio.to_thread(reap, journal)
            offset = await self._tell(journal, offset, told)
        return offset

    async def _start_in_turn(self, journal: Journal) -> None:
        if not self._queue.is_turn(journal.id, self.running()):
            return
        starting = asyncio.ensure_future(asyncio.to_thread(self._start, journal, self.jobs[journal.id]))
        try:
            worker = await asyncio.shield(starting)
        except NoTurn:
            return
        except asyncio.CancelledError:  # the manager stops; the worker goes on, and must not be lost sight of
            with suppress(NoTurn):
                if worker := await starting:
                    self._workers[journal.id] = worker
            raise
        if worker is not None:
            self._workers[journal.id] = worker
        self._queue.leave(journal.id)

    def _start(self, journal: Journal, job: Job) -> subprocess.Popen[bytes] | None:
        """Start the worker of a job; see :func:`.process.spawn`.

        Raises:
            NoTurn: other users of the machine go first; the journal says so.
        """
        try:
            slot = self._machine.take(journal.id, is_plan=job.request.is_plan)
        except NoTurn as reason:
            if str(reason) not in {"", job.message}:
                tell_wait(journal, str(reason))
            raise
        try:
            return spawn(journal, self._spare, slot)
        finally:
            if slot is not None:
                os.close(slot)

    async def _tell(self, journal: Journal, offset: int, told: int) -> int:
        """Hand new events to the listeners, and return where to read on."""
        events, offset = await asyncio.to_thread(journal.read_events, offset)
        for event in events:
            if event.seq <= told:
                continue
            job = self.jobs[journal.id] = advance(self.jobs[journal.id], event)
            for listener in self.listeners:
                _call(listener, job, event)
        return offset


def _call(listener: Listener, job: Job, event: JobEvent) -> None:
    """What a listener does wrong is its own affair."""
    try:
        listener(job, event)
    except Exception:  # noqa: BLE001 - it may be anybody's
        _log.exception("A listener failed on event %d of the job %s.", event.seq, job.id)
