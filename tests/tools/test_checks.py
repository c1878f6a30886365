from __future__ import annotations

import json
import os
import time
from pathlib import Path

import psutil
import pytest

from tools import checks
from tools.checks import Check, Count, read_jest, read_junit

JUNIT = """\
<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10"></testsuite></testsuites>
"""


def write_script(folder: Path, text: str) -> list[str]:
    script = folder / "script"
    script.write_text(text)
    return ["sh", str(script)]


def test_pytest_report_is_counted(tmp_path: Path) -> None:
    report = tmp_path / "report"
    report.write_text(JUNIT)
    assert read_junit(report) == Count(passed=4, failed=3, skipped=3)


def test_jest_report_is_counted_with_files_that_do_not_load(tmp_path: Path) -> None:
    report = tmp_path / "report"
    facts = {"numPassedTests": 5, "numFailedTests": 1, "numRuntimeErrorTestSuites": 1, "numPendingTests": 2}
    report.write_text(json.dumps(facts | {"numTodoTests": 0}))
    assert read_jest(report) == Count(passed=5, failed=2, skipped=2)


@pytest.mark.parametrize(
    ("count", "line"),
    [(Count(7), "7 passed, 0 failed"), (Count(7, 1, 2), "7 passed, 1 failed, 2 skipped")],
)
def test_the_closing_line(count: Count, line: str) -> None:
    assert str(count) == line


def test_the_first_failure_stops_and_what_ran_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    command = write_script(tmp_path, f"printf '%s' '{JUNIT}' > $1; exit 1\n")
    failing = Check("failing", (*command, "{report}"), count=read_junit)
    stages = [[[Check("good", ("true",)), failing, Check("later", ("echo", "seen"))]]]
    monkeypatch.setitem(checks.CHECKS, "test", stages)

    assert checks.main("test") == 1

    out, err = capfd.readouterr()
    assert "==> good" in out
    assert "later" not in out
    assert out.endswith("\n4 passed, 3 failed, 3 skipped\n")
    assert "Stopped: failing failed." in err


def test_a_campaign_without_tests_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(checks.CHECKS, "soak", [[[Check("campaigns", write_script(tmp_path, "exit 5\n"))]]])
    assert checks.main("soak") == 5
    assert "Stopped: campaigns found no test to run." in capfd.readouterr().err


def test_browser_tests_that_did_not_run_are_told_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    check = Check("tests", (*write_script(tmp_path, f"printf '%s' '{JUNIT}' > $1\n"), "{report}"), count=read_junit)
    monkeypatch.setitem(checks.CHECKS, "test", [[[check]]])
    monkeypatch.setattr(checks, "find_chromium", lambda: None)
    assert checks.main("test") == 0
    assert capfd.readouterr().err.startswith("The tests in a browser did not run: there is no Chromium. As an ")


def test_lanes_run_side_by_side_and_their_output_is_kept_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each waits for what only the other can do."""
    wait = "echo begun; touch {0}; while [ ! -e {1} ]; do sleep 0.02; done; echo over"
    first, second = (["sh", "-c", wait.format(tmp_path / a, tmp_path / b)] for a, b in ("ab", "ba"))
    stages = [[[Check("seen", first)], [Check("kept", second), Check("last", ("true",))]]]
    monkeypatch.setitem(checks.CHECKS, "test", stages)

    assert checks.main("test") == 0

    out = capfd.readouterr().out
    assert out.startswith("\n==> seen\nbegun\n")
    assert "\n==> kept\nbegun\nover\n<== kept: done" in out
    assert "<== last: done" in out


def test_a_failure_in_one_lane_ends_the_others_and_all_that_they_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    begun = tmp_path / "begun"
    text = f"printf '%s' '{JUNIT}' > $1\nsleep 300 &\necho $! > {begun}.new; mv {begun}.new {begun}; wait\n"
    long = Check("long", (*write_script(tmp_path, text), "{report}"), count=read_junit)
    failing = Check("failing", ("sh", "-c", f"while [ ! -e {begun} ]; do sleep 0.02; done; echo why; exit 3"))
    monkeypatch.setitem(checks.CHECKS, "test", [[[long], [failing]], [[Check("later", ("true",))]]])

    assert checks.main("test") == 3

    out, err = capfd.readouterr()
    assert "\n==> failing\nwhy\n<== failing: failed" in out
    assert "<== long: ended" in out
    assert "later" not in out
    assert out.endswith("\n4 passed, 3 failed, 3 skipped\n")
    assert "Stopped: failing failed." in err
    deadline = time.monotonic() + 10
    while psutil.pid_exists(int(begun.read_text())):  # killed, and somebody has still to notice
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_tests_make_their_files_in_memory_where_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(checks, "_ROOM", 1)
    with checks.in_memory(tmp_path):
        assert Path(os.environ["TMPDIR"]).parent == tmp_path
        with checks.in_memory(tmp_path / "other"):
            assert Path(os.environ["TMPDIR"]).parent == tmp_path, "what is set is kept"
    assert "TMPDIR" not in os.environ
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(checks, "_ROOM", 1 << 60)
    with checks.in_memory(tmp_path):
        assert "TMPDIR" not in os.environ
