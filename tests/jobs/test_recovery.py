"""What is left of jobs whose journals are damaged, and of packages that were half fetched, when a manager starts."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path

import pytest

from jupyter_envkernels.engine.link.folders import remove_tree
from jupyter_envkernels.engine.operations import JobRequest, Remove, Update
from jupyter_envkernels.engine.transaction import staging as staging_module
from jupyter_envkernels.engine.transaction.staging import Staging
from jupyter_envkernels.jobs.journal.reader import JobSpec, Journal, job_ids
from jupyter_envkernels.jobs.journal.writer import acquire, create_journal, writing
from jupyter_envkernels.jobs.recovery import clean, in_background
from jupyter_envkernels.models import UPDATE_MARK, JobState
from tests.channel.server import ChannelServer

from .conftest import Place, managing, over, until

GARBAGE = b'{"seq":1}\n\x00\x00\x00\n\xff\xfe\n{"seq":2,"ti'
DAMAGES = [GARBAGE, b"\0" * 5000, b"", None]


def store(place: Place, request: JobRequest) -> Journal:
    return create_journal(place.folder / "jobs", JobSpec(request, place.options().engine, time.time()))


def spoil(journal: Journal, damage: bytes | None) -> None:
    """Damage its events; None takes them away."""
    if damage is None:
        journal.events_file.unlink()
    else:
        journal.events_file.write_bytes(damage)


def environment(prefix: Path) -> Path:
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "name").write_text(prefix.name)
    return prefix


@pytest.mark.parametrize("damage", DAMAGES, ids=["garbage", "zeros", "empty", "missing"])
async def test_a_job_of_whose_events_none_can_be_read(
    place: Place, caplog: pytest.LogCaptureFixture, damage: bytes | None
) -> None:
    journal = store(place, place.create("lesson", "prio-demo"))
    environment(journal.staging(place.envs / "lesson").folder)
    spoil(journal, damage)
    async with managing(place) as manager:
        assert [job.id for job in await manager.jobs()] == [journal.id]
        ended = await over(manager, journal.job())
        assert (ended.state, ended.error and ended.error.code) == ("interrupted", "interrupted")
        assert ended.message == "The journal of the job is damaged, so its result is unknown"
        assert place.leftovers() == []
        again = await over(manager, await manager.run(journal.id))
        assert again.state == "succeeded", again
    told = [record for record in caplog.records if "unreadable lines" in record.message]
    assert len(told) == (1 if damage == GARBAGE else 0), "once, however often it is read"


async def test_one_that_runs_is_left_to_its_worker(place: Place) -> None:
    journal = store(place, place.create("lesson", "prio-demo"))
    spoil(journal, b"")
    lock = acquire(journal)
    assert lock is not None
    async with managing(place) as manager:
        assert (await manager.job(journal.id)).state == "running"
        assert journal.events() == []
        os.close(lock)
        assert (await over(manager, journal.job())).state == "interrupted"


async def test_the_disk_tells_what_the_journal_does_not(place: Place) -> None:
    async with managing(place) as manager:
        made = await over(manager, await manager.submit(place.create("lesson", "prio-demo")))
    removal = store(place, Remove("gone", place.envs / "gone"))
    for journal in (manager.journal(made.id), removal):
        spoil(journal, GARBAGE)
    async with managing(place) as manager:
        assert (await over(manager, made)).state == "succeeded"
        assert (await over(manager, removal.job())).state == "succeeded"
    assert place.leftovers() == ["lesson"]


def ruined(place: Place) -> Journal:
    """A job of which nobody knows what it was to do."""
    journal = store(place, place.create("lost", "prio-demo"))
    (journal.folder / "request.json").write_bytes(b"\0\0\0")
    return journal


def clean_up(place: Place) -> None:
    options = place.options()
    folders = [place.envs, place.envs, place.folder / "absent"]
    clean(options.journal_dir, options.engine.package_cache, folders)


def test_what_a_job_has_staged_that_is_lost(place: Place) -> None:
    journal = ruined(place)
    environment(journal.staging(place.envs / ("long" * 20)).folder)
    other = Staging(environment(place.envs / "lesson"), "20260101-000000-00000000")
    environment(other.folder)
    clean_up(place)
    assert place.leftovers() == [other.folder.name, "lesson"], "of other jobs nothing is touched"
    assert job_ids(place.folder / "jobs") == [journal.id]
    os.utime(journal.folder, (time.time() - 2 * 86400,) * 2)
    clean_up(place)
    assert job_ids(place.folder / "jobs") == []


def test_an_environment_that_a_lost_job_was_changing_is_not_deleted(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    staging = ruined(place).staging(environment(place.envs / "lesson"))
    staging.begin()
    staging.mark(UPDATE_MARK)
    staging.exchange()
    clean_up(place)
    assert place.leftovers() == [staging.previous.name, "lesson"]
    assert (staging.previous / "name").read_text() == "lesson"
    assert f"before that job is kept in {staging.previous}" in caplog.text


@pytest.mark.parametrize("state", ["succeeded", "interrupted", "running"])
def test_what_an_update_has_replaced_goes_once_it_is_known_to_be_replaced(place: Place, state: JobState) -> None:
    journal = store(place, Update("lesson", environment(place.envs / "lesson")))
    previous = environment(journal.staging(place.envs / "lesson").previous)
    with writing(journal) as writer:
        writer.state(state)
    options = place.options()
    clean(options.journal_dir, options.engine.package_cache, [place.envs], [journal.job()])
    assert place.leftovers() == (["lesson"] if state == "succeeded" else [previous.name, "lesson"])


def test_what_cannot_be_read_just_now_is_not_lost(place: Place) -> None:
    journal = ruined(place)
    (journal.folder / "request.json").unlink()
    (journal.folder / "request.json").mkdir()
    staging = environment(journal.staging(place.envs / "lesson").folder)
    clean_up(place)
    assert place.leftovers() == [staging.name]


def test_a_job_that_is_lost_but_runs_is_left_alone(place: Place) -> None:
    journal = ruined(place)
    staging = environment(journal.staging(place.envs / "lesson").folder)
    lock = acquire(journal)
    assert lock is not None
    clean_up(place)
    assert place.leftovers() == [staging.name]
    os.close(lock)
    clean_up(place)
    assert place.leftovers() == []


async def test_a_job_that_is_lost_is_looked_for_where_environments_are_made(place: Place) -> None:
    environment(ruined(place).staging(place.envs / "lesson").folder)
    async with managing(place, folders=(place.envs,)):
        await until(lambda: asyncio.to_thread(lambda: place.leftovers() == []))


async def test_jobs_are_taken_while_old_files_are_deleted(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """There may be many, on a slow disk. Nobody waits for them, not even who stops."""
    may_go_on = threading.Event()
    trash = environment(Staging(place.envs / "gone", "20260101-000000-00000000").trash)

    def wait_and_remove(folder: Path) -> None:
        may_go_on.wait(60)
        remove_tree(folder)

    with monkeypatch.context() as patch:
        patch.setattr(staging_module, "remove_tree", wait_and_remove)
        async with managing(place, folders=(place.envs,)) as manager:
            job = await manager.submit(place.create("lesson", "prio-demo"))
            assert (await over(manager, job)).state == "succeeded"
            assert place.leftovers() == [trash.name, "lesson"]
        assert place.leftovers() == [trash.name, "lesson"], "it has stopped all the same"
        may_go_on.set()
        await until(lambda: asyncio.to_thread(lambda: place.leftovers() == ["lesson"]))


async def test_what_goes_wrong_with_cleaning_is_told(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise ValueError("no")

    await in_background(fail)
    assert [record.message for record in caplog.records] == ["Not everything could be cleaned up."]


def test_a_removal_that_died_sees_to_its_own_files(place: Place) -> None:
    journal = store(place, Remove("lesson", place.envs / "lesson"))
    trash = environment(journal.staging(place.envs / "lesson").trash)
    options = place.options()
    clean(options.journal_dir, options.engine.package_cache, [place.envs], [journal.job()])
    assert place.leftovers() == [trash.name]


async def test_half_a_package_in_the_cache_goes_when_a_manager_starts(
    place: Place, channel_server: ChannelServer
) -> None:
    channel_server.add_rule(r"python-3.*\.conda$", hang_after=4_000_000)
    packages = place.options().engine.package_cache / "pkgs"
    async with managing(place) as manager:
        job = await manager.submit(place.create("lesson", "python"))

        async def extracts() -> bool:
            return bool(list(packages.glob(".python-3*/**/*")))

        await until(extracts)
        (half,) = packages.glob(".python-3*")
        async with managing(place):
            assert half.exists(), "somebody is at work there"
        (worker,) = place.workers()
    worker.kill()
    worker.wait(10)
    async with managing(place) as manager:
        await until(lambda: asyncio.to_thread(lambda: not half.exists()))
        channel_server.reset()
        assert (await over(manager, job)).state == "interrupted"
        assert (await over(manager, await manager.run(job.id))).state == "succeeded"
