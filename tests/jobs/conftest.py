"""A job manager with real workers on the test channel."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from jupyter_envkernels.engine.channel_policy import NO_LIMITS
from jupyter_envkernels.engine.operations import Create
from jupyter_envkernels.jobs.journal.reader import JobSpec, Journal
from jupyter_envkernels.jobs.journal.writer import create_journal
from jupyter_envkernels.jobs.manager import JobManager, ManagerOptions
from jupyter_envkernels.models import EngineOptions, EnvSpec, Job, Limits
from tests.channel.server import ChannelServer
from tests.compilers import end_compilers, is_compiler, processes_of


@dataclass
class Place:
    """Where the jobs of one test work."""

    folder: Path
    channel: str

    @property
    def envs(self) -> Path:
        return self.folder / "envs"

    def options(self, limits: Limits = NO_LIMITS, /, **changes: Any) -> ManagerOptions:
        engine = EngineOptions((self.channel,), self.folder / "cache", limits=limits)
        return ManagerOptions(self.folder / "jobs", engine, **changes)

    def create(self, name: str, *packages: str, pip: tuple[str, ...] = ()) -> Create:
        spec = EnvSpec(name, (), packages, pip)
        return Create(name, self.envs / name, spec=spec, workdir=self.folder)

    def leftovers(self) -> list[str]:
        """What stands in the folder of environments, hidden or not."""
        return sorted(path.name for path in self.envs.iterdir()) if self.envs.exists() else []

    def processes(self) -> list[psutil.Process]:
        """All processes that have to do with this place."""
        return list(processes_of(self.folder))

    def workers(self) -> list[psutil.Process]:
        """Those that work for a job: not those that compile what was committed before."""
        return [process for process in self.processes() if not is_compiler(process)]


@pytest.fixture
def place(tmp_path: Path, channel_server: ChannelServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A home of its own: what its jobs register is seen by no other test."""
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    yield Place(tmp_path, f"{channel_server.url}/main")
    end_compilers(tmp_path)


@pytest.fixture
def order(tmp_path: Path) -> JobSpec:
    """What is asked of a job that nobody runs."""
    spec = EnvSpec("lesson", ("conda-forge",), ("python=3.12",), ("cowsay",), {"A": "1"})
    request = Create("lesson", tmp_path / "lesson", spec=spec)
    return JobSpec(request, EngineOptions(("conda-forge",), tmp_path / "cache"), time.time())


@pytest.fixture
def journal(tmp_path: Path, order: JobSpec) -> Journal:
    """The journal of that job."""
    return create_journal(tmp_path / "jobs", order)


@asynccontextmanager
async def managing(place: Place, limits: Limits = NO_LIMITS, /, **changes: Any) -> AsyncIterator[JobManager]:
    """A manager that has started, and stops in the end."""
    manager = JobManager(place.options(limits, **changes))
    await manager.start()
    try:
        yield manager
    finally:
        await manager.stop()


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.02)


async def over(manager: JobManager, job: Job) -> Job:
    """The job when it is over."""

    async def ended() -> bool:
        return (await manager.job(job.id)).is_over

    await until(ended)
    return await manager.job(job.id)


async def in_phase(manager: JobManager, job: Job, phase: str, done: int = 1) -> None:
    """Wait until the job is in the middle of a phase."""

    async def reached() -> bool:
        now = await manager.job(job.id)
        assert not now.is_over, now
        return now.phase == phase and now.progress is not None and now.progress.done >= done

    await until(reached)


async def downloading(manager: JobManager, place: Place) -> Job:
    """A job in the middle of a download, which the server should make a slow one."""
    job = await manager.submit(place.create("lesson", "big-demo"))
    await in_phase(manager, job, "downloading")
    return job


def kill(journal: Journal) -> None:
    """Kill the worker of a job, and its children."""
    mark = journal.worker()
    assert mark is not None
    os.killpg(mark.pid, signal.SIGKILL)
