"""Run the verbs about jobs, whichever program started them; the panel shows the same jobs."""

from __future__ import annotations

import asyncio
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence

from ..documents import jobs_json
from ..errors import Ambiguous, Cancelled, Conflict, NotFound
from ..jobs.journal.reader import Journal, job_ids
from ..jobs.manager import JobManager
from ..models import Job
from .following import carry_out, job_document, outcome
from .output import Table, VerbResult, kind_of, moment, printable
from .settings import manager_options

_POLL = 0.2
"""Seconds between two reads of a log that is followed."""


def show(_: Namespace) -> VerbResult:
    """List the jobs."""
    jobs = asyncio.run(_all_jobs())
    rows = [(job.id, kind_of(job), _state(job), moment(job.created), job.request.environment) for job in jobs]
    table = Table(("JOB", "KIND", "STATE", "SINCE", "ENVIRONMENT"), rows, empty="There are no jobs.")
    return VerbResult(jobs_json(jobs), table)


def log(args: Namespace) -> VerbResult:
    """Print the log of a job, with ``--follow`` until the job ends."""
    journal = _journal(args.job)
    pieces: list[str] = []

    def take(text: str) -> None:
        if args.json:
            pieces.append(text)
        else:
            print(text, end="", flush=True)

    if args.follow:
        try:
            asyncio.run(_follow_log(journal, take))
        except asyncio.CancelledError:
            raise Cancelled("Interrupted.") from None
    else:
        _read_on(journal, 0, take)
    return VerbResult({**job_document(journal.job()), "log": "".join(pieces)})


def cancel(args: Namespace) -> VerbResult:
    """Cancel a job."""
    job_id = _journal(args.job).id
    job = asyncio.run(JobManager(manager_options()).cancel(job_id))
    if job.state != "cancelled":
        raise Conflict(f"The job {job.id} has already ended: {job.state}.", details={"job": job.id})
    return VerbResult(job_document(job), printable(f"{job.message}: {job.request.prefix}"))


def resume(args: Namespace) -> VerbResult:
    """Run the plan of a job, or an unfinished job again."""
    job_id = _journal(args.job).id
    return outcome(carry_out(lambda manager: manager.run(job_id), args))


def find_job(ref: str, ids: Sequence[str]) -> str:
    """Return the id of a job.

    Args:
        ref: the id, its beginning, or ``last``.
        ids: of all jobs, oldest first.

    Raises:
        NotFound: there is no such job.
        Ambiguous: several ids have that beginning.
    """
    found = ids[-1:] if ref == "last" else [known for known in ids if known.startswith(ref)]
    if not found or not ref:
        raise NotFound(f"There is no job {ref!r}.", remedy="'jupyter envkernels jobs' shows all jobs.")
    if len(found) > 1:
        raise Ambiguous(
            f"{len(found)} jobs begin with {ref!r}.", remedy="Give more of the id.", details={"candidates": list(found)}
        )
    return found[0]


def _journal(ref: str) -> Journal:
    folder = manager_options().journal_dir
    return Journal(folder, find_job(ref, job_ids(folder)))


async def _all_jobs() -> list[Job]:
    """Return all jobs, newest first, after finalizing those whose worker crashed."""
    manager = JobManager(manager_options())
    await manager.clean_up()
    return await manager.jobs()


def _state(job: Job) -> str:
    """Return the state; phase and percentage if the job is running."""
    if job.state != "running" or job.phase is None:
        return job.state
    progress = job.progress
    return f"{job.phase} {100 * progress.done // progress.total}%" if progress and progress.total else job.phase


async def _follow_log(journal: Journal, take: Callable[[str], None]) -> None:
    """Read the log until the job ends, or an interrupt. A queued job without a manager is run by this process."""
    following = asyncio.current_task()
    assert following is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, following.cancel)
    manager = JobManager(manager_options())
    await manager.clean_up()
    await manager.start()
    offset = 0
    told = ""
    try:
        while True:
            job = await manager.job(journal.id)  # before the log is read: an ended job writes no more
            if job.state not in {told, "running"}:
                print(f"{job.state}: {job.message}", file=sys.stderr, flush=True)
            told = job.state
            offset = await asyncio.to_thread(_read_on, journal, offset, take)
            if job.is_over:
                return
            await asyncio.sleep(_POLL)
    finally:
        await manager.stop()


def _read_on(journal: Journal, offset: int, take: Callable[[str], None]) -> int:
    """Pass on the log from an offset to its current end, and return the new offset."""
    text, offset = journal.read_log(offset)
    while text:
        take(text)
        text, offset = journal.read_log(offset)
    return offset
