"""Show the progress of a job as a live bar on a terminal. Slow to import, and not needed for lines."""

from __future__ import annotations

import time
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, Task, TaskID
from rich.progress import Progress as LiveProgress
from rich.table import Column
from rich.text import Text

from ..models import Job, JobEvent, Progress
from .output import amount, duration, rate
from .progress import heading, title

_WIDE = 72
"""Columns needed to show rate and time left as well."""


class Bar:
    """The current phase with bar, amount, rate and time left, below lines of finished phases. A :class:`Display`."""

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
        """Print the title of the job, and start the bar."""
        self.say(title(job))
        self._live.start()

    def tell(self, event: JobEvent) -> None:
        """Update the bar. The caller prints the result."""
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
        """Print a line above the bar."""
        self._console.print(Text(text), soft_wrap=True)

    def close(self) -> None:
        """Remove the bar."""
        self._live.stop()

    def _finish_phase(self) -> None:
        """Print a line for the finished phase, except for a short time in the queue."""
        if self._task is None:
            return
        self._live.remove_task(self._task)
        self._task = None
        seconds = time.monotonic() - self._began
        if seconds >= 1 or not self._heading.startswith("queued"):
            self.say(f"{self._heading} ({duration(seconds)})")


class _Phase(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(task.description, no_wrap=True)


class _BarOrMessage(BarColumn):
    """A bar if the total is known; else the message of the job."""

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
    """The rate in the job's events; until there is one, that of the bar."""

    def render(self, task: Task) -> Text:
        told: Progress | None = task.fields["told"]
        if told is None:
            return Text()
        seen = told.rate if told.rate is not None else task.speed
        return Text(rate(told.unit, seen), no_wrap=True, justify="right")


class _Left(ProgressColumn):
    """The time left, from the same source as the rate."""

    def render(self, task: Task) -> Text:
        told: Progress | None = task.fields["told"]
        left = told.seconds_left if told else None
        left = task.time_remaining if left is None else left
        return Text("" if left is None else f"{duration(left)} left", no_wrap=True, justify="right")
