"""What a thread has done -> progress.

It may do a hundred thousand things a second, so that it only counts them; the event loop looks from time to time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .backend import Report

T = TypeVar("T")

_INTERVAL = 0.1
"""Seconds between two reports."""


@dataclass(slots=True)
class Tally:
    """How many files are done.

    Attributes:
        done: so many; never goes back.
        total: of so many; None while that is unknown.
    """

    done: int = 0
    total: int | None = None


async def counted(report: Report, work: Callable[[Tally], T]) -> T:
    """Run something in a thread, and report how far it is.

    Args:
        report: hears of it, once the total is known.
        work: is given what it counts with.

    Returns:
        What the work returns.
    """
    tally = Tally()
    running = asyncio.ensure_future(asyncio.to_thread(work, tally))
    while not running.done():
        await asyncio.wait([running], timeout=_INTERVAL)
        if tally.total is not None:
            report.progress(tally.done, tally.total, "files")
    return running.result()
