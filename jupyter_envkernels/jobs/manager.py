"""Takes, follows and ends jobs. The journal is the truth; a manager only remembers what it has read there."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..engine.fetch.cache_lock import sweep_packages
from ..engine.operations import JobRequest
from ..envs.conda_config.condarc import load_settings
from ..envs.policy_file import options_in_force
from ..errors import Busy, NotFound
from ..models import EngineOptions, Job, JobState, Operation, Plan
from .admission import admit
from .follower import Follower, Listener
from .journal.reader import JobSpec, Journal, job_ids
from .journal.writer import create_journal
from .locks import submission_lock
from .machine_limits import MachineLimits
from .prefork import PreforkedWorker
from .process_id import account
from .queue import Queue
from .recovery import clean, in_background
from .requests import clashes, run_request
from .retention import discard, superfluous
from .worker_process import cancel, reap

_POLL = 0.1
"""Seconds between two looks at a job that is being cancelled."""

_WATCH = 1.0
"""Seconds between two looks for jobs that others have begun."""

_PATIENCE = 0.3
"""Seconds that a cancellation waits for what may come after its answer: files are deleted, listeners informed.

A manager that stops waits as long for its cleaning.
"""


@dataclass(frozen=True, slots=True)
class ManagerOptions:
    """Settings of a manager.

    Attributes:
        journal_dir: the folder of all jobs.
        engine: what workers are told.
        max_concurrent: jobs of one person that run at the same time.
        max_queued: jobs that may wait for their turn.
        keep_jobs: journals of jobs that are over which are kept.
        job_timeout: seconds that the work of a job may take; 0 for no limit.
        folders: where jobs make environments, as a rule; those of jobs that are lost are looked for there.
    """

    journal_dir: Path
    engine: EngineOptions
    max_concurrent: int = 2
    max_queued: int = 20
    keep_jobs: int = 200
    job_timeout: float = 0
    folders: tuple[Path, ...] = ()


class JobManager:
    """The write door: everything that changes an environment is a job that goes through here.

    All methods belong to one event loop; what touches the disk runs in threads. Make it, :meth:`start` it, and
    :meth:`stop` it; stopping leaves running jobs alone.
    """

    def __init__(self, options: ManagerOptions) -> None:
        self._options = options
        self._queue = Queue(options.max_concurrent, options.max_queued)
        self._spare = PreforkedWorker()
        self._follower = Follower(self._queue, self._spare, MachineLimits(options.engine.limits), self._after_job)
        self._jobs = self._follower.jobs
        self._endings: set[asyncio.Future[None]] = set()
        self._known: set[str] = set()
        self._watcher: asyncio.Task[None] | None = None
        self._cleaning: asyncio.Task[None] | None = None
        self._submitting = asyncio.Lock()

    @property
    def options(self) -> ManagerOptions:
        """As given."""
        return self._options

    def count(self, state: JobState) -> int:
        """Return how many jobs are in a state, as far as this manager knows."""
        return sum(job.state == state for job in self._jobs.values())

    def unfinished(self) -> list[Operation]:
        """Return the operations that run or wait, as far as this manager knows; not those that are only planned."""
        unfinished = (job.request for job in self._jobs.values() if not job.is_over)
        return [request for request in unfinished if isinstance(request, Operation)]

    def subscribe(self, listener: Listener) -> None:
        """Call ``listener(job, event)`` for each new event of each job that this manager follows, in order."""
        self._follower.listeners.append(listener)

    async def start(self) -> None:
        """Take up where an earlier manager left: follow what runs, queue what waits, clean up after crashes.

        What takes long, the deletion of what is out of the way already, goes on in the background.
        """
        journals, cache = self._options.journal_dir, self._options.engine.package_cache
        async with self._submitting:
            await self._prune()
            jobs = await self.jobs()
            folders = {*self._options.folders, *(job.request.prefix.parent for job in jobs)}
            for job in reversed(jobs):
                if job.id not in self._known:
                    self._known.add(job.id)
                    if not job.is_over:
                        self._follow(job, told=job.seq)
        self._cleaning = asyncio.create_task(in_background(partial(clean, journals, cache, folders, jobs)))
        self._watcher = asyncio.create_task(self._watch())

    async def clean_up(self) -> None:
        """Finalize jobs whose workers crashed meanwhile, so that their prefixes are free."""
        for job in await self.jobs():
            if job.state == "running":
                await asyncio.to_thread(reap, self.journal(job.id))
        await self._prune()

    async def _after_job(self) -> None:
        """Take away journals that are too many, and what a worker may have unpacked by half."""
        await self._prune()
        await asyncio.to_thread(sweep_packages, self._options.engine.package_cache / "pkgs")

    async def _prune(self) -> None:
        """Take away the journals that are too many."""
        for job_id in superfluous(await self.jobs(), self._options.keep_jobs, time.time()):
            if job_id not in self._follower:
                await asyncio.to_thread(discard, self.journal(job_id))
                self._jobs.pop(job_id, None)

    async def stop(self) -> None:
        """Stop following. Workers go on; the next manager finds them in the journal.

        Cleaning may go on as well, or be cut off by the end of the process, which does no harm.
        """
        if self._cleaning:
            await asyncio.wait([self._cleaning], timeout=_PATIENCE)
        tasks = [*self._endings, *filter(None, [self._watcher, self._cleaning])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, self._follower.stop(), return_exceptions=True)
        await asyncio.to_thread(self._spare.dismiss)

    async def prepare(self) -> None:
        """Start a worker that waits for the next job."""
        await asyncio.to_thread(self._spare.prepare)

    async def submit(self, request: JobRequest, user: str = "") -> Job:
        """Store a job and let it run when its turn comes.

        Args:
            request: what it is to do.
            user: who asks; empty for the account that this process runs for.

        Raises:
            AlreadyExists: the prefix that it is to make is taken.
            NotFound: the environment that it is to change or to copy is not there.
            NotAllowed: the administrator's limits forbid it.
            PolicyUnusable: a policy file of the administrator cannot be relied upon.
            InvalidRequest: the name of the prefix is too long for a folder.
            Forbidden: the place of the prefix cannot be looked at.
            Busy: another job works on the same prefix.
            QueueFull: too many jobs wait.
            StoreFailed: the job cannot be stored.
        """
        return await self._submit(request, user, None)

    async def run(self, job_id: str, user: str = "") -> Job:
        """Carry out what a job has planned, or take up again what it did not finish: as a new job.

        Args:
            job_id: that job.
            user: as for :meth:`submit`.

        Raises:
            NotFound: there is no such job.
            Conflict: it runs or waits, or there is nothing left to do; and as :meth:`submit`.
        """
        job = await self.job(job_id)
        journal = self.journal(job_id)
        request = run_request(job)
        has_plan = await asyncio.to_thread(journal.plan_file.exists)
        return await self._submit(request, user, await asyncio.to_thread(journal.plan) if has_plan else None)

    async def _submit(self, request: JobRequest, user: str, plan: Plan | None) -> Job:
        # two requests for one prefix must see each other, also those of several servers and command lines
        async with self._submitting, submission_lock(self._options.journal_dir):
            await self._take_up_strangers()
            unfinished = [job for job in self._jobs.values() if not job.is_over]
            await self._check(request, unfinished)
            await asyncio.to_thread(self._admit, request)
            options = self._options
            order = JobSpec(request, options.engine, time.time(), options.job_timeout, user or account())
            journal = await asyncio.to_thread(create_journal, self._options.journal_dir, order, plan)
            job = await self.job(journal.id)
            self._follow(job, told=0)
            return job

    def _admit(self, request: JobRequest) -> None:
        options = options_in_force(self._options.engine)
        admit(request.operation, options, load_settings(os.environ), self.unfinished())

    async def _check(self, request: JobRequest, unfinished: Sequence[Job]) -> None:
        self._queue.check_room(self._follower.running())
        for known in await asyncio.to_thread(lambda: [job for job in unfinished if clashes(request, job.request)]):
            job = await self.job(known.id)  # what we know may be a moment old
            if not job.is_over:
                raise Busy(
                    f"A job works on {job.request.prefix} already: {job.request.kind}, {job.state}.",
                    remedy="Wait until it is over, or cancel it.",
                    details={"job": job.id},
                )

    async def cancel(self, job_id: str) -> Job:
        """End a job: when this returns, its processes are gone, and what it made is out of the way.

        One that is over stays so. Where it made many files, they may be deleted some time later.

        Raises:
            NotFound: there is no such job.
            StillRunning: its processes did not go away.
        """
        job = await self.job(job_id)
        if not job.is_over:
            await self._end(self.journal(job_id))
            await self._follower.wait(job_id, _PATIENCE)
        return await self.job(job_id)

    async def _end(self, journal: Journal) -> None:
        """Cancel, until the job is over."""
        ending = asyncio.ensure_future(asyncio.to_thread(cancel, journal))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        done, _ = await asyncio.wait([ending], timeout=_PATIENCE)
        while not done and not (await self.job(journal.id)).is_over:
            done, _ = await asyncio.wait([ending], timeout=_POLL)
        for ended in done:
            ended.result()

    async def jobs(self) -> list[Job]:
        """Return all jobs that the journal holds, newest first."""
        found = await asyncio.to_thread(self._read_jobs)
        self._jobs |= {job.id: job for job in found if job.is_over and job.id not in self._follower}
        return found

    async def job(self, job_id: str) -> Job:
        """Return one job.

        Raises:
            NotFound: there is no such job.
        """
        return await asyncio.to_thread(self.journal(job_id).job)

    def journal(self, job_id: str) -> Journal:
        """Return the journal of one job, for reading.

        Raises:
            NotFound: the id is not one of a job.
        """
        return Journal(self._options.journal_dir, job_id)

    def _read_jobs(self) -> list[Job]:
        found: list[Job] = []
        for job_id in reversed(job_ids(self._options.journal_dir)):
            known = self._jobs.get(job_id)
            with contextlib.suppress(NotFound, OSError):  # one that cannot be read hides no other
                found.append(known if known and known.is_over else self.journal(job_id).job())
        return found

    async def _watch(self) -> None:
        """Take up the jobs that others begin: a command line, or another server of the same person."""
        while True:
            await asyncio.sleep(_WATCH)
            async with self._submitting:  # our own are on disk a moment before we know them
                await self._take_up_strangers()

    async def _take_up_strangers(self) -> None:
        for job in await asyncio.to_thread(self._strangers):
            self._follow(job, told=0)

    def _strangers(self) -> list[Job]:
        found = []
        for job_id in job_ids(self._options.journal_dir):
            if job_id not in self._known:
                with contextlib.suppress(NotFound, OSError):  # one that cannot be read hides no other
                    found.append(self.journal(job_id).job())
        return found

    def _follow(self, job: Job, *, told: int) -> None:
        self._known.add(job.id)
        self._follower.follow(job, self.journal(job.id), told=told)
