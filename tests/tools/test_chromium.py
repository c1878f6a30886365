from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools.chromium import choose_node, find_chromium, main


def write_program(path: Path, *, status: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\nexit {status}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder ``bin`` as PATH, and an empty folder ``builds`` of playwright's browsers."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "builds"))
    return tmp_path


def test_the_machines_own_comes_first(places: Path) -> None:
    chrome = write_program(places / "bin/google-chrome")
    write_program(places / "builds/chromium-1200/chrome-linux64/chrome")
    assert find_chromium() == chrome


def test_one_that_does_not_start_is_passed_over(places: Path) -> None:
    write_program(places / "bin/chromium-browser", status=1)
    older = write_program(places / "builds/chromium-1100/chrome-linux/chrome")
    assert find_chromium() == older
    newer = write_program(places / "builds/chromium-1200/chrome-linux64/chrome")
    assert find_chromium() == newer


@pytest.mark.usefixtures("places")
def test_none() -> None:
    assert find_chromium() is None


def test_playwright_runs_the_node_of_path(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", "restored at the end")
    monkeypatch.delenv("PLAYWRIGHT_NODEJS_PATH")
    node = write_program(places / "bin/node")
    node.write_text("#!/bin/sh\necho v20.1.0\n")
    choose_node()
    assert os.environ["PLAYWRIGHT_NODEJS_PATH"] == str(node)


def test_what_cannot_be_had_is_an_error_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tools.chromium.find_chromium", lambda: None)
    monkeypatch.setattr("tools.chromium.install_chromium", lambda: None)
    assert main() == 1
    assert "apt-get install chromium" in capsys.readouterr().err
