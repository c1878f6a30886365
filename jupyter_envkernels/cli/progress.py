"""What a person sees of a job while it goes on, on standard error: a live bar on a terminal, else plain lines."""

from __future__ import annotations

import os
import sys
import time
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, Task, TaskID
from rich.progress import Progress as LiveProgress
from rich.table import Column
from rich.text import Text

from ..models import Job, JobEvent, Progress
from .output import amount, duration, kind_of, printable, rate

_INTERVAL = 10.0
"""Seconds between two lines that tell of progress only."""

_WIDE = 72
"""Columns from which on there is room for more than phase, bar and amount."""


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


class Bar:
    """The phase that a job is in, with bar, amount, rate and time left; phases that are over stand above it.

    As a :class:`Display`.
    """

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        is_utf8 = self._console.encoding.lower().startswith("utf")
        columns: list[ProgressColumn] = [SpinnerColumn("dots" if is_utf8 else "line"), _Phase()]
        columns += [_BarOrMessage(), _Amount()]
        columns += [_Rate(), _Left()] if self._console.width >= _WIDE else []
        self._live = LiveProgress(*columns, console=self._console, transient=True, expand=True)
        self._task: TaskID | None = None
        self._heading = ""
        self._began = time.monotonic()

    def begin(self, job: Job) -> None:
        """See :meth:`Display.begin`."""
        self.say(title(job))
        self._live.start()

    def tell(self, event: JobEvent) -> None:
        """See :meth:`Display.tell`. How it ended is said by its caller."""
        if event.state not in {"queued", "running"}:
            self._finish_phase()
            return
        if heading(event) != self._heading:
            self._finish_phase()
            self._heading = heading(event)
            self._began = time.monotonic()
            self._task = self._live.add_task(event.phase or event.state, total=None, told=None, message=event.message)
        if self._task is not None and event.progress is not None:
            told = event.progress
            self._live.update(self._task, completed=told.done, total=told.total, told=told)

    def say(self, text: str) -> None:
        """See :meth:`Display.say`."""
        self._console.print(Text(text), soft_wrap=True)

    def close(self) -> None:
        """See :meth:`Display.close`."""
        self._live.stop()

    def _finish_phase(self) -> None:
        """Leave a line about the phase that is over; that a job waited is not worth one where it did not take long."""
        if self._task is None:
            return
        self._live.remove_task(self._task)
        self._task = None
        seconds = time.monotonic() - self._began
        if seconds >= 1 or not self._heading.startswith("queued"):
            self.say(f"{self._heading} ({duration(seconds)})")


def open_display() -> Display:
    """Return a live bar where standard error is a terminal, else plain lines."""
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        return Bar()
    return Lines()


def title(job: Job) -> str:
    """Return the line that names a job."""
    return printable(f"job {job.id}: {kind_of(job)} {job.request.environment}")


def heading(event: JobEvent) -> str:
    """Return phase and message of an event."""
    return printable(f"{event.phase or event.state}: {event.message}")


def how_far(progress: Progress) -> str:
    """Amount, rate and time left, as far as they are known."""
    left = "" if progress.seconds_left is None else f"{duration(progress.seconds_left)} left"
    return ", ".join(filter(None, [amount(progress), rate(progress.unit, progress.rate), left]))


class _Phase(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(task.description, no_wrap=True)


class _BarOrMessage(BarColumn):
    """A bar where there is a total; else the spinner says that something goes on, and this, what."""

    def __init__(self) -> None:
        super().__init__(bar_width=None, table_column=Column(ratio=1))

    def render(self, task: Task) -> Any:
        if task.total is None:
            return Text(task.fields["message"], no_wrap=True, overflow="ellipsis")
        return super().render(task)


class _Amount(ProgressColumn):
    def render(self, task: Task) -> Text:
        told: Progress | None = task.fields["told"]
        return Text(amount(told) if told else duration(task.elapsed or 0), no_wrap=True, justify="right")


class _Rate(ProgressColumn):
    """As the job tells it; until then as the bar has seen it."""

    def render(self, task: Task) -> Text:
        told: Progress | None = task.fields["told"]
        if told is None:
            return Text()
        seen = told.rate if told.rate is not None else task.speed
        return Text(rate(told.unit, seen), no_wrap=True, justify="right")


class _Left(ProgressColumn):
    """The time that is left; as for the rate."""

    def render(self, task: Task) -> Text:
        told: Progress | None = task.fields["told"]
        left = told.seconds_left if told else None
        left = task.time_remaining if left is None else left
        return Text("" if left is None else f"{duration(left)} left", no_wrap=True, justify="right")
