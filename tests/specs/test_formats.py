from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.specs.formats import recognise

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing",
        "name: x",
        "dependencies:\n- python\npackage: 1\nmetadata: 2",
        "'dependencies': []\nversion: 1\nenvironments:\n",
        "- numpy\n- scipy\n",
        '{"name": "x", "dependencies": ["python"]}',
    ],
)
def test_what_is_left_to_the_reader(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize("path", sorted((HERE / "good").iterdir()), ids=lambda path: path.name)
def test_no_environment_yml_is_taken_for_something_else(path: Path) -> None:
    assert recognise(path.read_text()) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("numpy\n", "requirements.txt"),
        ("\ufeffnumpy==1.0 \\\n    --hash=sha256:00\n", None),
        ("-r base.txt\nnumpy[x]>=1\n", "requirements.txt"),
        ('{\n "cells": []\n}', "notebook"),
        ("[[tool.x]]\na = 1\n", "TOML"),
    ],
)
def test_names(text: str, name: str | None) -> None:
    found = recognise(text)
    assert (found is None) if name is None else (found is not None and name in found.message)
