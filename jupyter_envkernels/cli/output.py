"""Print the result of a verb as text or JSON, and determine the exit code."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ..errors import Cancelled, EnvKernelsError, Forbidden, InvalidRequest, PolicyUnusable
from ..models import Job, Progress, ProgressUnit, size
from .interrupts import INTERRUPTED

FAILED = 1
WRONG_USE = 2
REFUSED = 3

_ENDLESS = 1 << 16
"""Columns without a limit, for output that is not a terminal."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, laid out when it is printed: for the width of the terminal, or with one line a row.

    Attributes:
        header: names of the columns.
        rows: their cells.
        right: numbers of right-aligned columns.
        empty: the text to print if there are no rows.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Collection[int] = ()
    empty: str = ""

    def __str__(self) -> str:
        return self.laid_out(terminal_width())

    def laid_out(self, width: int | None) -> str:
        """Return the table as text of that width, None for no limit. Cells are wrapped, not truncated."""
        if not self.rows:
            return self.empty
        from rich.console import Console  # noqa: PLC0415 - slow to import, and not needed for JSON
        from rich.table import Table as Grid  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        grid = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False)
        for place, name in enumerate(self.header):
            grid.add_column(name, justify="right" if place in self.right else "left", overflow="fold")
        for row in self.rows:
            grid.add_row(*(Text(printable(cell)) for cell in row))
        console = Console(file=io.StringIO(), width=width or _ENDLESS, color_system=None)
        with console.capture() as capture:
            console.print(grid)
        return "\n".join(line.rstrip() for line in capture.get().splitlines())


@dataclass(frozen=True, slots=True)
class VerbResult:
    """The result of a verb.

    Attributes:
        document: JSON-serialisable, for ``--json``.
        text: the same as text; empty if nothing is to be printed.
        note: a note on it for standard error.
        code: the exit code.
    """

    document: Any
    text: str | Table = ""
    code: int = 0
    note: str = ""


def exit_code(error: EnvKernelsError) -> int:
    """Return the exit code for an error."""
    codes: dict[type[EnvKernelsError], int] = {
        InvalidRequest: WRONG_USE,
        Forbidden: REFUSED,
        PolicyUnusable: REFUSED,
        Cancelled: INTERRUPTED,
    }
    return next((code for kind, code in codes.items() if isinstance(error, kind)), FAILED)


def print_answer(answer: VerbResult, *, as_json: bool) -> None:
    """Print the result of a verb."""
    if as_json:
        _print_json(answer.document)
        return
    if text := str(answer.text):
        print(text, flush=True)
    if answer.note:
        print(printable(answer.note), file=sys.stderr, flush=True)


def print_failure(error: EnvKernelsError, *, as_json: bool) -> None:
    """Print the error of a verb."""
    if as_json:
        from ..documents import problem_json  # noqa: PLC0415 - slow to import, and not needed for help

        _print_json({"error": problem_json(error.problem)})
        return
    label = "" if isinstance(error, Cancelled) else "Error: "
    problem = error.problem
    lines = "\n".join([f"{label}{problem.message}", problem.explanation, problem.remedy]).split("\n")
    print("\n".join(printable(line) for line in lines if line), file=sys.stderr, flush=True)


def _print_json(document: Any) -> None:
    print(json.dumps(document, indent=2), flush=True)


def terminal_width() -> int | None:
    """Return the terminal width, or None if stdout is not a TTY."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def printable(text: str) -> str:
    """Return the text with control characters escaped, which could move the cursor or hide something."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def duration(seconds: float) -> str:
    """Return seconds as ``0:07`` or ``1:02:03``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment(when: float) -> str:
    """Return seconds since the epoch as local time, to the minute."""
    return f"{datetime.fromtimestamp(when, timezone.utc).astimezone():%Y-%m-%d %H:%M}"


def day(when: float) -> str:
    """Return seconds since the epoch as local date."""
    return moment(when).partition(" ")[0]


def amount(progress: Progress) -> str:
    """Return progress as ``12.3 of 40.2 MB`` or ``3 of 17 packages``; without ``of`` while the total is unknown."""
    done, total, unit = progress.done, progress.total, progress.unit
    if unit == "bytes":
        return size(done) if total is None else f"{size(done)} of {size(total)}"
    return f"{done} {unit}" if total is None else f"{done} of {total} {unit}"


def rate(unit: ProgressUnit, per_second: float | None) -> str:
    """Return the rate as text; empty if unknown."""
    if per_second is None:
        return ""
    return f"{size(per_second)}/s" if unit == "bytes" else f"{per_second:.0f} {unit}/s"


def kind_of(job: Job) -> str:
    """Return the kind of a job, or of the job that it plans."""
    return f"plan {job.request.operation.kind}" if job.request.is_plan else job.request.kind
