"""What is seen of a job: by plain lines, and by a live bar. Both are given the same news."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest

from jupyter_envkernels.cli import progress
from jupyter_envkernels.cli.bar import Bar
from jupyter_envkernels.cli.following import open_display
from jupyter_envkernels.cli.progress import Display, Lines, how_far, title
from jupyter_envkernels.engine.operations import PlanOnly, Update
from jupyter_envkernels.models import JobEvent, Progress
from tests.cli.jobs import a_job

_ARCHIVES = Progress(12_300_000, 40_200_000, "bytes", 3_200_000.0, 8.7)
_PACKAGES = Progress(3, 17, "packages")
NEWS = [
    JobEvent(1, 0.0, state="queued", message="Waiting for its turn"),
    JobEvent(2, 0.1, state="running", phase="solving", message="Choosing packages"),
    JobEvent(3, 0.2, state="running", phase="downloading", message="Downloading [2] packages"),
    JobEvent(4, 0.3, state="running", phase="downloading", progress=_ARCHIVES, message="Downloading [2] packages"),
    JobEvent(5, 0.4, state="running", phase="linking", progress=_PACKAGES, message="Linking 17 packages"),
    JobEvent(6, 0.5, state="running", phase="pip", message="Installing 1 pip requirements"),
    JobEvent(7, 0.6, state="succeeded", phase="pip", message="The environment is ready"),
]


class Terminal(io.StringIO):
    """A terminal of so many columns that keeps what it is sent."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Terminal]:
    def make(columns: int) -> Terminal:
        made = Terminal()
        monkeypatch.setattr("sys.stderr", made)
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("COLUMNS", str(columns))
        return made

    return make


def show(shown: Display) -> None:
    shown.begin(a_job())
    for event in NEWS:
        shown.tell(event)
    shown.say("Done [really]")
    shown.close()
    shown.close()


def test_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    show(Lines())
    assert capsys.readouterr().err.splitlines() == [
        "job 20261121-093000-1f2e3d4c: create lesson",
        "queued: Waiting for its turn",
        "solving: Choosing packages",
        "downloading: Downloading [2] packages",
        "linking: Linking 17 packages",
        "pip: Installing 1 pip requirements",
        "Done [really]",
    ]


def test_plain_lines_tell_of_progress_from_time_to_time(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_INTERVAL", 0.0)
    show(Lines())
    assert "downloading: 12.3 MB of 40.2 MB, 3.2 MB/s, 0:09 left" in capsys.readouterr().err.splitlines()


def test_the_bar_leaves_a_line_for_each_phase(terminal: Callable[[int], Terminal]) -> None:
    screen = terminal(100)
    shown = open_display()
    assert isinstance(shown, Bar)
    show(shown)
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue().replace("\r", "\n")).splitlines()
    assert "job 20261121-093000-1f2e3d4c: create lesson" in lines
    assert "downloading: Downloading [2] packages (0:00)" in lines
    assert "Done [really]" in lines
    assert not any(line.startswith("queued") for line in lines), "nobody had to wait"
    assert screen.getvalue().count("\x1b[?25l") == screen.getvalue().count("\x1b[?25h") > 0


@pytest.mark.parametrize(("columns", "has_rate"), [(100, True), (40, False)])
def test_the_bar_shows_how_far_it_is(terminal: Callable[[int], Terminal], columns: int, *, has_rate: bool) -> None:
    screen = terminal(columns)
    shown = Bar()
    shown.begin(a_job())
    for event in NEWS[:4]:
        shown.tell(event)
    shown.close()
    last = screen.getvalue()
    assert "12.3 MB of 40.2 MB" in last
    assert ("3.2 MB/s" in last) is has_rate
    assert ("0:09 left" in last) is has_rate


def test_who_has_no_terminal_or_a_dumb_one_gets_plain_lines(
    terminal: Callable[[int], Terminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(80)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(open_display(), Lines)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert isinstance(open_display(), Lines)


def test_what_is_not_known_is_not_told() -> None:
    assert how_far(Progress(3, None, "packages")) == "3 packages"


def test_a_plan_says_of_what() -> None:
    request = PlanOnly(Update("red\x1b", a_job().request.prefix))
    assert title(a_job(request=request)) == r"job 20261121-093000-1f2e3d4c: plan update red\x1b"
