"""Worker processes: how they end, and who is left alone."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import signal
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_envkernels.errors import StillRunning, StoreFailed
from jupyter_envkernels.jobs import worker_process as process_module
from jupyter_envkernels.jobs.journal.reader import JobSpec, Journal, encode
from jupyter_envkernels.jobs.journal.writer import acquire, create_journal, writing
from jupyter_envkernels.jobs.process_id import WorkerMark, group_members
from jupyter_envkernels.jobs.worker import _make_scratch
from jupyter_envkernels.jobs.worker_process import cancel, reap, scratch, spawn
from tests.channel.server import ChannelServer

from .conftest import Place, downloading, kill, managing, over, until


async def test_the_children_of_a_worker_that_was_killed_alone_die_too(
    place: Place, channel_server: ChannelServer
) -> None:
    channel_server.add_rule(r"/simple/", delay=30)
    pip = (f"--index-url {channel_server.url}/simple", "envkernels-demo-pip")
    async with managing(place) as manager:
        job = await manager.submit(place.create("lesson", "python", pip=pip))

        async def pip_runs() -> bool:
            return (await manager.job(job.id)).phase == "pip" and len(place.workers()) > 1

        await until(pip_runs)
        mark = manager.journal(job.id).worker()
        assert mark is not None
        os.kill(mark.pid, signal.SIGKILL)
        assert (await over(manager, job)).state == "interrupted"
        assert place.workers() == []
        assert group_members(mark.pid) == []
    assert place.leftovers() == []


async def test_a_worker_that_is_asked_to_end_takes_its_children_along(
    place: Place, channel_server: ChannelServer
) -> None:
    channel_server.add_rule(r"big-demo", throttle=2_000_000)
    async with managing(place) as manager:
        job = await downloading(manager, place)
        mark = manager.journal(job.id).worker()
        assert mark is not None
        os.kill(mark.pid, signal.SIGTERM)
        assert (await over(manager, job)).state == "interrupted"
    assert place.leftovers() == []


async def test_a_worker_on_another_host_obeys_the_mark_and_nobody_else_is_killed(
    place: Place, channel_server: ChannelServer
) -> None:
    channel_server.add_rule(r"big-demo", throttle=2_000_000)
    bystander = await asyncio.create_subprocess_exec("sleep", "60", start_new_session=True)
    async with managing(place) as manager:
        job = await downloading(manager, place)
        foreign = WorkerMark(bystander.pid, "another boot", 1)
        manager.journal(job.id).lock_file.write_bytes(encode(foreign))
        assert (await manager.cancel(job.id)).state == "cancelled"
    assert bystander.returncode is None
    bystander.kill()
    await bystander.wait()
    assert place.leftovers() == []


async def test_processes_that_do_not_go_away(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as those on another host, which is asked by a mark and does not answer."""
    journal = create_journal(place.folder / "jobs", JobSpec(place.create("lesson"), place.options().engine, 0, 0), None)
    lock = acquire(journal)
    assert lock is not None
    try:
        os.pwrite(lock, encode(WorkerMark(1, "elsewhere", 1)), 0)
        monkeypatch.setattr(process_module, "_DEADLINE", 0.1)
        with pytest.raises(StillRunning, match="cannot be killed"):
            await asyncio.to_thread(cancel, journal)
    finally:
        os.close(lock)


def test_a_job_is_not_over_while_processes_of_it_live(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel may hold one back from its end; it could still write into the prefix."""
    lock = acquire(journal)
    assert lock is not None
    os.pwrite(lock, encode(WorkerMark.of(os.getpid())), 0)
    os.close(lock)
    monkeypatch.setattr(process_module, "_DEADLINE", 0.05)
    monkeypatch.setattr(process_module, "group_members", lambda leader: [leader])
    monkeypatch.setattr(os, "killpg", lambda *_: None)
    with pytest.raises(StillRunning, match="cannot be killed"):
        reap(journal)
    assert not journal.job().is_over
    monkeypatch.setattr(process_module, "group_members", lambda _: [])
    assert reap(journal)
    assert journal.job().is_over


def test_a_cancellation_that_cannot_be_stored(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, mode: int = 0o666) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(StoreFailed, match=r"cannot be stored in .*: No space left on device\.") as refused:
        cancel(journal)
    assert refused.value.remedy == "Free disk space or correct the permissions there, and cancel again."
    assert journal.job().state == "queued"


async def test_two_cancels_at_once(place: Place, channel_server: ChannelServer) -> None:
    channel_server.add_rule(r"big-demo", throttle=2_000_000)
    async with managing(place) as manager:
        job = await downloading(manager, place)
        states = [job.state for job in await asyncio.gather(*(manager.cancel(job.id) for _ in range(3)))]
    assert states == ["cancelled"] * 3
    assert place.leftovers() == []


async def test_a_container_dies_with_all_that_is_in_it(place: Place, channel_server: ChannelServer) -> None:
    """Another one starts on the same home: there the number of the worker is that of somebody else."""
    channel_server.add_rule(r"big-demo", throttle=2_000_000)
    async with managing(place) as manager:
        job = await downloading(manager, place)
        journal = manager.journal(job.id)
    kill(journal)
    shutil.rmtree(scratch(journal))
    stranger = await asyncio.create_subprocess_exec("sleep", "60", start_new_session=True)
    journal.lock_file.write_bytes(encode(replace(WorkerMark.of(stranger.pid), place="another boot")))
    assert [name.endswith(".new") for name in place.leftovers()] in ([True], [])
    async with managing(place) as manager:
        ended = await over(manager, job)
        assert (ended.state, ended.error and ended.error.code) == ("interrupted", "interrupted")
        assert place.leftovers() == []
        channel_server.reset()
        again = await over(manager, await manager.run(job.id))
        assert again.state == "succeeded", again
    assert stranger.returncode is None
    assert group_members(stranger.pid) == [stranger.pid]
    stranger.kill()
    await stranger.wait()
    assert place.leftovers() == ["lesson"]


@pytest.mark.parametrize("planted", ["nothing", "a link"])
def test_temporary_files_are_private_in_a_folder_that_others_cannot_expect(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, planted: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    folder = scratch(journal)
    assert journal.id not in str(folder)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").touch()
    with ExitStack() as held:
        if planted == "a link":
            folder.symlink_to("mine")
            with pytest.raises(FileExistsError):
                _make_scratch(held, journal)
        else:
            _make_scratch(held, journal)
            assert tempfile.gettempdir() == str(folder)
            assert folder.stat().st_mode & 0o777 == 0o700
            monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
            assert scratch(journal) == folder, "whoever finds the journal finds it"
    assert folder.exists() == (planted == "a link")
    assert (tmp_path / "mine" / "file").exists()


def test_no_worker_is_started_for_what_is_over_cancelled_or_held(journal: Journal) -> None:
    lock = acquire(journal)
    assert lock is not None
    assert spawn(journal) is None
    os.close(lock)
    journal.cancel_mark.touch()
    assert spawn(journal) is None
    with writing(journal) as writer:
        writer.state("failed")
    journal.cancel_mark.unlink()
    assert spawn(journal) is None
    assert journal.job().seq == 2


def test_a_worker_that_cannot_be_started(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_module, "COMMAND", ("/no/such/python",))
    assert spawn(journal) is None
    job = journal.job()
    assert (job.state, job.error and job.error.code) == ("failed", "worker-failed")
    assert job.message == "No worker process can be started: No such file or directory."


def test_the_dead_are_buried_once(journal: Journal) -> None:
    with writing(journal) as writer:
        writer.phase("linking", "Linking")
    lock = acquire(journal)
    assert lock is not None
    assert not reap(journal), "it lives"
    os.close(lock)
    assert reap(journal)
    assert reap(journal)
    assert [event.state for event in journal.events()] == ["queued", "running", "interrupted"]


@pytest.mark.parametrize(("mark", "state"), [("cancel", "cancelled"), ("timeout", "failed")])
def test_the_marks_tell_why_a_worker_died(journal: Journal, mark: str, state: str) -> None:
    (journal.folder / mark).touch()
    assert reap(journal)
    assert journal.job().state == state
