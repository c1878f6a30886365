"""Two servers and command lines on one home, all at once: no job is lost, none is done twice, each ends as it says."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest

from jupyter_envkernels.cli.output import FAILED
from jupyter_envkernels.jobs.journal.reader import Journal
from jupyter_envkernels.models import FINAL_STATES
from tests.jobs.conftest import Place, until

from .server import RealServer
from .test_kills import damage

PACKAGES = "[prio-demo, prefix-demo]"
DENIED = {404, 409}


@dataclass
class Crowd:
    """Asks for many things, and keeps in mind what it was answered."""

    servers: tuple[RealServer, RealServer]
    chance: random.Random
    accepted: dict[str, Any] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    answers: Counter[int] = field(default_factory=Counter)
    exits: Counter[int] = field(default_factory=Counter)

    async def ask(self, body: dict[str, Any]) -> None:
        status, job = await self.chance.choice(self.servers).ask("POST", "jobs", body)
        self.answers[status] += 1
        assert status == 202 or status in DENIED, (status, job, body)
        if status == 202:
            assert job["id"] not in self.accepted
            self.accepted[job["id"]] = job

    async def ask_and_cancel(self, body: dict[str, Any]) -> None:
        known = set(self.accepted)
        await self.ask(body)
        for job_id in set(self.accepted) - known:
            if self.accepted[job_id]["environment"] == body.get("name"):
                await asyncio.sleep(self.chance.uniform(0, 1))
                status, job = await self.chance.choice(self.servers).ask("DELETE", f"jobs/{job_id}")
                assert (status, job["state"] in FINAL_STATES) == (200, True), job
                self.cancelled.add(job_id)

    async def one(self, number: int, source: str, old: list[str]) -> None:
        """One request; several are for the same name."""
        name = f"env-{number % 5}" if number % 3 else f"own-{number}"
        create = {"kind": "create", "text": f"dependencies: {PACKAGES}\n", "name": name}
        kinds = {
            0: self.ask(create),
            1: self.ask({"kind": "clone", "source": source, "name": name}),
            2: self.command("create", "-f", "environment.yml", "-n", name),
            3: self.ask_and_cancel(create),
            4: self.ask({"kind": "plan", "of": create}),
            5: self.ask({"kind": "remove", "environment": self.chance.choice(old)}),
            6: self.command("remove", self.chance.choice(["old-a", "old-b"])),
        }
        chosen = kinds.pop(number % 7)
        for other in kinds.values():
            other.close()
        await chosen

    async def ended(self) -> None:
        """Wait until every job is over, and every process but the servers has gone."""
        for job_id in self.accepted:
            self.accepted[job_id] = await self.chance.choice(self.servers).over(self.accepted[job_id])

        async def alone() -> bool:
            pids = {server.process.pid for server in self.servers if server.process}
            return {process.pid for process in await asyncio.to_thread(self.servers[0].family)} <= pids

        await until(alone)

    async def check(self, before: set[str]) -> None:
        place = self.servers[0].place
        listings = [(await server.ask("GET", "jobs"))[1]["jobs"] for server in self.servers]
        assert listings[0] == listings[1], "both servers tell the same"
        jobs = {job["id"]: job for job in listings[0] if job["id"] not in before}
        assert self.accepted.items() <= jobs.items(), "none is lost, and none says something else later"
        assert len(jobs) - len(self.accepted) <= self.exits.total(), "and none is there that nobody has asked for"
        there = {"source", "old-a", "old-b"}
        for job in sorted(jobs.values(), key=lambda job: str(job["finished"])):
            log = Journal(place.folder / "jobs", job["id"]).read_log(0)[0]
            assert log.count(" Checking ") - log.count("Checking the kernel") <= 1, ("done twice", log)
            assert job["state"] in {"succeeded", *self.other_ends(job)}, (job, log)
            if job["state"] == "succeeded" and job["kind"] in {"create", "clone"}:
                assert job["environment"] not in there, "made twice"
                there.add(job["environment"])
            if job["state"] == "succeeded" and job["kind"] == "remove":
                there.remove(job["environment"])
        assert place.leftovers() == sorted(there)
        assert [damage(place.envs / name) for name in there] == [[]] * len(there)
        assert all("Traceback" not in server.log() for server in self.servers)

    def other_ends(self, job: dict[str, Any]) -> set[str]:
        """How a job may end but well. A plan may find out that the name is taken meanwhile."""
        is_taken = job["kind"] == "plan" and job["error"] and job["error"]["code"] == "already-exists"
        was_cancelled = job["id"] in self.cancelled  # be it that it was over by then
        return {state for state, may_be in (("failed", is_taken), ("cancelled", was_cancelled)) if may_be}

    async def command(self, *arguments: str) -> None:
        """The command line, in the same home."""
        server = self.servers[0]
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "jupyter_envkernels.cli", *arguments],
            env=server.environ,
            cwd=server.root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode in {0, FAILED}, done.stderr
        self.exits[done.returncode] += 1


async def crowd(place: Place, requests: int, seed: int) -> Crowd:
    """That many requests at once; what became of them is looked at by all who asked."""
    limits: dict[str, Any] = {"max_concurrent_jobs": 2, "max_queued_jobs": 100}
    servers = RealServer(place, **limits), RealServer(place, **limits)
    run = Crowd(servers, random.Random(seed))
    await asyncio.gather(*(server.start() for server in servers))
    try:
        await servers[0].done({"kind": "create", "text": f"name: source\ndependencies: {PACKAGES}\n"})
        source = (await servers[1].environments())["source"]["id"]
        old = [
            (await servers[0].done({"kind": "clone", "source": source, "name": f"old-{n}"}))["environment_id"]
            for n in "ab"
        ]
        (servers[0].root / "environment.yml").write_text(f"dependencies: {PACKAGES}\n")
        before = {path.name for path in (place.folder / "jobs").iterdir()}
        await asyncio.gather(*(run.one(number, source, old) for number in range(requests)))
        await run.ended()
        await run.check(before)
    finally:
        await asyncio.gather(*(server.end() for server in servers))
    return run


async def test_a_crowd(place: Place) -> None:
    run = await crowd(place, 14, seed=5)
    assert run.answers[202] > 3
    assert run.answers[409] + run.exits[FAILED] > 0, "several have asked for one name"


@pytest.mark.soak
async def test_a_big_crowd(place: Place) -> None:
    run = await crowd(place, 50, seed=random.randrange(10**6))
    print(run.answers, run.exits)
    assert run.answers[202] > 10
    assert run.answers[409] + run.exits[FAILED] > 10
