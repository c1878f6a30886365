"""Report the progress of work in a thread.

The thread may handle very many files a second, so it only counts; the event loop reads the count at intervals.
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
    """Counts files.

    Attributes:
        done: files so far; never decreases.
        total: all files; None while unknown.
    """

    done: int = 0
    total: int | None = None


async def counted(report: Report, work: Callable[[Tally], T]) -> T:
    """Run a function in a thread, and report its progress.

    Args:
        report: gets the progress, once the total is known.
        work: the function; it counts in its argument.

    Returns:
        The result of the function.
    """
    tally = Tally()
    running = asyncio.ensure_future(asyncio.to_thread(work, tally))
    while not running.done():
        await asyncio.wait([running], timeout=_INTERVAL)
        if tally.total is not None:
            report.progress(tally.done, tally.total, "files")
    return running.result()
