from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.engine.isolated_python import isolated, version_of


def make(folder: Path, program: str) -> Path:
    """A program under its own name, and ``python`` as a link to it."""
    (folder / program).touch()
    (folder / "python").symlink_to(program)
    return folder / "python"


@pytest.mark.parametrize(
    ("program", "version"),
    [
        ("python2.7", (2, 7)),
        ("python3.9", (3, 9)),
        ("python3.13", (3, 13)),
        ("python3.13t", (3, 13)),
        ("python3", (3, 0)),
    ],
)
def test_the_version_of_a_program(tmp_path: Path, program: str, version: tuple[int, int]) -> None:
    assert version_of(make(tmp_path, program)) == version


def test_isolated_mode(tmp_path: Path) -> None:
    python = make(tmp_path, "python3.12")
    assert isolated(python, "code", "a", options=["-B"]) == [str(python), "-I", "-B", "-c", "code", "a"]


def test_python_2_has_none(tmp_path: Path) -> None:
    python = make(tmp_path, "python2.7")
    code = "import sys\ndel sys.path[0]\ncode"
    assert isolated(python, "code", "a") == [str(python), "-E", "-s", "-c", code, "a"]
