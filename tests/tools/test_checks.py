from __future__ import annotations

import json
from pathlib import Path

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
    monkeypatch.setitem(checks.CHECKS, "test", (Check("good", ("true",)), failing, Check("later", ("echo", "seen"))))

    assert checks.main("test") == 1

    out, err = capfd.readouterr()
    assert "==> good" in out
    assert "later" not in out
    assert out.endswith("\n4 passed, 3 failed, 3 skipped\n")
    assert "Stopped: failing failed." in err


def test_a_campaign_without_tests_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(checks.CHECKS, "soak", (Check("campaigns", write_script(tmp_path, "exit 5\n")),))
    assert checks.main("soak") == 5
    assert "Stopped: campaigns found no test to run." in capfd.readouterr().err
