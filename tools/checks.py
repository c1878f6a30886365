"""Run the checks of ``make lint``, ``make test`` or ``make soak``, and stop at the first that fails.

Checks that do not disturb each other run side by side: most tests wait more than they compute.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import psutil

from tools.chromium import REMEDY, find_chromium

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "labextension"
_POLL, _PATIENCE = 0.1, 20.0  # seconds
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
_ROOM = 8 << 30
"""Bytes that have to be free in memory: four times what the tests of a run have been seen to take at once."""


@dataclass(frozen=True)
class Count:
    """How many tests ended how; a test with an error counts as failed."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def read_junit(report: Path) -> Count:
    """Count what pytest's ``--junitxml`` wrote."""
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314 - it was written a moment ago, by pytest
    total = Count()
    for suite in suites:
        tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        total += Count(max(0, tests - failed - skipped), failed, skipped)
    return total


def read_jest(report: Path) -> Count:
    """Count what jest's ``--json --outputFile`` wrote. A file of tests that cannot be loaded counts as one failed."""
    facts = json.loads(report.read_text())
    failed = facts["numFailedTests"] + facts["numRuntimeErrorTestSuites"]
    return Count(facts["numPassedTests"], failed, facts["numPendingTests"] + facts["numTodoTests"])


@dataclass(frozen=True)
class Check:
    """One command. Where it runs tests, ``{report}`` in *command* is the file that *count* reads."""

    heading: str
    command: Sequence[str]
    folder: Path = ROOT
    count: Callable[[Path], Count] | None = None


class Running:
    """A check that has been started.

    Args:
        check: what to start.
        is_seen: its output is seen as it comes; else all of it is printed when the check is over.
    """

    def __init__(self, check: Check, *, is_seen: bool) -> None:
        self.check = check
        self._started = time.monotonic()
        self._folder = tempfile.TemporaryDirectory()
        self._report = Path(self._folder.name, "report")
        self._output = None if is_seen else Path(self._folder.name, "output")
        command = [word.format(report=self._report) for word in check.command]
        if self._output is None:
            self._print_heading()
        with nullcontext() if self._output is None else self._output.open("wb") as output:
            # A session of its own: one signal to its group ends all that it has started.
            self._process = subprocess.Popen(
                command, cwd=check.folder, stdout=output, stderr=output, start_new_session=True
            )

    def status(self) -> int | None:
        """Its exit status, or None while it runs."""
        return self._process.poll()

    def interrupt(self) -> None:
        """End it as Ctrl-C does, so that tests put away what they have made; what still runs then is killed."""
        self._signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE)
        self._signal(signal.SIGKILL)
        self._process.wait()

    def finish(self, ended: str) -> Count:
        """Print what is still to be printed, and how it ended; return what it has counted."""
        if self._output:
            self._print_heading()
            print(self._output.read_text(errors="replace"), end="")
        print(f"<== {self.check.heading}: {ended} in {time.monotonic() - self._started:.1f} s", flush=True)
        count = self.check.count(self._report) if self.check.count and self._report.exists() else Count()
        self._folder.cleanup()
        return count

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def _print_heading(self) -> None:
        print(f"\n==> {self.check.heading}", flush=True)


Lane = Sequence[Check]
Stage = Sequence[Lane]


LINT = (
    Check("ruff check", ("ruff", "check")),
    Check("ruff format", ("ruff", "format", "--check")),
    Check("mypy", ("mypy",)),
    Check("import contract", ("lint-imports",)),
    Check("TypeScript lint", ("jlpm", "lint:check"), FRONTEND),
)
_PYTEST = ("pytest", "--junitxml={report}")
_PYTEST_FOUND_NONE = 5
_CHANNEL = Check("test channel", ("python", "-m", "tests.channel", "build"))
_WITH_JOBS = ("tests/faults", "tests/jobs")
"""Half of the time of all Python tests."""

_SIDE_BY_SIDE = ("--numprocesses=2", "--dist=loadfile")
"""Each process has a home and servers of its own; what the tests of a file share is made once."""

_PLAIN_FOLDERS = ("tests/system", "tests/engine", "tests/envs", "tests/jobs", "tests/kernels")
_WHEEL = "tests/browser/test_wheel.py"
_OTHERS = tuple(f"--ignore={folder}" for folder in (*_WITH_JOBS, "tests/browser"))


def _tests(heading: str, *arguments: str) -> Check:
    return Check(heading, (*_PYTEST, "-m", "not soak", *arguments), count=read_junit)


# What Linux does better than POSIX is left out: see jupyter_envkernels/system.
_ON_PLAIN_POSIX = Check(
    "tests on plain POSIX",
    ("env", "ENVKERNELS_TEST_POSIX=1", *_PYTEST, "-m", "not soak", *_SIDE_BY_SIDE, *_PLAIN_FOLDERS),
    count=read_junit,
)

# Stages run one after the other, the lanes of a stage side by side, the checks of a lane in turn.
# What the first lane prints is seen as it comes.
CHECKS: dict[str, Sequence[Stage]] = {
    "lint": [[LINT]],
    "test": [
        [[_CHANNEL]],
        [
            [_tests("Python tests with jobs", *_SIDE_BY_SIDE, *_WITH_JOBS)],
            [
                *LINT,
                Check("TypeScript tests", ("jlpm", "test", "--json", "--outputFile={report}"), FRONTEND, read_jest),
                _tests("other Python tests", *_SIDE_BY_SIDE, *_OTHERS),
            ],
        ],
        # Apart: playwright and pytest-jupyter each want an event loop of their own. Later: a page has to keep up.
        [
            [_tests("browser tests", *_SIDE_BY_SIDE, "tests/browser", f"--ignore={_WHEEL}")],
            [_tests("tests of the wheel", _WHEEL)],
        ],
    ],
    "soak": [
        [[_CHANNEL, Check("long campaigns", (*_PYTEST, "-m", "soak"), count=read_junit)]],
        [[_ON_PLAIN_POSIX]],
        [[Check("bare machines", ("python", "-m", "tools.bare"))]],
    ],
}


class Run:
    """Runs stages, and keeps what came of them.

    Attributes:
        total: the tests that have run.
        status: of the first check that failed, or 0.
        complaint: what is to be said of it.
    """

    def __init__(self) -> None:
        self.total = Count()
        self.status = 0
        self.complaint = ""

    def stage(self, stage: Stage) -> None:
        """Run the lanes of a stage to their ends; once a check has failed, end all that still run."""
        waiting = [list(lane) for lane in stage]
        running: dict[int, Running] = {}
        try:
            while not self.status and (running or any(waiting)):
                for number, lane in enumerate(waiting):
                    if lane and number not in running:
                        running[number] = Running(lane.pop(0), is_seen=number == 0)
                time.sleep(_POLL)
                for number in [number for number, check in running.items() if check.status() is not None]:
                    self._close(running.pop(number))
        finally:
            for check in running.values():
                check.interrupt()
                self.total += check.finish("ended")

    def _close(self, ended: Running) -> None:
        status = ended.status() or 0
        self.total += ended.finish("failed" if status else "done")
        if status and not self.status:
            reason = "found no test to run" if status == _PYTEST_FOUND_NONE else "failed"
            self.complaint = f"Stopped: {ended.check.heading} {reason}."
            self.status = status


@contextmanager
def in_memory(folder: Path = _MEMORY) -> Iterator[None]:
    """Let tests make their files in memory, where there is room: half of their time on a disk goes into files.

    A TMPDIR that is set already is kept.
    """
    if "TMPDIR" in os.environ or not _has_room(folder):
        yield
        return
    # A short name: the path of an environment goes into first lines of scripts, of which 127 bytes are read.
    with tempfile.TemporaryDirectory(prefix="", dir=folder) as name:
        Path(name).chmod(0o1777)  # as /tmp: tests use other accounts
        os.environ["TMPDIR"] = name
        try:
            yield
        finally:
            del os.environ["TMPDIR"]


def _has_room(folder: Path) -> bool:
    """Return whether environments of several tests fit into a folder, and programs in it can be run."""
    try:
        status = os.statvfs(folder)
    except OSError:
        return False
    free = min(status.f_bavail * status.f_frsize, psutil.virtual_memory().available)
    return free >= _ROOM and not status.f_flag & os.ST_NOEXEC and os.access(folder, os.W_OK)


def main(name: str) -> int:
    """Run the checks called *name*; return the status of the one that failed, or 0."""
    run = Run()
    started = time.monotonic()
    # Long campaigns see a real disk.
    with nullcontext() if name == "soak" else in_memory():
        for stage in CHECKS[name]:
            run.stage(stage)
            if run.status:
                print(f"\n{run.complaint}", file=sys.stderr)
                break
    print(f"\nmake {name}: {time.monotonic() - started:.0f} s")
    if run.total != Count():
        print(run.total)
    if run.total.skipped and find_chromium() is None:
        print(f"The tests in a browser did not run: there is no Chromium. {REMEDY}", file=sys.stderr)
    return run.status


if __name__ == "__main__":
    # The checks do not hear what is sent to this process: it ends them, however it is told to end.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit("Interrupted.")
