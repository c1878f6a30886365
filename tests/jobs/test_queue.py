"""Whose turn it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.engine.operations import Create, PlanOnly
from jupyter_envkernels.errors import QueueFull
from jupyter_envkernels.jobs.queue import Queue
from jupyter_envkernels.models import EnvSpec, Job


def job(name: str, *, is_plan: bool = False) -> Job:
    create = Create(name, Path("/envs", name), spec=EnvSpec())
    request = PlanOnly(create) if is_plan else create
    return Job(name, request, 1, 0.0, state="queued")


def test_who_comes_first_goes_first() -> None:
    queue = Queue(1, 10)
    queue.enter(job("a"))
    queue.enter(job("b"))
    assert [queue.is_turn(name, []) for name in "ab"] == [True, False]
    assert not queue.is_turn("a", [job("running")])
    queue.to_the_end("a")
    assert [queue.is_turn(name, []) for name in "ab"] == [False, True]
    queue.leave("b")
    assert "b" not in queue
    assert queue.is_turn("a", [])


def test_plans_do_not_wait_for_jobs() -> None:
    queue = Queue(1, 10)
    queue.enter(job("a"))
    queue.enter(job("plan", is_plan=True))
    assert queue.is_turn("plan", [job("running")])
    assert not queue.is_turn("plan", [job("other", is_plan=True)])
    assert queue.is_turn("a", [job("other", is_plan=True)])


def test_a_full_queue() -> None:
    queue = Queue(1, 1)
    queue.check_room([job("running")])
    queue.enter(job("a"))
    with pytest.raises(QueueFull, match=r"The queue is full \(1 job\)"):
        queue.check_room([])


def test_where_nobody_may_wait_whoever_need_not_may_come() -> None:
    queue = Queue(1, 0)
    queue.check_room([])
    with pytest.raises(QueueFull):
        queue.check_room([job("running")])
