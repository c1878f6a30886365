"""A job, followed to its end."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from ..config import load_traits
from ..envs.condarc import load_settings
from ..errors import OperationFailed
from ..jobs.manager import JobManager
from ..models import Job, JobEvent, JobRequest


def open_jobs() -> JobManager:
    """The write door, not started, with the settings that a server would have.

    Raises:
        InvalidRequest: the configuration cannot be used.
    """
    return JobManager(load_traits().manager_options(load_settings(os.environ)))


def carry_out(request: JobRequest) -> Job:
    """Submit a job, print its news to standard error, and wait for its end; an interrupt cancels it.

    Raises:
        OperationFailed: it did not succeed.
        KeyboardInterrupt: it was cancelled.
    """
    job = asyncio.run(_follow(request))
    if job.state == "cancelled":
        raise KeyboardInterrupt
    if job.state != "succeeded":
        failure = OperationFailed(job.message, remedy=job.error.remedy if job.error else "", details={"job": job.id})
        failure.code = job.error.code if job.error else failure.code  # type: ignore[misc]
        raise failure
    return job


async def _follow(request: JobRequest) -> Job:
    manager = open_jobs()
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, over.set)

    def tell(job: Job, event: JobEvent) -> None:
        if event.progress is None and event.error is None:
            print(f"{event.phase or event.state}: {event.message}", file=sys.stderr)
        if job.is_over:
            over.set()

    manager.subscribe(tell)
    await manager.clean_up()
    job = await manager.submit(request)
    await over.wait()
    job = await manager.cancel(job.id)  # leaves a job that is over as it is
    await manager.stop()
    return job
