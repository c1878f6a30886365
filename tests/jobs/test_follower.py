"""What may go wrong around a job, and must go wrong for that job alone."""

from __future__ import annotations

import asyncio
import errno
import os
import time
from pathlib import Path

import pytest

from jupyter_envkernels.errors import StoreFailed
from jupyter_envkernels.jobs import follower
from jupyter_envkernels.jobs.journal.reader import Journal
from jupyter_envkernels.jobs.manager import JobManager
from jupyter_envkernels.jobs.retention import sweep_journals
from jupyter_envkernels.jobs.worker_process import reap
from jupyter_envkernels.models import Job, JobEvent
from tests.channel.server import ChannelServer

from .conftest import Place, downloading, kill, managing, over


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
        return reap(journal)

    monkeypatch.setattr(follower, "reap", fail_once)
    monkeypatch.setattr(follower, "_RETRY", 0.5)
    channel_server.add_rule(r"big-demo", throttle=2_000_000)
    async with managing(place, max_concurrent=1) as manager:
        job = await downloading(manager, place)
        kill(manager.journal(job.id))
        waiting = await manager.submit(place.create("other", "prio-demo"))
        assert (await over(manager, job)).state == "interrupted"
        assert (await over(manager, waiting)).state == "succeeded"
    assert calls >= 2


async def test_submitting_while_starting_tells_each_event_once(place: Place) -> None:
    heard: list[int] = []
    manager = JobManager(place.options())
    manager.subscribe(lambda _, event: heard.append(event.seq))
    _, job = await asyncio.gather(manager.start(), manager.submit(place.create("lesson", "prio-demo")))
    job = await over(manager, job)
    await asyncio.sleep(0.3)
    await manager.stop()
    assert heard == list(range(1, job.seq + 1))


async def test_a_job_that_cannot_be_stored_is_refused_and_leaves_nothing(place: Place) -> None:
    (place.folder / "jobs").write_text("a file where a folder belongs")
    manager = JobManager(place.options())
    with pytest.raises(StoreFailed, match="cannot be stored"):
        await manager.submit(place.create("lesson", "prio-demo"))


def test_orders_that_were_never_stored_are_swept(tmp_path: Path) -> None:
    old, young = tmp_path / ".20260101-000000-00000000.draft", tmp_path / ".20260101-000000-00000001.draft"
    for draft in (old, young):
        draft.mkdir()
    os.utime(old, (time.time() - 3600,) * 2)
    sweep_journals(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [young.name]
