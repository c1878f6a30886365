"""Submit, follow, list and cancel jobs. All state is in the journal; the manager only caches it."""

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
"""Seconds between two checks of a job that is being cancelled."""

_WATCH = 1.0
"""Seconds between two searches for jobs that other processes have submitted."""

_PATIENCE = 0.3
"""Seconds to wait for cleanup after a cancel, and when the manager stops."""


@dataclass(frozen=True, slots=True)
class ManagerOptions:
    """Settings of a manager.

    Attributes:
        journal_dir: the folder of all journals.
        engine: settings of workers.
        max_concurrent: maximum number of running jobs of one user.
        max_queued: maximum number of waiting jobs.
        keep_jobs: number of finished jobs whose journals are kept.
        job_timeout: timeout of a job in seconds; 0 for none.
        folders: usual folders of environments, which are searched for leftovers of jobs.
    """

    journal_dir: Path
    engine: EngineOptions
    max_concurrent: int = 2
    max_queued: int = 20
    keep_jobs: int = 200
    job_timeout: float = 0
    folders: tuple[Path, ...] = ()


class JobManager:
    """The entry point for all changes of environments, each of which is a job.

    All methods belong to one event loop; disk access runs in threads. Call :meth:`start` before and :meth:`stop` after
    use; running jobs go on after :meth:`stop`.

    Args:
        options: the settings.
        preforked: a worker that may have been started in advance.
    """

    def __init__(self, options: ManagerOptions, preforked: PreforkedWorker | None = None) -> None:
        self._options = options
        self._queue = Queue(options.max_concurrent, options.max_queued)
        self._preforked = preforked or PreforkedWorker()
        self._follower = Follower(self._queue, self._preforked, MachineLimits(options.engine.limits), self._after_job)
        self._jobs = self._follower.jobs
        self._endings: set[asyncio.Future[None]] = set()
        self._known: set[str] = set()
        self._watcher: asyncio.Task[None] | None = None
        self._cleaning: asyncio.Task[None] | None = None
        self._submitting = asyncio.Lock()

    @property
    def options(self) -> ManagerOptions:
        """Return the settings."""
        return self._options

    def count(self, state: JobState) -> int:
        """Return the number of jobs in a state, as far as this manager knows."""
        return sum(job.state == state for job in self._jobs.values())

    def unfinished(self) -> list[Operation]:
        """Return the operations that run or wait, as far as this manager knows, without plans."""
        unfinished = (job.request for job in self._jobs.values() if not job.is_over)
        return [request for request in unfinished if isinstance(request, Operation)]

    def subscribe(self, listener: Listener) -> None:
        """Call ``listener(job, event)`` for each new event of each followed job, in order."""
        self._follower.listeners.append(listener)

    async def start(self) -> None:
        """Continue the work of an earlier manager: follow running jobs, queue waiting ones, clean up after crashes.

        Files are deleted in the background.
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
                        self._follow(job, after=job.seq)
        self._cleaning = asyncio.create_task(in_background(partial(clean, journals, cache, folders, jobs)))
        self._watcher = asyncio.create_task(self._watch())

    async def clean_up(self) -> None:
        """Finalize jobs whose workers crashed, so that their prefixes are free."""
        for job in await self.jobs():
            if job.state == "running":
                await asyncio.to_thread(reap, self.journal(job.id))
        await self._prune()

    async def _after_job(self) -> None:
        """Delete superfluous journals, and half-extracted packages."""
        await self._prune()
        await asyncio.to_thread(sweep_packages, self._options.engine.package_cache / "pkgs")

    async def _prune(self) -> None:
        """Delete superfluous journals."""
        for job_id in superfluous(await self.jobs(), self._options.keep_jobs, time.time()):
            if job_id not in self._follower:
                await asyncio.to_thread(discard, self.journal(job_id))
                self._jobs.pop(job_id, None)

    async def stop(self) -> None:
        """Stop following. Workers go on; the next manager finds them in the journal.

        The cleanup in the background may be interrupted by the end of the process, and is repeated by the next manager.
        """
        if self._cleaning:
            await asyncio.wait([self._cleaning], timeout=_PATIENCE)
        tasks = [*self._endings, *filter(None, [self._watcher, self._cleaning])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, self._follower.stop(), return_exceptions=True)
        await asyncio.to_thread(self._preforked.dismiss)

    async def prepare(self) -> None:
        """Start a worker in advance for the next job."""
        await asyncio.to_thread(self._preforked.prepare)

    async def submit(self, request: JobRequest, user: str = "") -> Job:
        """Store a job and queue it.

        Args:
            request: the request.
            user: name of the user; empty for the account of this process.

        Raises:
            AlreadyExists: the new prefix exists.
            NotFound: the environment to change or to copy does not exist.
            NotAllowed: the administrator's limits forbid it.
            PolicyUnusable: a policy file of the administrator is invalid.
            InvalidRequest: the name of the prefix is too long for a folder.
            Forbidden: the folder of the prefix cannot be accessed.
            Busy: another job works on the same prefix.
            QueueFull: too many jobs wait.
            StoreFailed: the job cannot be stored.
        """
        return await self._submit(request, user, None)

    async def run(self, job_id: str, user: str = "") -> Job:
        """Carry out a planned operation, or repeat a job that did not succeed, as a new job.

        Args:
            job_id: the plan, or the job.
            user: as for :meth:`submit`.

        Raises:
            NotFound: there is no such job.
            Conflict: the job runs or waits, or has succeeded; and as :meth:`submit`.
        """
        job = await self.job(job_id)
        journal = self.journal(job_id)
        request = run_request(job)
        has_plan = await asyncio.to_thread(journal.plan_file.exists)
        return await self._submit(request, user, await asyncio.to_thread(journal.plan) if has_plan else None)

    async def _submit(self, request: JobRequest, user: str, plan: Plan | None) -> Job:
        # under a lock, so that requests of other servers and command lines for the same prefix are seen
        async with self._submitting, submission_lock(self._options.journal_dir):
            await self._follow_foreign_jobs()
            unfinished = [job for job in self._jobs.values() if not job.is_over]
            await self._check(request, unfinished)
            await asyncio.to_thread(self._admit, request)
            options = self._options
            spec = JobSpec(request, options.engine, time.time(), options.job_timeout, user or account())
            journal = await asyncio.to_thread(create_journal, self._options.journal_dir, spec, plan)
            job = await self.job(journal.id)
            self._follow(job, after=0)
            return job

    def _admit(self, request: JobRequest) -> None:
        from .admission import admit  # noqa: PLC0415 - an idle server need not load it

        options = options_in_force(self._options.engine)
        admit(request.operation, options, load_settings(os.environ), self.unfinished())

    async def _check(self, request: JobRequest, unfinished: Sequence[Job]) -> None:
        self._queue.check_room(self._follower.running())
        for known in await asyncio.to_thread(lambda: [job for job in unfinished if clashes(request, job.request)]):
            job = await self.job(known.id)  # the cached state may be outdated
            if not job.is_over:
                raise Busy(
                    f"Another job is using {job.request.prefix}: {job.request.kind}, {job.state}.",
                    remedy="Wait until it ends, or cancel it.",
                    details={"job": job.id},
                )

    async def cancel(self, job_id: str) -> Job:
        """Cancel a job: kill its processes and roll back. Finished jobs do not change.

        Files may be deleted some time later, if there are many.

        Raises:
            NotFound: there is no such job.
            StillRunning: its processes could not be killed.
        """
        job = await self.job(job_id)
        if not job.is_over:
            await self._end(self.journal(job_id))
            await self._follower.wait(job_id, _PATIENCE)
        return await self.job(job_id)

    async def _end(self, journal: Journal) -> None:
        """Cancel a job, and wait until it is over."""
        ending = asyncio.ensure_future(asyncio.to_thread(cancel, journal))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        done, _ = await asyncio.wait([ending], timeout=_PATIENCE)
        while not done and not (await self.job(journal.id)).is_over:
            done, _ = await asyncio.wait([ending], timeout=_POLL)
        for ended in done:
            ended.result()

    async def jobs(self) -> list[Job]:
        """Return all jobs in the journal, newest first."""
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
            with contextlib.suppress(NotFound, OSError):  # skip jobs that cannot be read
                found.append(known if known and known.is_over else self.journal(job_id).job())
        return found

    async def _watch(self) -> None:
        """Follow jobs of other processes: a command line, or another server of the same user."""
        while True:
            await asyncio.sleep(_WATCH)
            async with self._submitting:  # our own jobs are on disk before they are known
                await self._follow_foreign_jobs()

    async def _follow_foreign_jobs(self) -> None:
        for job in await asyncio.to_thread(self._foreign_jobs):
            self._follow(job, after=0)

    def _foreign_jobs(self) -> list[Job]:
        found = []
        for job_id in job_ids(self._options.journal_dir):
            if job_id not in self._known:
                with contextlib.suppress(NotFound, OSError):  # skip jobs that cannot be read
                    found.append(self.journal(job_id).job())
        return found

    def _follow(self, job: Job, *, after: int) -> None:
        self._known.add(job.id)
        self._follower.follow(job, self.journal(job.id), after=after)
