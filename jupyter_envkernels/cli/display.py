"""What a person sees of a job while it goes on, on standard error."""

from __future__ import annotations

import sys
import time
from typing import Protocol

from ..models import Job, JobEvent, Progress
from .output import amount, duration, printable, rate

_INTERVAL = 10.0
"""Seconds between two lines that tell of progress only."""


class Display(Protocol):
    """Shows one job."""

    def begin(self, job: Job) -> None:
        """Tell that the job is stored."""

    def tell(self, event: JobEvent) -> None:
        """Tell news of the job."""

    def say(self, text: str) -> None:
        """Print a line beside the progress."""

    def close(self) -> None:
        """Show nothing more; may be called more than once."""


class Lines:
    """Plain lines: one a phase, and some while a phase takes long. As a :class:`Display`."""

    def __init__(self) -> None:
        self._last = ""
        self._told = time.monotonic()

    def begin(self, job: Job) -> None:
        """See :meth:`Display.begin`."""
        self.say(title(job))

    def tell(self, event: JobEvent) -> None:
        """See :meth:`Display.tell`. How it ended is said by its caller."""
        line = heading(event)
        if event.state in {"queued", "running"} and line != self._last:
            self._last = line
            self.say(line)
        elif event.progress is not None and time.monotonic() - self._told >= _INTERVAL:
            self.say(f"{event.phase}: {how_far(event.progress)}")

    def say(self, text: str) -> None:
        """See :meth:`Display.say`."""
        self._told = time.monotonic()
        print(text, file=sys.stderr, flush=True)

    def close(self) -> None:
        """See :meth:`Display.close`."""


def title(job: Job) -> str:
    """Return the line that names a job."""
    return printable(f"job {job.id}: {kind_of(job)} {job.request.environment}")


def kind_of(job: Job) -> str:
    """Return what a job does, or what it prepares."""
    return f"plan {job.request.operation.kind}" if job.request.is_plan else job.request.kind


def heading(event: JobEvent) -> str:
    """Return phase and message of an event."""
    return printable(f"{event.phase or event.state}: {event.message}")


def how_far(progress: Progress) -> str:
    """Amount, rate and time left, as far as they are known."""
    left = "" if progress.seconds_left is None else f"{duration(progress.seconds_left)} left"
    return ", ".join(filter(None, [amount(progress), rate(progress.unit, progress.rate), left]))
