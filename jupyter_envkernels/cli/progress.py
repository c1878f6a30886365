"""Show the progress of a job on standard error: plain lines; on a terminal, see :mod:`.bar`."""

from __future__ import annotations

import sys
import time
from typing import Protocol

from ..models import Job, JobEvent, Progress
from .output import amount, duration, kind_of, printable, rate

_INTERVAL = 10.0
"""Seconds between two lines of mere progress."""


class Display(Protocol):
    """Shows one job."""

    def begin(self, job: Job) -> None:
        """Show that the job has been stored."""

    def tell(self, event: JobEvent) -> None:
        """Show an event of the job."""

    def say(self, text: str) -> None:
        """Print a line besides the progress."""

    def close(self) -> None:
        """Stop showing; may be called more than once."""


class Lines:
    """Plain lines: one for each phase, and more while a phase takes long. A :class:`Display`."""

    def __init__(self) -> None:
        self._last = ""
        self._told = time.monotonic()

    def begin(self, job: Job) -> None:
        """Print the title of the job."""
        self.say(title(job))

    def tell(self, event: JobEvent) -> None:
        """Print a line for a new phase, or progress now and then. The caller prints the result."""
        line = heading(event)
        if event.state in {"queued", "running"} and line != self._last:
            self._last = line
            self.say(line)
        elif event.progress is not None and time.monotonic() - self._told >= _INTERVAL:
            self.say(f"{event.phase}: {how_far(event.progress)}")

    def say(self, text: str) -> None:
        """Print a line."""
        self._told = time.monotonic()
        print(text, file=sys.stderr, flush=True)

    def close(self) -> None:
        """Do nothing."""


def title(job: Job) -> str:
    """Return the line that names a job."""
    return printable(f"job {job.id}: {kind_of(job)} {job.request.environment}")


def heading(event: JobEvent) -> str:
    """Return phase and message of an event."""
    return printable(f"{event.phase or event.state}: {event.message}")


def how_far(progress: Progress) -> str:
    """Return amount, rate and time left, as far as they are known."""
    left = "" if progress.seconds_left is None else f"{duration(progress.seconds_left)} left"
    return ", ".join(filter(None, [amount(progress), rate(progress.unit, progress.rate), left]))
