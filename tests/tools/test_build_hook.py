from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.build_hook import PANEL
from tools.setup_node import PACKAGE

ROOT = Path(__file__).parents[2]
REQUIRES = "from hatchling.build import *; print(get_requires_for_build_wheel() + get_requires_for_build_sdist())"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What hatchling reads, and a folder ``bin`` with an old Node."""
    files = ("pyproject.toml", "README.md", "LICENSE", "labextension/package.json", "tools/build_hook.py")
    for name in (*files, "tools/setup_node.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "bin").mkdir()
    write_node(tmp_path, "v18.20.4")
    return tmp_path


def write_node(clone: Path, version: str) -> None:
    (clone / "bin" / "node").write_text(f"#!/bin/sh\necho {version}\n")
    (clone / "bin" / "node").chmod(0o755)


def requires(clone: Path) -> str:
    environ = {"PATH": str(clone / "bin")}
    return subprocess.check_output([sys.executable, "-c", REQUIRES], cwd=clone, env=environ, text=True)


def test_node_comes_from_pypi_where_there_is_none(clone: Path) -> None:
    assert requires(clone).count(PACKAGE) == 2
    write_node(clone, "v22.1.0")
    assert PACKAGE not in requires(clone)


def test_a_panel_that_is_there_needs_no_node(clone: Path) -> None:
    """As in a source distribution."""
    (clone / PANEL).parent.mkdir(parents=True)
    (clone / PANEL).touch()
    assert PACKAGE not in requires(clone)
