"""A job that is cancelled: within a second its processes are gone, and with them all that it made."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest
from msgspec import structs

from jupyter_envkernels.engine.link import folders
from jupyter_envkernels.engine.link.folders import remove_tree
from jupyter_envkernels.engine.operations import Create, JobRequest
from jupyter_envkernels.jobs.manager import JobManager
from jupyter_envkernels.jobs.process_id import group_members
from jupyter_envkernels.jobs.worker_process import scratch
from jupyter_envkernels.models import PENDING_MARK, EnvSpec, Job
from tests.channel.index import index_channels
from tests.channel.package import Package
from tests.channel.server import ChannelServer

from .conftest import Place, in_phase, managing, over, until

PROMISE = 1.0
"""Seconds from the request to the end of it all."""

SLEEPS = "import subprocess\n\n\ndef build_wheel(*_):\n    subprocess.run(['sleep', '300'])\n"
"""A build of pip's that does not end and has a process of its own; it needs nothing to be built."""

Begin = Callable[[], Awaitable[Job]]


async def cancel(manager: JobManager, place: Place, begin: Begin, *, others: tuple[str, ...] = ()) -> Job:
    """Cancel a job as soon as it has begun, and look for what is left of it.

    A machine that is busy with something else may take longer, once.

    Args:
        manager: of the job.
        place: where it works.
        begin: brings a job to where it is to be cancelled.
        others: the environments that there are besides.
    """
    for _ in range(2):
        job = await begin()
        mark = manager.journal(job.id).worker()
        started = time.monotonic()
        cancelled = await manager.cancel(job.id)
        took = time.monotonic() - started
        assert cancelled.state == "cancelled", cancelled
        assert mark is None or group_members(mark.pid) == []
        assert not scratch(manager.journal(job.id)).exists()
        assert [name for name in place.leftovers() if not name.endswith((".old", ".kept"))] == list(others)
        await until(lambda: asyncio.to_thread(lambda: not any(name.endswith(".old") for name in place.leftovers())))
        if took <= PROMISE:
            return cancelled
    pytest.fail(f"It took {took:.1f} s.")


@pytest.mark.parametrize("clean", [True, False])
async def test_in_the_middle_of_the_download(place: Place, channel_server: ChannelServer, *, clean: bool) -> None:
    channel_server.add_rule(r"big-demo", throttle=2_000_000)
    async with managing(place) as manager:
        others = () if clean else ("other",)
        for name in others:
            await over(manager, await manager.submit(place.create(name, "prio-demo")))

        async def downloading() -> Job:
            job = await manager.submit(place.create("lesson", "big-demo"))
            await in_phase(manager, job, "downloading", done=100_000)
            assert place.workers()
            return job

        await cancel(manager, place, downloading, others=others)
        channel_server.reset()
        again = await over(manager, await manager.submit(place.create("lesson", "big-demo")))
    assert again.state == "succeeded", again


async def test_in_the_middle_of_linking(place: Place) -> None:
    async with managing(place) as manager:
        await over(manager, await manager.submit(place.create("warm", "many-files", "python")))

        async def linking() -> Job:
            job = await manager.submit(place.create("lesson", "many-files", "python"))

            async def links() -> bool:
                assert not (await manager.job(job.id)).is_over
                return next(place.envs.glob(".lesson.*/share/many/10"), None) is not None

            await until(links)
            return job

        cancelled = await cancel(manager, place, linking, others=("warm",))
        assert cancelled.phase == "linking"
        again = await over(manager, await manager.submit(place.create("lesson", "many-files", "python")))
    assert again.state == "succeeded", again
    assert len(list((place.envs / "lesson" / "share" / "many").rglob("*.txt"))) == 5000


async def test_while_pip_waits_for_its_index(place: Place, channel_server: ChannelServer) -> None:
    channel_server.add_rule(r"/simple/", delay=30)
    pip = (f"--index-url {channel_server.url}/simple", "envkernels-demo-pip")
    async with managing(place) as manager:

        async def waiting() -> Job:
            job = await manager.submit(place.create("lesson", "python", pip=pip))

            async def pip_runs() -> bool:
                return (await manager.job(job.id)).phase == "pip" and len(place.workers()) > 1

            await until(pip_runs)
            assert (place.envs / "lesson" / PENDING_MARK).exists()
            return job

        await cancel(manager, place, waiting)


async def test_while_pip_builds_from_source(place: Place) -> None:
    source = place.folder / "mine"
    source.mkdir()
    (source / "pyproject.toml").write_text(
        '[project]\nname = "mine"\nversion = "1"\n'
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (source / "backend.py").write_text(SLEEPS)
    async with managing(place) as manager:
        request = place.create("lesson", "python", pip=("./mine",))
        cancelled = await cancel(manager, place, lambda: sleeps(manager, request))
        assert cancelled.phase == "pip"
        again = await over(manager, await manager.submit(place.create("lesson", "python")))
    assert again.state == "succeeded", again


async def test_in_a_post_link_script(place: Place) -> None:
    request = _with_script(place, "sleep 300 &\nwait")
    async with managing(place) as manager:
        await cancel(manager, place, lambda: sleeps(manager, request))


def _with_script(place: Place, script: str) -> JobRequest:
    """Ask for an environment with a package that has a post-link script."""
    package = Package("scripted", "1.0", noarch="generic")
    package.add("bin/.scripted-post-link.sh", f"#!/bin/bash\n{script}\n", executable=True)
    channel = place.folder / "channel"
    package.write(channel)
    index_channels(channel)
    spec = EnvSpec("lesson", (channel.as_uri(),), ("scripted",))
    return Create("lesson", place.envs / "lesson", spec=spec)


async def sleeps(manager: JobManager, request: JobRequest) -> Job:
    """A job, when one of its processes does nothing but sleep."""
    job = await manager.submit(request)

    async def sleeps() -> bool:
        assert not (await manager.job(job.id)).is_over, manager.journal(job.id).read_log(0)[0]
        mark = manager.journal(job.id).worker()
        return mark is not None and any(map(_is_sleep, group_members(mark.pid)))

    await until(sleeps)
    return job


def _is_sleep(pid: int) -> bool:
    try:
        return psutil.Process(pid).name() == "sleep"
    except psutil.NoSuchProcess:  # it has ended meanwhile
        return False


async def test_while_queued(place: Place, channel_server: ChannelServer) -> None:
    channel_server.add_rule(r"big-demo", throttle=1_000_000)
    async with managing(place, max_concurrent=1) as manager:
        first = await manager.submit(structs.replace(place.create("first", "big-demo"), prefix=place.folder / "first"))
        await in_phase(manager, first, "downloading")

        async def waiting() -> Job:
            return await manager.submit(place.create("second", "prio-demo"))

        third = await manager.submit(place.create("third", "prio-demo"))
        await cancel(manager, place, waiting)
        assert (await manager.job(third.id)).state == "queued"
        await manager.cancel(first.id)
        assert (await over(manager, third)).state == "succeeded"
    assert place.leftovers() == ["third"]


async def test_with_more_files_than_can_be_deleted_in_time(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is answered in time; they are out of sight by then, and go as soon as they can."""
    may_go_on = threading.Event()

    def wait_and_remove(folder: Path) -> None:
        may_go_on.wait(60)
        remove_tree(folder)

    monkeypatch.setattr(folders, "remove_tree", wait_and_remove)
    async with managing(place) as manager:
        request = _with_script(place, "sleep 300")
        job = await sleeps(manager, request)
        assert (await manager.cancel(job.id)).state == "cancelled"
        assert place.leftovers() == [manager.journal(job.id).staging(request.prefix).trash.name]
        may_go_on.set()
        await until(lambda: asyncio.to_thread(lambda: place.leftovers() == []))
