"""Package managers and reports, each with its fake: both do the same."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from jupyter_envkernels.engine.backend import Report
from jupyter_envkernels.jobs.journal.reader import Journal
from jupyter_envkernels.jobs.journal.writer import writing
from tests.jobs.conftest import journal, order

from .backend_contract import CHECKS
from .conftest import ROOT
from .fakes import CHANNEL, Heard, SmallBackend

__all__ = ["journal", "order"]


@pytest.mark.parametrize("check", CHECKS)
async def test_the_small_backend(check: str, tmp_path: Path) -> None:
    await CHECKS[check](SmallBackend(), tmp_path, CHANNEL)


@pytest.mark.parametrize("check", CHECKS)
def test_the_backend(check: str, tmp_path: Path, channel_root: Path) -> None:
    command = [sys.executable, "-m", "tests.engine.backend_contract", check, str(tmp_path / "cache"), str(tmp_path)]
    command.append((channel_root / "main").as_uri())
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


class Kept(NamedTuple):
    """A report, and what it has kept: its phases, the last progress of each, and its lines."""

    report: Report
    phases: Callable[[], list[str]]
    last: Callable[[str], tuple[int, int | None, str]]
    lines: Callable[[], list[str]]


@pytest.fixture(params=["journal", "fake"])
def kept(request: pytest.FixtureRequest, journal: Journal) -> Iterator[Kept]:
    if request.param == "fake":
        heard = Heard()
        yield Kept(heard, lambda: heard.phases, lambda phase: heard.amounts[phase][-1], lambda: heard.lines)
        return

    def last(phase: str) -> tuple[int, int | None, str]:
        told = [event.progress for event in journal.events() if event.phase == phase and event.progress]
        return told[-1].done, told[-1].total, told[-1].unit

    with writing(journal) as writer:
        yield Kept(
            writer,
            lambda: list(dict.fromkeys(event.phase for event in journal.events() if event.phase)),
            last,
            lambda: [line.partition(" ")[2] for line in journal.log_file.read_text().splitlines()],
        )


def test_a_report_keeps_phases_and_the_last_progress_of_each(kept: Kept) -> None:
    kept.report.phase("downloading", "Downloading")
    for done in range(100):
        kept.report.progress(done, None, "bytes")
    kept.report.phase("linking", "Linking")
    kept.report.progress(2, 3, "packages")
    kept.report.phase("verifying", "Verifying")
    assert kept.phases() == ["downloading", "linking", "verifying"]
    assert kept.last("downloading") == (99, None, "bytes")
    assert kept.last("linking") == (2, 3, "packages")


def test_a_report_takes_progress_before_any_phase(kept: Kept) -> None:
    kept.report.progress(1, 2, "files")
    kept.report.phase("linking", "Linking")
    assert kept.phases() == ["linking"]


def test_a_report_keeps_lines_one_by_one(kept: Kept) -> None:
    kept.report.log("one")
    kept.report.log("two\nthree\n")
    kept.report.log("")
    assert kept.lines() == ["one", "two", "three"]
