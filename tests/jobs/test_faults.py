"""What may go wrong around a job, and must go wrong for that job alone."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import time
from pathlib import Path

import pytest

from jupyter_envkernels.errors import StillRunning, StoreFailed
from jupyter_envkernels.jobs import manager as manager_module
from jupyter_envkernels.jobs import process as process_module
from jupyter_envkernels.jobs.identity import WorkerMark, group_members
from jupyter_envkernels.jobs.journal import Journal, Order, encode
from jupyter_envkernels.jobs.process import bury, cancel
from jupyter_envkernels.jobs.pruning import sweep_journals
from jupyter_envkernels.jobs.writer import acquire, create_journal, writing
from jupyter_envkernels.models import Job, JobEvent
from tests.channel.server import ChannelServer

from .conftest import Place, in_phase, managing, over, until


async def test_a_listener_that_fails_harms_nobody(place: Place) -> None:
    heard: list[tuple[str, int]] = []

    def fail(job: Job, event: JobEvent) -> None:
        raise ValueError(f"{job.id} {event.seq}")

    async with managing(place) as manager:
        manager.subscribe(fail)
        manager.subscribe(lambda job, event: heard.append((job.id, event.seq)))
        first = await over(manager, await manager.submit(place.create("first", "prio-demo")))
        second = await over(manager, await manager.submit(place.create("second", "prio-demo")))
    assert (first.state, second.state) == ("succeeded", "succeeded")
    assert [seq for job_id, seq in heard if job_id == first.id] == list(range(1, first.seq + 1))


async def test_damaged_journals_hide_no_others(place: Place) -> None:
    async with managing(place) as manager:
        good = await over(manager, await manager.submit(place.create("good", "prio-demo")))
        bad = await over(manager, await manager.submit(place.create("bad", "prio-demo")))
        odd = await over(manager, await manager.submit(place.create("odd", "prio-demo")))
    (manager.journal(bad.id).folder / "request.json").write_bytes(b"")
    with manager.journal(odd.id).events_file.open("ab") as file:
        file.write(b'{"seq":99,"time":1,"state":"dreaming"}\n{"seq"\n\xff\xfe\n')
    async with managing(place) as manager:
        assert [job.id for job in await manager.jobs()] == [odd.id, good.id]
        assert (await manager.job(odd.id)).state == "succeeded"
        assert (await over(manager, await manager.submit(place.create("next", "prio-demo")))).state == "succeeded"


async def test_a_job_that_cannot_be_looked_at_is_tried_again(
    place: Place, channel_server: ChannelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clean-up fails once, as on a disk that is full for a while; other jobs go on meanwhile."""
    calls = 0

    def fail_once(journal: Journal) -> bool:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return bury(journal)

    monkeypatch.setattr(manager_module, "bury", fail_once)
    monkeypatch.setattr(manager_module, "_RETRY", 0.5)
    channel_server.add_rule(r"big-demo", throttle=2_000_000)
    async with managing(place, max_concurrent=1) as manager:
        job = await manager.submit(place.create("lesson", "big-demo"))
        await in_phase(manager, job, "downloading")
        mark = manager.journal(job.id).worker()
        assert mark is not None
        os.killpg(mark.pid, signal.SIGKILL)
        waiting = await manager.submit(place.create("other", "prio-demo"))
        assert (await over(manager, job)).state == "interrupted"
        assert (await over(manager, waiting)).state == "succeeded"
    assert calls >= 2


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
        job = await manager.submit(place.create("lesson", "big-demo"))
        await in_phase(manager, job, "downloading")
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
        job = await manager.submit(place.create("lesson", "big-demo"))
        await in_phase(manager, job, "downloading")
        foreign = WorkerMark(bystander.pid, "another boot", 1)
        manager.journal(job.id).lock_file.write_bytes(encode(foreign))
        assert (await manager.cancel(job.id)).state == "cancelled"
    assert bystander.returncode is None
    bystander.kill()
    await bystander.wait()
    assert place.leftovers() == []


def test_a_number_that_was_given_away_again_is_not_signalled() -> None:
    here = WorkerMark.of(os.getpid())
    assert here.may_be_signalled()
    assert not WorkerMark(here.pid, here.place, 1).may_be_signalled()
    assert not WorkerMark(here.pid, "elsewhere", here.started).may_be_signalled()


async def test_processes_that_do_not_go_away(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as those on another host, which is asked by a mark and does not answer."""
    journal = create_journal(place.folder / "jobs", Order(place.create("lesson"), place.options().engine, 0, 0), None)
    lock = acquire(journal)
    assert lock is not None
    try:
        os.pwrite(lock, encode(WorkerMark(1, "elsewhere", 1)), 0)
        monkeypatch.setattr(process_module, "_DEADLINE", 0.1)
        with pytest.raises(StillRunning, match="cannot be ended"):
            await asyncio.to_thread(cancel, journal)
    finally:
        os.close(lock)


async def test_two_cancels_at_once(place: Place, channel_server: ChannelServer) -> None:
    channel_server.add_rule(r"big-demo", throttle=2_000_000)
    async with managing(place) as manager:
        job = await manager.submit(place.create("lesson", "big-demo"))
        await in_phase(manager, job, "downloading")
        states = [job.state for job in await asyncio.gather(*(manager.cancel(job.id) for _ in range(3)))]
    assert states == ["cancelled"] * 3
    assert place.leftovers() == []


async def test_submitting_while_starting_tells_each_event_once(place: Place) -> None:
    heard: list[int] = []
    manager = manager_module.JobManager(place.options())
    manager.subscribe(lambda _, event: heard.append(event.seq))
    _, job = await asyncio.gather(manager.start(), manager.submit(place.create("lesson", "prio-demo")))
    job = await over(manager, job)
    await asyncio.sleep(0.3)
    await manager.stop()
    assert heard == list(range(1, job.seq + 1))


async def test_a_job_that_cannot_be_stored_is_refused_and_leaves_nothing(place: Place) -> None:
    (place.folder / "jobs").write_text("a file where a folder belongs")
    manager = manager_module.JobManager(place.options())
    with pytest.raises(StoreFailed, match="cannot be stored"):
        await manager.submit(place.create("lesson", "prio-demo"))


async def test_an_entry_is_written_whole_or_not_at_all(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async with managing(place) as manager:
        job = await over(manager, await manager.submit(place.create("lesson", "prio-demo")))
    journal = manager.journal(job.id)

    async def worker_ended() -> bool:
        return not journal.is_alive()

    await until(worker_ended)  # it lives a moment longer than its last word
    lock = acquire(journal)
    assert lock is not None
    write = os.write

    def half(descriptor: int, data: bytes) -> int:
        return write(descriptor, data[: len(data) // 2])

    with writing(journal) as writer:
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", half)
            writer.progress(1, 2, "packages")
            with pytest.raises(OSError, match="No space left"):
                writer.phase("linking", "Linking")
        writer.phase("linking", "Linking")
    os.close(lock)
    told = journal.events()  # the progress that could not be told at first is told later
    assert [event.seq for event in told] == list(range(1, job.seq + 3))
    assert [event.progress is not None for event in told[-2:]] == [True, False]


def test_orders_that_were_never_stored_are_swept(tmp_path: Path) -> None:
    old, young = tmp_path / ".20260101-000000-00000000.draft", tmp_path / ".20260101-000000-00000001.draft"
    for draft in (old, young):
        draft.mkdir()
    os.utime(old, (time.time() - 3600,) * 2)
    sweep_journals(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [young.name]
