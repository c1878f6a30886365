from __future__ import annotations

import time
from pathlib import Path

import pytest

from jupyter_envkernels.specs import check
from jupyter_envkernels.specs.detect import recognise

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
        "https://host/lab/environment.yml",
        "numpy\nname: x\n",
        "# a shell script\nexport A=b",
        "A=value\n",
        "one two\n",
        "numpy\nThis is a text.\nAnd so on.\n",
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
        *(
            (f"numpy\n{line}\n", "requirements", "requirements.txt")
            for line in (
                "git+https://github.com/x/y.git@main",
                "./local_pkg",
                "../two[extra]",
                ".",
                "https://host/y.whl",
                "https://host/archive/main.zip#egg=y",
                "wheels/y-1.0.tar.gz ; python_version<'4'",
                "tides \\\n  --hash=sha256:abc",
                "tides # see: bar",
                "-e .",
                "-f wheels",
            )
        ),
        ("numpy\nxarray\nnump y\n", "requirements", "requirements.txt"),
        ("https://host/lab/noarch/a-1-0.conda\n" * 2 + "numpy\n", "explicit", "URLs"),
        ("numpy=1\nxz=5\nsee below\n", "package-list", "conda packages"),
        ("foo>=1,<2\nbar (>=1)\n", "requirements", "requirements.txt"),
        ("python 3.12\nnumpy 1.26 py312_0\nxz\n", "package-list", "conda packages"),
        ("# platform: linux-64\nnumpy=1.26.4=py312_0\npip=24.0=pyhd_0", "package-list", "conda packages"),
        ("python=3.12\nnumpy\nlab::tides>=1,<2\nxz==5\n", "package-list", "conda packages"),
        ("https://host/lab/noarch/a-1-0.conda\nhttps://host/lab/noarch/b-1-0.tar.bz2#0a\n", "explicit", "URLs"),
        ("@explicit\nhttps://host/lab/noarch/a-1-0.conda\n", "explicit", "@EXPLICIT"),
        ("numpy==1.26.4\n" * 9000, "requirements", "requirements.txt"),
        ('{\n "cells": []\n}', "other", "notebook"),
        ("[[tool.x]]\na = 1\n", "other", "TOML"),
        ("Package    Version\n---------- -------\nnumpy      1.26.4\n", "other", "pip list"),
        ('[\n  {\n    "build_string": "0",\n    "dist_name": "a-1-0"\n  }\n]\n', "other", "conda list --json"),
        ("a 1 0 lab\n" * 9, "package-list", "conda packages"),
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


@pytest.mark.parametrize(
    "line", ["a" + " " * 60_000 + "b", "a=1," + "!" * 60_000, "a" * 60_000 + "::", "[" * 60_000, "a 1 " + "b " * 30_000]
)
def test_long_lines_take_no_time(line: str) -> None:
    begun = time.process_time()
    assert recognise(line) is None
    assert time.process_time() - begun < 1
