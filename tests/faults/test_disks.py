"""Disks that are full, homes that cannot be written to, clocks that jump, journals that are damaged."""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import Self

from jupyter_envkernels.engine.operations import JobRequest, Update
from jupyter_envkernels.errors import NotFound, StoreFailed
from jupyter_envkernels.jobs.journal import reader as journal_module
from jupyter_envkernels.jobs.journal.reader import JobSpec, Journal, job_ids
from jupyter_envkernels.jobs.journal.writer import acquire, create_journal, store_plan, writing
from jupyter_envkernels.jobs.manager import JobManager
from jupyter_envkernels.jobs.worker_process import cancel
from jupyter_envkernels.models import Edit, Job, Plan, Problem
from tests.channel.server import ChannelServer
from tests.cli.shell import Shell
from tests.jobs.conftest import Place, in_phase, managing, over, until

from .test_kills import damage, state_of

MIB = 1 << 20
NO_SPACE = "No space is left on the disk"
REMEDY = "Remove environments that you no longer need, or ask for more space."


def mount(*arguments: str) -> bool:
    """Whether that could be mounted."""
    with suppress(FileNotFoundError):
        return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0
    return False


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A file system of that many bytes at most; where none may be mounted, files may not be larger than half of it."""
    folder.mkdir(parents=True)
    if mount("-t", "tmpfs", "-o", f"size={size},nr_inodes=20000,mode=755", "none", str(folder)):
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, before[1]))
    try:
        yield folder
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """A folder in which nobody can write, not even root; where that needs a mount that may not be, there is none."""
    with small_disk(folder, MIB):
        if os.path.ismount(folder) and mount("-o", "remount,ro", str(folder)):
            yield folder
        elif os.geteuid() != 0:
            folder.chmod(0o555)
            yield folder
            folder.chmod(0o755)
        else:
            yield Path("/proc/no-home")


def is_full(job: Job) -> bool:
    """It failed for want of space, and says so; or of room in a file, where no small disk could be mounted."""
    if job.state != "failed" or job.error is None:
        return False
    if "File too large" in job.error.message:
        return True
    return (job.error.code, job.error.remedy) == ("disk-full", REMEDY) and job.error.message.startswith(NO_SPACE)


async def test_a_cache_without_space(place: Place) -> None:
    async with managing(place) as manager:
        with small_disk(place.folder / "cache", 8 * MIB):
            job = await over(manager, await manager.submit(place.create("lesson", "big-demo")))
            assert is_full(job), job
            assert place.leftovers() == []
            well = await over(manager, await manager.submit(place.create("lesson", "prio-demo")))
            assert well.state == "succeeded", well
            halves = [path.name for path in (place.folder / "cache" / "pkgs").glob(".*") if path.is_dir()]
            assert halves == []


async def room_of_environments(place: Place, size: int) -> str:
    """How a create, and then an update, end where environments have that many bytes; both leave things as they were."""
    place = replace(place, folder=place.folder / f"with-{size}")
    place.folder.mkdir()
    async with managing(place) as manager:
        with small_disk(place.envs, size):
            job = await over(manager, await manager.submit(place.create("lesson", "prio-demo", "big-demo")))
            if job.state == "succeeded":
                assert damage(place.envs / "lesson") == []
                return "whole"
            assert is_full(job), job
            assert place.leftovers() == []
            made = await over(manager, await manager.submit(place.create("lesson", "prio-demo")))
            if made.state != "succeeded":
                assert is_full(made), made
                return "nothing"
            before = state_of(place.envs / "lesson")
            job = await over(manager, await manager.submit(update(place, "big-demo")))
            assert is_full(job), job
            assert place.leftovers() == ["lesson"]
            assert state_of(place.envs / "lesson") == before
            return "as before"


def update(place: Place, *add: str) -> JobRequest:
    return Update("lesson", place.envs / "lesson", edit=Edit(add))


async def test_no_space_for_an_environment(place: Place) -> None:
    assert await room_of_environments(place, 16 * MIB) == "as before"


@pytest.mark.soak
async def test_no_space_at_any_moment(place: Place) -> None:
    sizes = [4096 * count for count in (1, 2, 3, 5, 8, 10, 12, 16, 20, 30)] + [MIB * count for count in (1, 10, 39, 40)]
    ends = [await room_of_environments(place, size) for size in [*sizes, 64 * MIB]]
    assert set(ends) == {"nothing", "as before", "whole"}


async def test_a_journal_without_space(place: Place, channel_server: ChannelServer) -> None:
    """What cannot be stored is refused; a job that cannot say any more how far it is ends as if it had been killed."""
    channel_server.add_rule("big-demo", throttle=4_000_000)
    with small_disk(place.folder / "jobs", 2 * MIB) as disk:
        manager = JobManager(place.options())
        await manager.start()
        job = await manager.submit(place.create("lesson", "big-demo"))
        await in_phase(manager, job, "downloading")
        with fill(disk):
            with pytest.raises(StoreFailed, match=r"cannot be stored in .*: (No space left|File too large)") as refused:
                await manager.submit(place.create("other", "prio-demo"))
            assert refused.value.remedy.startswith("Free disk space or correct the permissions there")
            channel_server.reset()
            assert [known.id for known in await manager.jobs()] == [job.id]
            await until(partial(is_dead, manager.journal(job.id)))
        ended = await over(manager, job)
        assert ended.state in {"interrupted", "failed", "succeeded"}
        assert place.leftovers() == (["lesson"] if ended.state == "succeeded" else [])
        assert [event.seq for event in manager.journal(job.id).events()] == list(range(1, ended.seq + 1))
        assert (await over(manager, await manager.submit(place.create("other", "prio-demo")))).state == "succeeded"
        await manager.stop()


PAGE = 4096
"""Bytes by which files of that disk grow."""


def test_a_cancelled_job_that_has_filled_the_disk_of_its_journal(place: Place) -> None:
    """Its last word finds room where its files were."""
    with small_disk(place.folder / "disk", 2 * MIB) as disk:
        if not os.path.ismount(disk):
            pytest.skip("no disk can be mounted")
        place = replace(place, folder=disk)
        request = place.create("lesson", "prio-demo")
        journal = create_journal(disk / "jobs", JobSpec(request, place.options().engine, time.time()))
        with writing(journal) as writer:
            while PAGE - journal.events_file.stat().st_size % PAGE > 130:  # less than that last word takes
                writer.phase("linking", "Linking")
        half = journal.staging(request.prefix).folder
        half.mkdir(parents=True)
        with suppress(OSError), (half / "file").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(PAGE))
        cancel(journal)
        assert journal.job().state == "cancelled"
        assert place.leftovers() == []


async def is_dead(journal: Journal) -> bool:
    return not journal.is_alive()


@contextmanager
def fill(disk: Path) -> Iterator[None]:
    """No byte more can be written there; where it is no disk of its own, to no file at all."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    if not os.path.ismount(disk):
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    else:
        with suppress(OSError), (disk / "filling").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        (disk / "filling").unlink(missing_ok=True)


async def test_a_home_that_cannot_be_written_to(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that reads works; what would change something says what it cannot store, and where."""
    with read_only(place.folder / "fixed") as home:
        monkeypatch.setenv("HOME", str(home))
        shell = Shell(home, place.channel)
        shell.environ = {**shell.environ, "CONDA_ENVS_PATH": str(place.envs)}
        spec = place.folder / "environment.yml"
        spec.write_text("name: lesson\ndependencies: [prio-demo]\n")
        monkeypatch.chdir(place.folder)
        assert cli(shell, place, "list", "--json") == (0, {"environments": []})
        code, refused = cli(shell, place, "create", "-f", str(spec), "--json")
        assert code != 0
        assert refused["error"]["code"] == "store-failed"
        assert refused["error"]["message"].startswith("The job cannot be stored in ")
        assert refused["error"]["remedy"].startswith("Free disk space or correct the permissions there")

        async with managing(place) as manager:  # its journal is elsewhere, its locks are not
            job = await over(manager, await manager.submit(place.create("lesson", "prio-demo")))
            assert job.error is not None
            assert job.error.code == "store-failed"
            assert job.error.message.startswith("No lock file can be created in ")
            assert job.error.remedy.endswith("or set JUPYTER_DATA_DIR to another folder.")
            monkeypatch.setenv("JUPYTER_DATA_DIR", str(place.folder / "data"))
            job = await over(manager, await manager.submit(place.create("lesson", "prio-demo")))
            assert job.state == "succeeded", job
            assert "The list of environments" in manager.journal(job.id).read_log(0)[0]


def cli(shell: Shell, place: Place, *arguments: str) -> tuple[int, Any]:
    """Exit code and document of the command line in that home."""
    done = subprocess.run(
        [sys.executable, "-m", "jupyter_envkernels.cli", *arguments],
        env=shell.environ,
        cwd=place.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)


async def test_a_clock_that_jumps(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forth by a year and back by two: order, numbers and spans of time stay sound."""
    year = 365 * 86400.0
    jumps = cycle([0.0, year, -year, 30.0, -3600.0])
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + next(jumps))
    manager = JobManager(place.options())
    jobs = []
    for number in range(6):
        with monkeypatch.context() as patch:
            patch.setattr(journal_module, "datetime", clock(next(jumps)))
            request = place.create(f"lesson-{number}", "prio-demo")
            journal = create_journal(place.folder / "jobs", JobSpec(request, place.options().engine, time.time()))
        lock = acquire(journal)
        assert lock is not None
        with writing(journal) as writer:
            writer.phase("downloading", "Downloading")
            for done in range(5):
                writer.progress(done, 5, "packages")
                await asyncio.sleep(0.02)
            writer.state("failed", "No", Problem("unsatisfiable", "No"))
        os.close(lock)
        jobs.append(journal.id)
        events = journal.events()
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert [event.time for event in events] == sorted(event.time for event in events)
        shown = [event.progress for event in events if event.progress]
        assert all(progress.rate is None or progress.rate >= 0 for progress in shown)
    assert job_ids(place.folder / "jobs") == jobs
    assert [job.id for job in await manager.jobs()] == jobs[::-1]
    await manager.start()
    assert [job.id for job in await manager.jobs()] == jobs[::-1], "none is old enough to go, whatever the clock says"
    await manager.stop()


def clock(jump: float) -> type[datetime]:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + timedelta(seconds=jump)

    return Clock


DAMAGES = (
    lambda data, chance: data[: chance.randrange(len(data))],
    lambda data, chance: data + bytes(chance.randrange(1, 5000)),
    lambda data, chance: data + chance.randbytes(200),
    lambda data, chance: data[: (at := chance.randrange(len(data)))] + bytes(64) + data[at + 64 :],
    lambda data, chance: data + b"\n\n{}\n[]\nnull\n" + data[-40:],
    lambda data, chance: data.replace(b"e", chance.randbytes(1)),
    lambda data, chance: b"",
)


async def damaged_journals(place: Place, count: int, seed: int) -> int:
    """Damage the files of so many jobs, and start a manager on them; how many of the jobs it still knows."""
    chance = random.Random(seed)
    folder = place.folder / "jobs"
    for number in range(count):
        request = place.create(f"lesson-{number}", "prio-demo")
        journal = create_journal(folder, JobSpec(request, place.options().engine, time.time()))
        with writing(journal) as writer:
            writer.phase("linking", "Linking")
            writer.progress(1, 5, "packages")
            if chance.random() < 0.5:
                writer.state("failed", "No", Problem("unsatisfiable", "No"))
        store_plan(journal, Plan(()))
        for file in chance.sample(["events.jsonl", "log.txt", "lock", "plan.json", "request.json"], 2):
            path = journal.folder / file
            data = path.read_bytes() or b"x"
            path.write_bytes(chance.choice(DAMAGES)(data, chance))
        staged = journal.staging(request.prefix).folder
        (staged / "conda-meta").mkdir(parents=True)
    async with managing(place) as manager:
        known = [await over(manager, job) for job in await manager.jobs()]
        for job in known:
            journal = manager.journal(job.id)
            seqs = [event.seq for event in journal.events()]
            assert seqs == sorted(set(seqs)), (seed, job)
            journal.read_log(0)
            with suppress(NotFound):
                journal.plan()
            assert (await manager.cancel(job.id)) == job, "one that is over stays so"
        left = {path.name for path in place.envs.iterdir()}
        journals = [manager.journal(job.id) for job in known if job.state == "interrupted"]
        interrupted = {journal.staging(journal.order().request.prefix).folder.name for journal in journals}
        assert not left & interrupted, "what it left is taken away"
        assert (await over(manager, await manager.submit(place.create("next", "prio-demo")))).state == "succeeded"
    return len(known)


async def test_damaged_journals(place: Place) -> None:
    assert await damaged_journals(place, 20, seed=3) > 10


@pytest.mark.soak
async def test_many_damaged_journals(place: Place) -> None:
    assert await damaged_journals(place, 190, seed=random.randrange(10**6)) > 90
