"""A worker that waits for a job: it does it as any other, and never stays behind."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from jupyter_envkernels.jobs import prefork as module
from jupyter_envkernels.jobs.prefork import COMMAND
from tests.channel.server import ChannelServer

from .conftest import Place, in_phase, managing, over, until


def waiting(of: int | None = None) -> list[psutil.Process]:
    """The spare workers that we, or another process, have started."""
    children = psutil.Process(of).children()
    alive = [process for process in children if process.status() != psutil.STATUS_ZOMBIE]
    return [process for process in alive if process.cmdline() == list(COMMAND)]


def the_one(of: int | None = None) -> psutil.Process:
    """The one that there is. For a moment after its start it has no command line yet."""
    for _ in range(1000):
        if found := waiting(of):
            break
        time.sleep(0.01)
    (process,) = found
    return process


async def test_it_does_the_next_job(place: Place) -> None:
    async with managing(place) as manager:
        await manager.prepare()
        await manager.prepare()
        process = the_one()
        job = await manager.submit(place.create("lesson", "prio-demo"))
        assert (await over(manager, job)).state == "succeeded"
        journal = manager.journal(job.id)
        assert "linked prio-demo" in journal.log_file.read_text()

        async def gone() -> bool:
            return not process.is_running()

        await until(gone)
        assert waiting() == [], "it is used once"
        again = await over(manager, await manager.submit(place.create("next", "prio-demo")))
    assert again.state == "succeeded"
    assert place.leftovers() == ["lesson", "next"]


async def test_it_is_the_worker_of_its_job(place: Place, channel_server: ChannelServer) -> None:
    """Another process sees who has the job, and ends it."""
    channel_server.add_rule(r"big-demo", throttle=2_000_000)
    async with managing(place) as manager, managing(place) as other:
        await manager.prepare()
        process = the_one()
        job = await manager.submit(place.create("lesson", "big-demo"))
        await in_phase(manager, job, "downloading", done=1000)
        mark = manager.journal(job.id).worker()
        assert mark is not None
        assert mark.pid == process.pid
        assert (await other.cancel(job.id)).state == "cancelled"

        async def gone() -> bool:
            return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE

        await until(gone)
    assert place.leftovers() == []


@pytest.mark.parametrize("young", [90.0, 0.0])
async def test_one_that_cannot_be_counted_on(place: Place, monkeypatch: pytest.MonkeyPatch, young: float) -> None:
    monkeypatch.setattr(module, "_YOUNG", young)
    async with managing(place) as manager:
        await manager.prepare()
        process = the_one()
        if young:
            process.send_signal(signal.SIGKILL)
            process.wait()
        job = await over(manager, await manager.submit(place.create("lesson", "prio-demo")))
        assert job.state == "succeeded", job
        assert waiting() == []


async def test_it_ends_with_its_manager(place: Place) -> None:
    async with managing(place) as manager:
        await manager.prepare()
        assert the_one().is_running()
    assert waiting() == []


def test_it_ends_when_its_parent_is_killed() -> None:
    program = (
        "from jupyter_envkernels.jobs.prefork import PreforkedWorker\n"
        "PreforkedWorker().prepare(); print(flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        starter.stdout.readline()
        process = the_one(starter.pid)
        starter.kill()
        process.wait(timeout=60)
    assert not process.is_running()


def test_it_does_not_wait_for_ever() -> None:
    program = "from jupyter_envkernels.jobs import prefork; prefork.PATIENCE = 0.1; print(prefork.receive())"
    ours, theirs = socket.socketpair()
    with ours, theirs:
        done = subprocess.run(
            [sys.executable, "-c", program], stdin=theirs.fileno(), capture_output=True, text=True, check=True
        )
    assert done.stdout == "None\n"
