"""Workers and servers are killed at random moments; afterwards each environment is whole, absent, or as it was."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import stat
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jupyter_envkernels.jobs.journal.reader import Journal
from jupyter_envkernels.models import COMMITTED_MARK, FINAL_STATES, PENDING_MARK
from tests.channel.server import ChannelServer
from tests.jobs.conftest import Place, until

from .server import RealServer

PACKAGES = ("many-files", "prefix-demo", "odd-names", "entrypoint-demo", "python")
KINDS = ("create", "create", "clone", "update", "rollback", "add-kernel", "remove")
KILLS = ("worker", "group", "server", "worker+server", "group+server", "cancel", "cancel+server")
FIRST_GUESS = 3.0
"""Seconds that a job takes, until one of its kind has told."""


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


def state_of(prefix: Path) -> dict[str, str]:
    """All that an environment holds, but bytecode, which comes later on its own."""
    found: dict[str, str] = {}
    for path in prefix.rglob("*"):
        name = path.relative_to(prefix).as_posix()
        mode = path.lstat().st_mode
        if path.suffix == ".pyc" or path.name == "__pycache__" or name == COMMITTED_MARK.as_posix():
            continue
        if stat.S_ISLNK(mode):
            found[name] = f"-> {path.readlink()}"
        elif stat.S_ISREG(mode):
            found[name] = f"{mode:o} {hashlib.sha256(content_of(path)).hexdigest()}"
    return found


def content_of(path: Path) -> bytes:
    """A file; of a package record what it tells of other things than bytecode."""
    if path.parent.name != "conda-meta" or path.suffix != ".json":
        return path.read_bytes()
    record = json.loads(path.read_bytes())
    record["files"] = [name for name in record["files"] if not name.endswith(".pyc")]
    paths = [entry for entry in record["paths_data"]["paths"] if not entry["_path"].endswith(".pyc")]
    record["paths_data"]["paths"] = paths
    return json.dumps(record).encode()


@dataclass
class Round:
    """One job, and what it may come to.

    Attributes:
        name: of the environment.
        body: what is asked for.
        before: the environment as it was; empty where there was none.
    """

    name: str
    body: dict[str, Any]
    before: dict[str, str] = field(default_factory=dict)


@dataclass
class Campaign:
    """Strikes at jobs of all kinds, one after the other, and looks at what is left each time."""

    server: RealServer
    chance: random.Random
    pip: tuple[str, ...]
    rounds: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    strays: set[str] = field(default_factory=set)

    @property
    def envs(self) -> Path:
        return self.server.place.envs

    async def prepare(self) -> None:
        """Environments to clone, to change and to take back; each holds something of its owner's."""
        await self.server.done(self.spec("source", *PACKAGES))
        (self.envs / "source" / "mine.txt").write_text("mine")
        await self.server.done({"kind": "create", "text": "name: bare\ndependencies: [prefix-demo, python]\n"})
        (self.envs / "bare" / "mine.txt").write_text("mine")
        await self.server.done({"kind": "update", "environment": await self.id_of("bare"), "remove": ["ipykernel"]})
        await self.server.done({"kind": "clone", "source": await self.id_of("source"), "name": "lesson"})
        more = ["conflict-base=1.0", "activate-demo"]
        await self.server.done({"kind": "update", "environment": await self.id_of("lesson"), "add": more})

    def spec(self, name: str, *packages: str) -> dict[str, Any]:
        lines = [f"name: {name}", "dependencies:", *(f"- {package}" for package in packages), "- pip:"]
        return {"kind": "create", "text": "\n".join([*lines, *(f"  - {line}" for line in self.pip)])}

    async def id_of(self, name: str) -> str:
        return str((await self.server.environments())[name]["id"])

    async def order(self, kind: str) -> Round:
        """What is asked for next."""
        fresh = f"env-{self.rounds}"
        if kind == "create":
            if self.chance.random() < 0.3:
                shutil.rmtree(self.server.place.folder / "cache", ignore_errors=True)
            return Round(fresh, self.spec(fresh, *PACKAGES))
        if kind == "clone":
            return Round(fresh, {"kind": kind, "source": await self.id_of("source"), "name": fresh})
        if kind == "remove":
            await self.server.done({"kind": "clone", "source": await self.id_of("source"), "name": fresh})
            return self.change(fresh, {"kind": kind, "environment": await self.id_of(fresh)})
        if kind == "add-kernel":
            return self.change("bare", {"kind": kind, "environment": await self.id_of("bare")})
        lesson = await self.id_of("lesson")
        if kind == "rollback":
            return self.change("lesson", {"kind": kind, "environment": lesson, "revision": self.chance.choice([0, 1])})
        version = self.chance.choice(["1.0", "1.5", "2.0"])
        return self.change("lesson", {"kind": kind, "environment": lesson, "add": [f"conflict-base={version}"]})

    def change(self, name: str, body: dict[str, Any]) -> Round:
        return Round(name, body, state_of(self.envs / name))

    async def strike(self) -> None:
        """One round."""
        self.rounds += 1
        kind, kill = self.chance.choice(KINDS), self.chance.choice(KILLS)
        task = await self.order(kind)
        delay = self.chance.uniform(0, 1.2 * self.seconds.get(kind, FIRST_GUESS))
        where = f"round {self.rounds}, {kill} after {delay:.3f} s: {task.body}"
        job = await self.server.job(task.body)
        await asyncio.sleep(delay)
        await self.kill(Journal(self.server.place.folder / "jobs", job["id"]), kill)
        job = await self.server.over(job)
        await self.check(task, job, f"{where}: {job}")
        if kill == "server":
            assert job["state"] == "succeeded", f"who asks may die: {where}: {job}"
        if job["state"] == "succeeded":
            self.note(kind, job)
        self.ended[f"{kind}: {job['state']}"] += 1
        await self.tidy(task, job)

    async def kill(self, journal: Journal, what: str) -> None:
        """Strike, and start another server where there is none any more."""
        mark = journal.worker() if journal.is_alive() else None
        with contextlib.suppress(ProcessLookupError):
            if mark and "worker" in what:
                os.kill(mark.pid, signal.SIGKILL)
            if mark and "group" in what:
                os.killpg(mark.pid, signal.SIGKILL)
        cancelling = asyncio.ensure_future(self.cancel(journal.id)) if "cancel" in what else None
        if "server" in what:
            await asyncio.sleep(self.chance.uniform(0, 0.1) if cancelling else 0)
            await self.server.end()
            await self.server.start()
        if cancelling:
            await cancelling

    async def cancel(self, job_id: str) -> None:
        with contextlib.suppress(OSError):  # the server may die meanwhile
            status, job = await self.server.ask("DELETE", f"jobs/{job_id}")
            assert status == 200, job

    async def check(self, task: Round, job: dict[str, Any], where: str) -> None:
        assert job["state"] in FINAL_STATES, where
        assert job["state"] != "failed", where

        async def alone() -> bool:
            return not await asyncio.to_thread(self.server.family)

        async def deleted() -> bool:  # which may come after the last word of who is cancelled
            return not any(name.endswith(".old") for name in self.server.place.leftovers()) and not journal.is_alive()

        journal = Journal(self.server.place.folder / "jobs", job["id"])
        await until(alone, seconds=300)  # bytecode is compiled at the lowest priority
        await until(deleted)
        self.check_prefix(task, job["state"] == "succeeded", where)
        self.check_journal(job["id"], where)
        await self.check_kernels(where)
        self.strays |= {path.name for path in self.server.tmp.iterdir()}

    def check_prefix(self, task: Round, succeeded: bool, where: str) -> None:
        """Whole or absent or as before, as the job says, with nothing beside it but what is kept for a day."""
        prefix = self.envs / task.name
        is_there = succeeded != (task.body["kind"] == "remove") if not task.before or succeeded else True
        others = {"source", "lesson", "bare"} - {task.name}
        left = self.server.place.leftovers()
        kept = [name for name in left if name.endswith(".kept")]
        assert all(name.startswith((".lesson.", ".bare.")) for name in kept), where
        assert left == sorted([*kept, *others, *([task.name] if is_there else [])]), where
        if is_there:
            assert damage(prefix) == [], where
        if is_there and task.before:
            now = state_of(prefix)
            assert succeeded or now == task.before, (where, set(now.items()) ^ set(task.before.items()))
            assert now.get("mine.txt") == task.before.get("mine.txt"), where
        listing = self.server.home / ".conda" / "environments.txt"
        assert (str(prefix) in listing.read_text().splitlines()) == is_there, where

    def check_journal(self, job_id: str, where: str) -> None:
        """Each line can be read; none is missing."""
        journal = Journal(self.server.place.folder / "jobs", job_id)
        lines = journal.events_file.read_bytes().splitlines(keepends=True)
        assert [json.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1)), where
        assert all(line.endswith(b"\n") for line in lines), where
        assert not journal.is_alive(), where

    async def check_kernels(self, where: str) -> None:
        """Those that Jupyter lists are of environments that are whole; each that has ipykernel is listed."""
        _, answer = await self.server.ask("GET", "/api/kernelspecs")
        listed = {
            spec["spec"]["metadata"]["conda_env_path"]
            for spec in answer["kernelspecs"].values()
            if "envkernels" in spec["spec"]["metadata"]
        }
        kernels = self.envs.glob("*/share/jupyter/kernels/*/kernel.json")
        assert listed == {str(path.parents[4]) for path in kernels if not path.parents[4].name.startswith(".")}, where

    def note(self, kind: str, job: dict[str, Any]) -> None:
        """How long such a job takes, so that kills fall on all its parts."""
        events = Journal(self.server.place.folder / "jobs", job["id"]).events()
        self.seconds[kind] = 0.5 * (self.seconds.get(kind, FIRST_GUESS) + events[-1].time - events[0].time)

    async def tidy(self, task: Round, job: dict[str, Any]) -> None:
        """Make room, and take back what the next round would find done."""
        if task.name.startswith("env-"):
            shutil.rmtree(self.envs / task.name, ignore_errors=True)
        if task.name == "bare" and job["state"] == "succeeded":
            await self.server.done({"kind": "rollback", "environment": await self.id_of("bare"), "revision": 1})

    async def finish(self) -> None:
        """A last job that nobody strikes sweeps the cache, and finds it sound."""
        await self.server.done(self.spec("last", *PACKAGES))
        assert damage(self.envs / "last") == []
        cache = self.server.place.folder / "cache"
        hidden = {path.name for path in cache.rglob(".*") if path.is_dir()}
        assert hidden == set(), "halves of packages in the cache"
        assert self.strays == set(), "files that jobs leave in the temporary folder"


async def campaign(place: Place, channel_server: ChannelServer, rounds: int, seed: int) -> Counter[str]:
    """Strike that often; how the jobs ended."""
    pip = (f"--index-url {channel_server.url}/simple", "envkernels-demo-pip")
    run = Campaign(RealServer(place), random.Random(seed), pip)
    await run.server.start()
    try:
        await run.prepare()
        for _ in range(rounds):
            await run.strike()
            print(run.rounds, dict(run.ended), flush=True)
        await run.finish()
    except BaseException as error:
        error.args = (f"seed {seed}: {error}\n{run.server.log()[-3000:]}",)
        raise
    finally:
        await run.server.end()
    return run.ended


async def test_kills_at_random_moments(place: Place, channel_server: ChannelServer) -> None:
    ended = await campaign(place, channel_server, rounds=1, seed=1)
    assert sum(ended.values()) == 1


@pytest.mark.soak
async def test_many_kills_at_random_moments(place: Place, channel_server: ChannelServer) -> None:
    ended = await campaign(place, channel_server, rounds=200, seed=random.randrange(10**6))
    assert sum(ended.values()) == 200
    broken_off = sum(count for end, count in ended.items() if not end.endswith("succeeded"))
    assert broken_off > 50
