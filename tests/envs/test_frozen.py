from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.envs.frozen import FROZEN, why_frozen


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"message": "Ask the staff\\nbefore you change it."}', ": Ask the staff before you change it"),
        ("", ""),
        ("{}", ""),
        ('{"message": 7}', ""),
        ("[", ""),
        ("7", ""),
    ],
)
def test_a_file_freezes_whatever_it_says(tmp_path: Path, content: str, reason: str) -> None:
    (tmp_path / "conda-meta").mkdir()
    assert why_frozen(tmp_path) == ""
    (tmp_path / FROZEN).write_text(content)
    assert why_frozen(tmp_path) == f"it is frozen by its file conda-meta/frozen{reason}"
