from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import setup_python

ROOT = Path(__file__).parents[2]


def test_a_python_without_ensurepip_is_refused_with_debians_package(monkeypatch: pytest.MonkeyPatch) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "ensurepip" else find_spec(name))
    monkeypatch.setattr(setup_python, "_works", lambda _: False)

    with pytest.raises(SystemExit) as refused:
        setup_python.main("lab")

    assert f"apt-get install python3.{sys.version_info.minor}-venv" in str(refused.value)


def test_make_without_a_new_enough_python_says_so(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    for name in ("Makefile", "pyproject.toml", "tools/setup_python.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    shell = {"PATH": f"{tmp_path}:{tmp_path / 'bin'}"}
    (tmp_path / "bin").mkdir()
    for name in ("make", "sh", "find", "rm"):
        program = shutil.which(name)
        assert program is not None
        (tmp_path / "bin" / name).symlink_to(program)

    done = subprocess.run(
        [str(tmp_path / "bin/make"), ".make/python-lab"],
        cwd=tmp_path,
        env=shell,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "No Python 3.10 or newer is on PATH" in done.stderr
