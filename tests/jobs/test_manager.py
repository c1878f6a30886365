"""Jobs by real workers: whole or not at all, whatever happens to whom."""

from __future__ import annotations

import asyncio
import os
import pwd
from dataclasses import replace

import pytest

from jupyter_envkernels.engine.operations import Clone, JobRequest, Remove, Update
from jupyter_envkernels.errors import AlreadyExists, Busy, NotFound, QueueFull
from jupyter_envkernels.jobs import manager as manager_module
from jupyter_envkernels.jobs.journal.writer import acquire
from jupyter_envkernels.jobs.manager import JobManager
from jupyter_envkernels.models import PENDING_MARK, Edit, Job, JobEvent
from tests.channel.server import ChannelServer

from .conftest import Place, downloading, in_phase, kill, managing, over, until


async def test_listeners_hear_what_the_journal_holds(place: Place) -> None:
    heard: list[tuple[str, int]] = []

    def listen(job: Job, event: JobEvent) -> None:
        assert job.seq == event.seq
        heard.append((job.id, event.seq))

    async with managing(place) as manager:
        manager.subscribe(listen)
        job = await over(manager, await manager.submit(place.create("lesson", "prio-demo")))
        await asyncio.sleep(0.3)
    assert job.state == "succeeded", job
    assert heard == [(job.id, seq) for seq in range(1, job.seq + 1)]
    assert place.leftovers() == ["lesson"]
    assert not (place.envs / "lesson" / PENDING_MARK).exists()


async def test_what_a_job_has_unpacked_by_half_goes_with_it(place: Place) -> None:
    async with managing(place) as manager:
        await over(manager, await manager.submit(place.create("first", "prio-demo")))
        half = place.folder / "cache" / "pkgs" / ".prio-demo-half"
        half.mkdir()
        job = await over(manager, await manager.submit(place.create("lesson", "no-such-package")))
        assert job.state == "failed"

        async def is_gone() -> bool:
            return not half.exists()

        await until(is_gone)


async def test_the_queue_is_bounded(place: Place, channel_server: ChannelServer) -> None:
    channel_server.add_rule(r"big-demo", throttle=1_000_000)
    async with managing(place, max_concurrent=1, max_queued=1) as manager:
        first = await manager.submit(place.create("first", "big-demo"))
        await in_phase(manager, first, "downloading")
        second = await manager.submit(place.create("second", "prio-demo"))
        with pytest.raises(QueueFull):
            await manager.submit(place.create("third", "prio-demo"))
        await manager.cancel(second.id)
        await manager.cancel(first.id)


async def test_a_worker_that_is_killed(place: Place, channel_server: ChannelServer) -> None:
    channel_server.add_rule(r"big-demo", throttle=2_000_000)
    async with managing(place) as manager:
        job = await downloading(manager, place)
        kill(manager.journal(job.id))
        ended = await over(manager, job)
    assert ended.state == "interrupted"
    assert ended.error is not None
    assert ended.error.code == "interrupted"
    assert place.leftovers() == []


async def test_a_job_outlives_its_manager(place: Place, channel_server: ChannelServer) -> None:
    channel_server.add_rule(r"big-demo", throttle=20_000_000)
    async with managing(place) as manager:
        job = await downloading(manager, place)
    assert place.workers()
    heard: list[int] = []
    manager = type(manager)(place.options())
    manager.subscribe(lambda _, event: heard.append(event.seq))
    await manager.start()
    ended = await over(manager, job)
    await asyncio.sleep(0.3)
    await manager.stop()
    assert ended.state == "succeeded", ended
    assert heard == list(range(heard[0], ended.seq + 1))
    assert place.leftovers() == ["lesson"]


async def test_a_job_that_died_while_no_manager_looked(place: Place, channel_server: ChannelServer) -> None:
    channel_server.add_rule(r"big-demo", throttle=2_000_000)
    async with managing(place) as manager:
        job = await downloading(manager, place)
    kill(manager.journal(job.id))
    async with managing(place) as manager:
        assert (await over(manager, job)).state == "interrupted"
    assert place.leftovers() == []


async def test_a_worker_that_committed_but_could_not_say_so(place: Place) -> None:
    """The last word is missing; what is on disk tells how it ended."""
    async with managing(place) as manager:
        job = await over(manager, await manager.submit(place.create("lesson", "prio-demo")))
        journal = manager.journal(job.id)
    lines = journal.events_file.read_bytes().splitlines(keepends=True)
    journal.events_file.write_bytes(b"".join(lines[:-1]))
    async with managing(place) as manager:
        assert (await over(manager, job)).state == "succeeded"
    assert place.leftovers() == ["lesson"]


async def test_a_job_that_another_process_holds_is_left_to_it(place: Place) -> None:
    async with managing(place, max_concurrent=1) as manager:
        waiting = await manager.submit(place.create("lesson", "prio-demo"))
        lock = acquire(manager.journal(waiting.id))
        if lock is None:  # our own worker was quicker
            pytest.fail("the worker started before the test could take the lock")
        await asyncio.sleep(0.5)
        assert (await manager.job(waiting.id)).state == "queued"
        os.close(lock)
        await manager.cancel(waiting.id)


async def test_two_jobs_for_one_prefix(place: Place) -> None:
    async with managing(place) as manager:
        results = await asyncio.gather(
            *(manager.submit(place.create("lesson", "prio-demo")) for _ in range(5)), return_exceptions=True
        )
        (job,) = [result for result in results if isinstance(result, Job)]
        assert sum(isinstance(result, Busy) for result in results) == 4
        await over(manager, job)
        with pytest.raises(AlreadyExists):
            await manager.submit(place.create("lesson", "prio-demo"))


async def test_what_another_job_has_removed_since_is_not_there_for_the_next(place: Place) -> None:
    """Both were asked for while the environment stood; the later one is refused before it is a job."""
    async with managing(place) as manager:
        await over(manager, await manager.submit(place.create("lesson", "prio-demo")))
        lesson = place.envs / "lesson"
        requests: list[JobRequest] = [
            Remove("lesson", lesson),
            Update("lesson", lesson, edit=Edit(add=("prefix-demo",))),
            Clone("copy", place.envs / "copy", source=lesson),
        ]
        await over(manager, await manager.submit(requests[0]))
        for request in requests:
            with pytest.raises(NotFound, match="There is no environment"):
                await manager.submit(request)
        assert len(await manager.jobs()) == 2
    assert place.leftovers() == []


async def test_two_managers_for_one_prefix(
    place: Place, channel_server: ChannelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As two servers of one person: the second request is refused before any work, though nobody told of the first."""
    monkeypatch.setattr(manager_module, "_WATCH", 3600)
    channel_server.add_rule(r"big-demo", throttle=4_000_000)
    async with managing(place) as one, managing(place) as other:
        requests = [(one, place.create("lesson", "big-demo")), (other, place.create("lesson", "big-demo"))]
        answers = await asyncio.gather(*(m.submit(r) for m, r in requests), return_exceptions=True)
        (first,) = [answer for answer in answers if isinstance(answer, Job)]
        (second,) = [answer for answer in answers if isinstance(answer, Busy)]
        assert second.details == {"job": first.id}
        assert [job.id for job in await one.jobs()] == [first.id]
        await one.cancel(first.id)
    assert place.leftovers() == []


async def test_two_journals_for_one_prefix(place: Place, channel_server: ChannelServer) -> None:
    """As two servers that are configured otherwise: the prefix lock decides."""
    channel_server.add_rule(r"big-demo", throttle=4_000_000)
    async with managing(place) as one:
        first = await one.submit(place.create("lesson", "big-demo"))
        await in_phase(one, first, "downloading")
        other = JobManager(replace(place.options(), journal_dir=place.folder / "other jobs"))
        await other.start()
        second = await over(other, await other.submit(place.create("lesson", "prio-demo")))
        await other.stop()
        assert second.error is not None
        assert second.error.code == "busy"
        assert first.id in second.error.message
        await one.cancel(first.id)
    assert place.leftovers() == []


async def test_who_asked_is_stored(place: Place) -> None:
    async with managing(place) as manager:
        named = await manager.submit(place.create("lesson", "prio-demo"), "ada")
        unnamed = await manager.submit(place.create("other", "prio-demo"))
        assert manager.journal(named.id).order().user == "ada"
        assert unnamed.user == pwd.getpwuid(os.getuid()).pw_name
        await over(manager, named)
        await over(manager, unnamed)


async def test_unknown_jobs(place: Place) -> None:
    async with managing(place) as manager:
        with pytest.raises(NotFound):
            await manager.cancel("20260101-000000-00000000")
        assert await manager.jobs() == []


async def test_a_failing_removal_leaves_the_environment(place: Place) -> None:
    async with managing(place) as manager:
        await over(manager, await manager.submit(place.create("lesson", "prio-demo")))
        (place.envs / "lesson" / "envs" / "inner" / "conda-meta").mkdir(parents=True)
        request = Remove("lesson", place.envs / "lesson")
        job = await over(manager, await manager.submit(request))
        assert (job.state, job.error and job.error.code) == ("failed", "forbidden")
    assert place.leftovers() == ["lesson"]


async def test_jobs_that_others_begin_are_followed(place: Place) -> None:
    """As when a person creates an environment in a terminal: the panel must hear of it."""
    heard: list[int] = []
    async with managing(place) as server, managing(place) as other:
        server.subscribe(lambda _, event: heard.append(event.seq))
        job = await over(other, await other.submit(place.create("lesson", "prio-demo")))

        async def heard_all() -> bool:
            return heard == list(range(1, job.seq + 1))

        await until(heard_all, seconds=10)
        (seen,) = await server.jobs()
        assert seen == job
    assert place.leftovers() == ["lesson"]
