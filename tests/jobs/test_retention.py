"""Old journals go, unless somebody may still need them."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from pathlib import Path

import pytest

from jupyter_envkernels.engine.operations import Create, PlanOnly
from jupyter_envkernels.errors import NotFound
from jupyter_envkernels.jobs import retention
from jupyter_envkernels.jobs.journal.reader import JobSpec, Journal, job_ids
from jupyter_envkernels.jobs.journal.writer import acquire, create_journal, writing
from jupyter_envkernels.jobs.manager import JobManager
from jupyter_envkernels.jobs.retention import discard, superfluous, sweep_journals
from jupyter_envkernels.models import EngineOptions, EnvSpec, Job, JobState

from .conftest import Place, managing, over, until

NOW = 1_800_000_000.0
HOUR = 3600.0


def ended(number: int, hours_ago: float, state: JobState = "succeeded", *, is_plan: bool = False) -> Job:
    create = Create("lesson", Path("/envs/lesson"), spec=EnvSpec())
    request = PlanOnly(create) if is_plan else create
    finished = None if state in {"queued", "running"} else NOW - hours_ago * HOUR
    return Job(str(number), request, 1, NOW - hours_ago * HOUR - 60, state=state, finished=finished)


def gone(*jobs: Job, keep: int = 1) -> list[str]:
    return superfluous(jobs, keep, NOW)


def test_the_newest_stay() -> None:
    jobs = [ended(number, hours_ago=1000 + number) for number in range(5)]
    assert gone(*jobs, keep=3) == ["3", "4"]
    assert gone(*jobs, keep=5) == []


def test_what_is_not_over_stays_and_does_not_count() -> None:
    jobs = [ended(0, 100, "queued"), ended(1, 200, "running"), ended(2, 300), ended(3, 400), ended(4, 500, "running")]
    assert gone(*jobs) == ["3"]


@pytest.mark.parametrize(
    ("job", "goes"),
    [
        (ended(1, 0.9), False),
        (ended(1, 1.1), True),
        (ended(1, 23, "failed"), False),
        (ended(1, 25, "failed"), True),
        (ended(1, 23, "cancelled"), False),
        (ended(1, 23, "interrupted"), False),
        (ended(1, 25, "interrupted"), True),
        (ended(1, 23, is_plan=True), False),
        (ended(1, 25, is_plan=True), True),
        (ended(1, -0.9), False),
        (ended(1, -1.1), True),
    ],
)
def test_what_ended_lately_stays_for_who_may_need_it(job: Job, *, goes: bool) -> None:
    assert gone(ended(0, 0), job) == (["1"] if goes else [])


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    order = JobSpec(Create("lesson", tmp_path / "lesson", spec=EnvSpec()), EngineOptions((), tmp_path), time.time())
    return create_journal(tmp_path / "jobs", order)


@pytest.fixture
def ended_journal(journal: Journal) -> Journal:
    with writing(journal) as writer:
        writer.log("words")
        writer.state("succeeded")
    return journal


def test_a_journal_goes_and_is_unknown_then(ended_journal: Journal) -> None:
    with ended_journal.log_file.open() as reader:
        discard(ended_journal)
        assert "words" in reader.read(), "who has it open reads on"
    assert list(ended_journal.folder.parent.iterdir()) == []
    with pytest.raises(NotFound):
        ended_journal.job()
    assert ended_journal.read_events(0) == ([], 0)
    assert ended_journal.read_log(0) == ("", 0)
    assert not ended_journal.is_alive()
    discard(ended_journal)


def test_a_journal_that_somebody_holds_stays(ended_journal: Journal) -> None:
    lock = acquire(ended_journal)
    assert lock is not None
    discard(ended_journal)
    assert ended_journal.job().state == "succeeded"
    os.close(lock)


def test_a_job_that_is_not_over_stays(journal: Journal) -> None:
    discard(journal)
    assert journal.job().state == "queued"


def test_a_journal_that_cannot_be_deleted_is_unknown_and_swept_later(
    ended_journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)
        discard(ended_journal)
    jobs_dir = ended_journal.folder.parent
    assert job_ids(jobs_dir) == []
    assert [path.name for path in jobs_dir.iterdir()] == [f".{ended_journal.id}.gone"]
    (jobs_dir / ".notes.gone").mkdir()
    sweep_journals(jobs_dir)
    assert [path.name for path in jobs_dir.iterdir()] == [".notes.gone"]


async def test_a_manager_prunes_at_its_start_and_after_each_job(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_HOUR", -1.0)
    made: list[str] = []
    async with managing(place) as manager:
        for number in range(4):
            job = await over(manager, await manager.submit(place.create(f"env-{number}", "prio-demo")))
            made.append(job.id)
        assert len(await manager.jobs()) == 4
    async with managing(place, keep_jobs=2) as manager:
        assert [job.id for job in await manager.jobs()] == made[:1:-1]
        newest = await over(manager, await manager.submit(place.create("env-4", "prio-demo")))

        async def pruned() -> bool:
            return [job.id for job in await manager.jobs()] == [newest.id, made[-1]]

        await until(pruned, seconds=10)
    assert job_ids(place.folder / "jobs") == [made[-1], newest.id]


async def test_whoever_cleans_up_prunes(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the command line does, which starts no manager."""
    monkeypatch.setattr(retention, "_HOUR", -1.0)
    async with managing(place) as manager:
        for number in range(3):
            await over(manager, await manager.submit(place.create(f"env-{number}", "prio-demo")))
    manager = JobManager(place.options(keep_jobs=1))
    await manager.clean_up()
    assert len(await manager.jobs()) == 1


async def test_a_journal_that_somebody_deletes_ends_its_job_quietly(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """As a person who empties the folder of journals while a job waits."""
    async with managing(place, max_concurrent=1) as manager:
        first = await manager.submit(place.create("first", "prio-demo"))
        second = await manager.submit(place.create("second", "prio-demo"))
        folder = manager.journal(second.id).folder
        folder.rename(place.folder / "elsewhere")
        assert (await over(manager, first)).state == "succeeded"
        await asyncio.sleep(0.3)
        third = await over(manager, await manager.submit(place.create("second", "prio-demo")))
        assert third.state == "succeeded"
        assert [job.id for job in await manager.jobs()] == [third.id, first.id]
    assert "cannot be followed" not in caplog.text
