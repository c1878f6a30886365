"""What a job of the worker comes to."""

from __future__ import annotations

from dataclasses import replace

from jupyter_envkernels.jobs.manager import JobManager
from jupyter_envkernels.models import EngineOptions, Job, JobRequest

from .conftest import Place, over


async def done(place: Place, request: JobRequest, engine: EngineOptions | None = None) -> tuple[Job, str]:
    """A job when it is over, and its log."""
    options = place.options() if engine is None else replace(place.options(), engine=engine)
    manager = JobManager(options)
    await manager.start()
    try:
        job = await over(manager, await manager.submit(request))
        return job, manager.journal(job.id).log_file.read_text()
    finally:
        await manager.stop()


async def test_a_kernel_package_that_clashes_is_not_taken_for_the_persons_own(place: Place) -> None:
    engine = EngineOptions((place.channel,), place.folder / "cache", kernel_packages=("conflict-b",))
    job, log = await done(place, place.create("lesson", "python", "conflict-a"), engine)
    assert job.error is not None
    assert job.error.code == "unsatisfiable"
    assert job.error.message.startswith(
        "conflict-b is added, so that the environment is a kernel. `conflict-a` and `conflict-b` cannot be"
    )
    assert job.error.message.splitlines()[0] in log
    assert job.error.remedy in log
    assert place.leftovers() == []
