"""Whose turn it is among the users of a machine."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from jupyter_envkernels.jobs import machine_limits as module
from jupyter_envkernels.jobs.machine_limits import MachineLimits, NoTurn, is_turn, machine_finding
from jupyter_envkernels.jobs.machine_slots import Share, Slots
from jupyter_envkernels.jobs.manager import JobManager
from jupyter_envkernels.models import Limits
from tests.channel.server import ChannelServer
from tests.linux_alone import counts_jobs

from .conftest import Place, downloading, kill, over, until

ADA, BOB, EVE = 1, 2, 3
NOW = 1e9


def turn(shares: dict[int, Share], user: int, most: int = 4, now: float = NOW, *, is_polite: bool = True) -> bool:
    return is_turn(shares, most, user, now, is_polite=is_polite)


def test_there_is_room_or_not() -> None:
    assert turn({}, ADA)
    assert turn({BOB: Share(3)}, ADA)
    assert not turn({BOB: Share(3), EVE: Share(1)}, ADA)


def test_one_user_leaves_one_job_to_others() -> None:
    assert turn({ADA: Share(2)}, ADA)
    assert not turn({ADA: Share(3)}, ADA)
    assert not turn({ADA: Share(3)}, ADA, is_polite=False)
    assert turn({}, ADA, most=1)
    assert not turn({ADA: Share(1)}, ADA, most=1)


def test_who_has_fewer_jobs_goes_first() -> None:
    shares = {ADA: Share(2, 1), BOB: Share(1, 1)}
    assert (turn(shares, BOB), turn(shares, ADA)) == (True, False)
    assert turn(shares, ADA, is_polite=False), "but only for a while"
    assert turn({ADA: Share(2, 1), BOB: Share(1, 0)}, ADA), "who does not wait is no objection"
    assert turn(shares, ADA, most=6), "there is room for both"


def test_users_with_equally_many_jobs_take_turns() -> None:
    shares = {user: Share(1, 1) for user in (ADA, BOB, EVE)}
    firsts = [[user for user in shares if turn(shares, user, now=NOW + 10 * number)] for number in range(60)]
    assert all(len(first) == 1 for first in firsts), "never two at once"
    assert {first[0] for first in firsts} == {ADA, BOB, EVE}


@pytest.fixture
def limits(tmp_path: Path) -> Limits:
    (tmp_path / "machine").mkdir(mode=0o700)
    return Limits(max_machine_jobs=1, machine_jobs_dir=str(tmp_path / "machine"))


@counts_jobs
def test_a_place_is_taken_until_it_is_closed(limits: Limits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSE", 0.0)
    monkeypatch.setattr(module, "_SHARE", 0)
    one, two = MachineLimits(limits), MachineLimits(limits)
    place = one.take("a", is_plan=False)
    assert place is not None
    for _ in range(2):
        with pytest.raises(NoTurn, match=r"^Waiting: 1 of 1 jobs of this machine are running$"):
            two.take("b", is_plan=False)
    plan = two.take("c", is_plan=True)
    assert plan is not None, "plans do not wait for jobs"
    assert Slots(limits.machine_jobs_dir, is_plan=False).look(9) == {os.geteuid(): Share(1, 1)}
    os.close(place)
    again = two.take("b", is_plan=False)
    assert again is not None
    assert Slots(limits.machine_jobs_dir, is_plan=False).look(9) == {os.geteuid(): Share(1, 0)}
    with pytest.raises(NoTurn):
        one.take("d", is_plan=False)
    one.leave("d")
    with pytest.raises(NoTurn):
        one.take("e", is_plan=False)
    one.close()
    assert Slots(limits.machine_jobs_dir, is_plan=False).look(9) == {os.geteuid(): Share(1, 0)}
    os.close(again)
    os.close(plan)


@counts_jobs
def test_nobody_waits_for_ever(limits: Limits, monkeypatch: pytest.MonkeyPatch) -> None:
    """What others announce may stand for no work at all."""
    shares = {os.geteuid() + 1: Share(1, 0)}
    monkeypatch.setattr(Slots, "look", lambda _self, _most: shares)
    monkeypatch.setattr(module, "_PAUSE", 0.0)
    monkeypatch.setattr(module, "_SHARE", 0)
    waiting = MachineLimits(limits)
    with pytest.raises(NoTurn):
        waiting.take("a", is_plan=False)
    monkeypatch.setattr(module, "_LONGEST", 0.0)
    time.sleep(0.01)
    place = waiting.take("a", is_plan=False)
    assert place is not None
    os.close(place)


def test_without_a_folder_nothing_is_counted(tmp_path: Path) -> None:
    assert MachineLimits(Limits(max_machine_jobs=1)).take("a", is_plan=False) is None
    assert MachineLimits(Limits(machine_jobs_dir=str(tmp_path))).take("a", is_plan=False) is None
    assert MachineLimits(Limits(max_machine_jobs=1, machine_jobs_dir="/nowhere")).take("a", is_plan=False) is None


@counts_jobs
def test_the_doctor_tells_which_limit_there_is(limits: Limits) -> None:
    assert machine_finding(limits).message == "At most 1 jobs run on this machine, counted by user."
    without = machine_finding(Limits())
    assert (without.ok, "per user" in without.message) == (True, True)
    broken = machine_finding(Limits(max_machine_jobs=1))
    assert (broken.ok, broken.message) == (
        False,
        "Jobs are limited per user only: c.EnvKernels.machine_jobs_dir is not set.",
    )
    assert "/nowhere cannot be used" in machine_finding(Limits(max_machine_jobs=1, machine_jobs_dir="/nowhere")).message


@counts_jobs
async def test_a_job_waits_for_those_of_another_server(
    place: Place, channel_server: ChannelServer, limits: Limits
) -> None:
    """It says so, and runs when the worker of the other one is gone, however it ended."""
    other = Place(place.folder / "other", place.channel)
    (other.folder / "home").mkdir(parents=True)
    channel_server.add_rule(r"big-demo", throttle=2_000_000)
    managers = [JobManager(each.options(limits)) for each in (place, other)]
    for manager in managers:
        await manager.start()
    try:
        running = await downloading(managers[0], place)
        waiting = await managers[1].submit(other.create("lesson", "prio-demo"))

        async def told() -> bool:
            return (await managers[1].job(waiting.id)).message == "Waiting: 1 of 1 jobs of this machine are running"

        await until(told)
        assert (await managers[1].job(waiting.id)).state == "queued"
        plan = await managers[1].submit(other.create("other", "prio-demo"))
        assert (await managers[1].cancel(plan.id)).state == "cancelled"
        await managers[0].stop()
        kill(managers[0].journal(running.id))
        assert (await over(managers[1], waiting)).state == "succeeded"
    finally:
        for manager in managers:
            await manager.stop()


@counts_jobs
async def test_a_spare_worker_counts_as_well(place: Place, channel_server: ChannelServer, limits: Limits) -> None:
    channel_server.add_rule(r"big-demo", throttle=2_000_000)
    manager = JobManager(place.options(limits))
    await manager.start()
    try:
        await manager.prepare()
        job = await downloading(manager, place)
        await manager.stop()
        look = Slots(limits.machine_jobs_dir, is_plan=False).look
        assert look(9) == {os.geteuid(): Share(1, 0)}, "the worker has it, not the server"
        await manager.cancel(job.id)
        assert look(9) == {os.geteuid(): Share()}
    finally:
        await manager.stop()
