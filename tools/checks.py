"""Run the checks of ``make lint``, ``make test`` or ``make soak`` in turn, and stop at the first that fails."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "labextension"


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
CHECKS = {
    "lint": LINT,
    "test": (
        *LINT,
        Check("TypeScript tests", ("jlpm", "test", "--json", "--outputFile={report}"), FRONTEND, read_jest),
        _CHANNEL,
        Check("Python tests", (*_PYTEST, "-m", "not soak", "--ignore=tests/browser"), count=read_junit),
        # Apart: playwright and pytest-jupyter each want an event loop of their own.
        Check("browser tests", (*_PYTEST, "-m", "not soak", "tests/browser"), count=read_junit),
    ),
    "soak": (_CHANNEL, Check("long campaigns", (*_PYTEST, "-m", "soak"), count=read_junit)),
}


def main(name: str) -> int:
    """Run the checks called *name*; return the status of the one that failed, or 0."""
    total = Count()
    status = 0
    started = time.monotonic()
    for check in CHECKS[name]:
        status, count = _run(check)
        total += count
        if status:
            reason = "found no test to run" if status == _PYTEST_FOUND_NONE else "failed"
            print(f"\nStopped: {check.heading} {reason}.", file=sys.stderr)
            break
    print(f"\nmake {name}: {time.monotonic() - started:.0f} s")
    if total != Count():
        print(total)
    return status


def _run(check: Check) -> tuple[int, Count]:
    print(f"\n==> {check.heading}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report")
        command = [word.format(report=report) for word in check.command]
        status = subprocess.run(command, cwd=check.folder, check=False).returncode
        count = check.count(report) if check.count and report.exists() else Count()
    print(f"<== {check.heading}: {'failed' if status else 'done'} in {time.monotonic() - started:.1f} s", flush=True)
    return status, count


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
