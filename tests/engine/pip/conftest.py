from __future__ import annotations

import sys
from pathlib import Path

import pytest


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """A virtual environment of this Python, without pip."""
    prefix, program = tmp_path / "env", Path(sys.executable).resolve()
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "python").symlink_to(program)
    (prefix / "pyvenv.cfg").write_text(f"home = {program.parent}\n")
    return prefix
