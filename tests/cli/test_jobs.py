"""The verbs jobs, log, cancel and resume."""

from __future__ import annotations

import asyncio
import signal

import pytest

from jupyter_envkernels.cli.jobs import find_job
from jupyter_envkernels.engine.operations import Create
from jupyter_envkernels.errors import Ambiguous, NotFound
from jupyter_envkernels.jobs.manager import JobManager, ManagerOptions
from jupyter_envkernels.models import EngineOptions, EnvSpec
from tests.channel.server import ChannelServer
from tests.cli.shell import Shell, read_until

IDS = ["20261121-093000-1f2e3d4c", "20261121-093000-1f2e3fff", "20261122-101500-00000000"]


def test_how_a_job_is_named() -> None:
    assert find_job("last", IDS) == IDS[2]
    assert find_job(IDS[0], IDS) == IDS[0]
    assert find_job("20261122", IDS) == IDS[2]
    with pytest.raises(Ambiguous) as ambiguous:
        find_job("20261121", IDS)
    assert ambiguous.value.details["candidates"] == IDS[:2]
    for absent in ("", "2025", "../20261122"):
        with pytest.raises(NotFound):
            find_job(absent, IDS)
    with pytest.raises(NotFound):
        find_job("last", [])


def test_a_job_from_outside(shell: Shell, slow_channel: ChannelServer) -> None:
    assert shell.run("jobs").stdout == "There are no jobs.\n"
    process = shell.start("create", "-f", shell.spec("big", "big-demo"))
    read_until(process, "downloading")
    [job] = shell.json("jobs")["jobs"]
    assert (job["kind"], job["environment"], job["state"]) == ("create", "big", "running")
    header, row = shell.run("jobs").stdout.splitlines()
    assert header.split() == ["JOB", "KIND", "STATE", "SINCE", "ENVIRONMENT"]
    assert row.split()[:3] == [job["id"], "create", "downloading"]

    follower = shell.start("log", job["id"][:20], "--follow")
    assert follower.stdout is not None
    for line in follower.stdout:
        if "Downloading" in line:
            break
    assert shell.run("log", "last").stdout.count("Downloading") == 1
    assert shell.json("cancel", "last")["state"] == "cancelled"
    rest, said = follower.communicate(timeout=30)
    assert follower.returncode == 0
    assert "Cancelled" in rest
    assert said == "cancelled: Cancelled; nothing was changed\n"
    process.communicate(timeout=30)
    assert shell.made() == []
    assert shell.json("cancel", "last")["state"] == "cancelled", "twice is as good as once"


async def test_a_job_of_a_server_is_followed_and_cancelled(shell: Shell, slow_channel: ChannelServer) -> None:
    engine = EngineOptions((f"{slow_channel.url}/main",), shell.home / "cache")
    manager = JobManager(ManagerOptions(shell.jobs, engine))
    await manager.start()
    try:
        request = Create("big", shell.envs / "big", spec=EnvSpec("big", (), ("big-demo",)))
        job = await manager.submit(request, "somebody")
        follower = shell.start("log", "last", "--follow")
        cancelled = await asyncio.to_thread(shell.json, "cancel", job.id)
        assert cancelled["state"] == "cancelled"
        assert (await asyncio.to_thread(follower.communicate))[1].endswith(
            "cancelled: Cancelled; nothing was changed\n"
        )
        assert (await manager.job(job.id)).state == "cancelled"
    finally:
        await manager.stop()


def test_who_follows_a_log_can_leave_it(shell: Shell, slow_channel: ChannelServer) -> None:
    process = shell.start("create", "-f", shell.spec("big", "big-demo"))
    read_until(process, "downloading")
    follower = shell.start("log", "last", "--follow")
    assert follower.stdout is not None
    assert follower.stdout.readline()
    follower.send_signal(signal.SIGINT)
    _, said = follower.communicate(timeout=30)
    assert follower.returncode == 130
    assert said.endswith("Interrupted.\n")
    assert shell.state() == "running"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)


def test_a_job_that_waits_and_has_lost_who_began_it_is_taken_up(shell: Shell, slow_channel: ChannelServer) -> None:
    shell.configure("max_concurrent_jobs = 1")
    first = shell.start("create", "-f", shell.spec("first", "big-demo"))
    read_until(first, "downloading")
    second = shell.start("create", "-f", shell.spec("second", "prio-demo"))
    read_until(second, "queued")
    second.kill()
    second.communicate()
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=30)
    followed = shell.run("log", "last", "--follow")
    assert followed.stderr == "queued: Waiting for its turn\nsucceeded: The environment is ready\n"
    assert shell.made() == ["second"]


def test_a_job_is_taken_up_again(shell: Shell, slow_channel: ChannelServer) -> None:
    process = shell.start("create", "-f", shell.spec("big", "big-demo"))
    read_until(process, "downloading")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    slow_channel.reset()
    resumed = shell.run("resume", "last")
    assert resumed.returncode == 0, resumed.stderr
    assert "solving" not in resumed.stderr, "the plan was stored"
    assert shell.made() == ["big"]
    for verb in ("resume", "cancel"):
        assert shell.json(verb, "last", code=1)["error"]["code"] == "conflict"
    assert shell.json("log", "2025", code=1)["error"]["code"] == "not-found"
