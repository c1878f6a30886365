"""Progress of what a thread does."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field

import pytest

from jupyter_envkernels.engine.progress import Tally, counted
from jupyter_envkernels.models import ProgressUnit

from .fakes import Heard


@dataclass
class Awaited(Heard):
    """A report for whose first progress a thread can wait."""

    once: threading.Event = field(default_factory=threading.Event)

    @property
    def told(self) -> list[tuple[int, int | None, str]]:
        return self.amounts.get("", [])

    def progress(self, done: int, total: int | None, unit: ProgressUnit) -> None:
        super().progress(done, total, unit)
        self.once.set()


def test_it_is_told_while_it_goes_on_and_at_the_end() -> None:
    heard = Awaited()

    def work(tally: Tally) -> str:
        tally.total = 3
        tally.done = 1
        assert heard.once.wait(30)
        tally.done = 3
        return "result"

    assert asyncio.run(counted(heard, work)) == "result"
    assert heard.told[0] == (1, 3, "files")
    assert heard.told[-1] == (3, 3, "files")
    assert heard.told == sorted(heard.told)


def test_without_a_total_nothing_is_told() -> None:
    heard = Awaited()

    def work(tally: Tally) -> None:
        tally.done += 1

    asyncio.run(counted(heard, work))
    assert heard.told == []


def test_a_failure_goes_on_to_the_caller() -> None:
    heard = Awaited()

    def work(tally: Tally) -> None:
        tally.total = 2
        raise FileExistsError(17, "File exists", "x")

    with pytest.raises(FileExistsError):
        asyncio.run(counted(heard, work))
    assert heard.told == [(0, 2, "files")]
