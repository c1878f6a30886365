from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.specs import check
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
    ("text", "kind", "name"),
    [
        ("numpy\n", "requirements", "requirements.txt"),
        ("\ufeffnumpy==1.0 \\\n    --hash=sha256:00\n", "requirements", "requirements.txt"),
        ("-r base.txt\nnumpy[x]>=1\n", "requirements", "requirements.txt"),
        ('{\n "cells": []\n}', "other", "notebook"),
        ("[[tool.x]]\na = 1\n", "other", "TOML"),
    ],
)
def test_names(text: str, kind: str, name: str) -> None:
    found = recognise(text)
    assert found is not None
    assert found.kind == kind
    assert name in found.name


def test_what_nobody_reads_is_named() -> None:
    (error,) = check("[tool.x]\na = 1\n").diagnostics
    assert (error.severity, error.code) == ("error", "other-format")
    assert error.message == "This is a TOML file, not an environment.yml."
    assert error.remedy
