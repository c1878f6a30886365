"""What pip has installed for a Python that goes, goes with it; all else stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_envkernels.engine.transaction.former_python import former_minor, take_out_of_former, tell_of_former
from jupyter_envkernels.models import PackageChange, Plan
from tests.engine.fakes import Heard

SITE = "lib/python3.11/site-packages"
MOVES = Plan((), changes=(PackageChange("python", "upgraded", "3.11.7 h1_0", "3.12.1 h2_0"),))
STAYS = Plan((), changes=(PackageChange("python", "upgraded", "3.11.7 h1_0", "3.11.9 h2_0"),))
RECORD = """\
tool/__init__.py,sha256=x,1
tool/deep/data.txt,,
"tool/with, comma.py",,
../../../bin/tool,,
../../../etc/shared.conf,,
../../../../outside.txt,,
away/file.txt,,
tool-1.0.dist-info/METADATA,,
tool-1.0.dist-info/RECORD,,
"""


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """An environment in which pip has installed tool, and a person has a file of theirs beside it."""
    prefix = tmp_path / "env"
    paths = ["tool/__init__.py", "tool/deep/data.txt", "tool/with, comma.py", "tool-1.0.dist-info/METADATA"]
    paths += ["tool/__pycache__/__init__.cpython-311.pyc", "of_conda/a.py", "mine/notes.py", "mine.pth"]
    for path in ["bin/tool", "bin/other", "etc/shared.conf", *(f"{SITE}/{path}" for path in paths)]:
        (prefix / path).parent.mkdir(parents=True, exist_ok=True)
        (prefix / path).write_text("x")
    (prefix / SITE / "tool-1.0.dist-info" / "RECORD").write_text(RECORD)
    (tmp_path / "outside.txt").touch()
    (tmp_path / "away").mkdir()
    (tmp_path / "away" / "file.txt").touch()
    (prefix / SITE / "away").symlink_to(tmp_path / "away")
    record = {"name": "conf", "version": "1", "files": ["etc/shared.conf", f"{SITE}/of_conda/a.py"]}
    (prefix / "conda-meta").mkdir()
    (prefix / "conda-meta" / "conf-1-0.json").write_text(json.dumps(record))
    return prefix


def files(prefix: Path) -> set[str]:
    return {path.relative_to(prefix).as_posix() for path in prefix.rglob("*") if path.is_file()}


def test_the_files_of_pip_go_and_no_others(prefix: Path) -> None:
    heard = Heard()
    take_out_of_former(prefix, MOVES, heard)
    assert files(prefix) == {
        *("bin/other", "etc/shared.conf", "conda-meta/conf-1-0.json"),
        *(f"{SITE}/{name}" for name in ("of_conda/a.py", "mine/notes.py", "mine.pth")),
    }
    assert not (prefix / SITE / "tool").exists()
    assert not (prefix / SITE / "tool-1.0.dist-info").exists()
    assert (prefix.parent / "outside.txt").exists()
    assert (prefix.parent / "away" / "file.txt").exists()
    assert heard.lines == ["Deleted packages that pip had installed for Python 3.11: 6 files."]


def test_what_stays_is_named(prefix: Path) -> None:
    heard = Heard()
    take_out_of_former(prefix, MOVES, heard)
    (prefix / SITE / "of_conda" / "a.py").unlink()  # as the package manager does
    (prefix / SITE / "away").unlink()
    tell_of_former(prefix, MOVES, heard)
    assert heard.lines[1:] == [f"Kept, because no pip package owns them: {SITE}/mine.pth, {SITE}/mine/notes.py."]


@pytest.mark.parametrize("plan", [STAYS, Plan(())])
def test_the_same_python_keeps_all(prefix: Path, plan: Plan) -> None:
    before, heard = files(prefix), Heard()
    take_out_of_former(prefix, plan, heard)
    tell_of_former(prefix, plan, heard)
    assert (files(prefix), heard.lines) == (before, [])


@pytest.mark.parametrize(
    ("before", "after", "minor"),
    [
        ("3.11.7 0", "3.12.1 0", "3.11"),
        ("3.11.7 0", None, "3.11"),
        (None, "3.12.1 0", ""),
        ("3.11.7 0", "3.11.7 1", ""),
    ],
)
def test_which_python_goes(before: str | None, after: str | None, minor: str) -> None:
    assert former_minor(Plan((), changes=(PackageChange("python", "upgraded", before, after),))) == minor
