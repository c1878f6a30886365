"""Workers are killed at random moments; afterwards each environment is whole or absent."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from jupyter_envkernels.jobs.journal import Journal
from jupyter_envkernels.jobs.manager import JobManager
from jupyter_envkernels.models import FINAL_STATES, PENDING_MARK, Job, JobRequest
from tests.channel.server import ChannelServer
from tests.jobs.conftest import Place, managing, over, until

PACKAGES = ("many-files", "prefix-demo", "odd-names", "entrypoint-demo", "python")
LONGEST = 3.0
"""Seconds within which a kill falls; the jobs take about that long."""


def damage(prefix: Path) -> list[str]:
    """What is wrong with an environment by its own records: missing or changed files, or a mark that it is not done."""
    wrong = [str(PENDING_MARK)] if (prefix / PENDING_MARK).exists() else []
    for record in (prefix / "conda-meta").glob("*.json"):
        for entry in json.loads(record.read_bytes())["paths_data"]["paths"]:
            path = prefix / entry["_path"]
            if entry["path_type"] == "softlink":
                wrong += [] if path.is_symlink() else [str(path)]
                continue
            expected = entry.get("sha256_in_prefix") or entry.get("sha256")
            if not path.is_file() or (expected and hashlib.sha256(path.read_bytes()).hexdigest() != expected):
                wrong.append(str(path))
    return wrong


async def kill_worker(journal: Journal) -> None:
    """As the system does that is out of memory: the worker alone."""
    if mark := journal.worker():
        os.kill(mark.pid, signal.SIGKILL)


async def kill_group(journal: Journal) -> None:
    """As the end of a container: everything."""
    if mark := journal.worker():
        os.killpg(mark.pid, signal.SIGKILL)


async def strike(manager: JobManager, job: Job, delay: float, kill: Callable[[Journal], Awaitable[None]] | None) -> Job:
    """Kill or cancel the job after a while; the job when it is over."""
    await asyncio.sleep(delay)
    if kill is None:
        return await manager.cancel(job.id)
    journal = manager.journal(job.id)
    if journal.is_alive():
        with contextlib.suppress(ProcessLookupError):
            await kill(journal)
    return await over(manager, job)


async def campaign(place: Place, channel_server: ChannelServer, rounds: int, seed: int) -> dict[str, int]:
    """Strike that often; how the jobs ended."""
    chance = random.Random(seed)
    pip = (f"--index-url {channel_server.url}/simple", "envkernels-demo-pip")
    ended: dict[str, int] = {}
    async with managing(place) as manager:
        source = await over(manager, await manager.submit(place.create("source", *PACKAGES, pip=pip)))
        assert source.state == "succeeded", source
        whole = place.envs / "source"
        for number in range(rounds):
            target = place.envs / f"env-{number}"
            kind = chance.choice(["create", "create", "clone", "remove"])
            if kind == "remove":
                made = await over(manager, await manager.submit(JobRequest("clone", target.name, target, source=whole)))
                assert made.state == "succeeded", made
                request = JobRequest("remove", target.name, target)
            elif kind == "clone":
                request = JobRequest("clone", target.name, target, source=whole)
            else:
                request = place.create(target.name, *PACKAGES, pip=pip)
                if chance.random() < 0.3:
                    shutil.rmtree(place.folder / "cache", ignore_errors=True)
            job = await manager.submit(request)
            kill = chance.choice([kill_worker, kill_group, None])
            job = await strike(manager, job, chance.uniform(0, LONGEST), kill)
            where = f"seed {seed}, round {number}, {kind}, {job}"
            assert job.state in FINAL_STATES, where
            await gone(place)
            check(place, job, target, where)
            assert damage(whole) == [], where
            ended[job.state] = ended.get(job.state, 0) + 1
            shutil.rmtree(target, ignore_errors=True)
    return ended


async def gone(place: Place) -> None:
    """A worker that has said its last word ends on its own, a moment later."""

    async def no_process() -> bool:
        return place.processes() == []

    await until(no_process, seconds=20)


def check(place: Place, job: Job, target: Path, where: str) -> None:
    """The environment is whole or absent, as the job says, and nothing else is left."""
    there = target.exists()
    assert place.leftovers() == sorted(["source", *([target.name] if there else [])]), where
    assert there == (job.state == "succeeded") or job.request.kind == "remove", where
    if job.request.kind == "remove":
        assert there == (job.state != "succeeded"), where
    if there:
        assert damage(target) == [], where


async def test_kills_at_random_moments(place: Place, channel_server: ChannelServer) -> None:
    ended = await campaign(place, channel_server, rounds=5, seed=1)
    assert sum(ended.values()) == 5


@pytest.mark.soak
async def test_many_kills_at_random_moments(place: Place, channel_server: ChannelServer) -> None:
    ended = await campaign(place, channel_server, rounds=200, seed=random.randrange(10**6))
    print(ended)
    assert sum(ended.values()) == 200
    assert ended.get("interrupted", 0) + ended.get("cancelled", 0) > 50
