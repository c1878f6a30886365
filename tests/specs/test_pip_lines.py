from __future__ import annotations

import time

import pytest

from jupyter_envkernels.models import LineEdit
from jupyter_envkernels.specs import check
from jupyter_envkernels.specs.nodes import Scalar
from jupyter_envkernels.specs.pip_lines import pip_line_remarks


@pytest.mark.parametrize(
    "line",
    [
        "numpy",
        "numpy >= 1.26, <2  # two words",
        "a[x, y] ~= 1.0 ; python_version < '4'",
        "a @ https://host/a.whl",
        "a==1.* --hash=sha256:00",
        "a (>=1,<2)",
        "git+https://host/a.git@v1",
        "./a b",
        "-e .",
        "-r base.txt",
        "--index-url=https://host/simple",
        "--pre",
        "-i https://host/simple",
        "${TOKEN}",
    ],
)
def test_what_pip_takes(line: str) -> None:
    assert list(pip_line_remarks([Scalar(1, 1, line)], [line])) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nump y", "Several words stand in one line."),
        ("numpy scipy>=1", "Several words stand in one line."),
        ("foo==", "There is no version behind the comparison."),
        ("foo>=1,<", "There is no version behind the comparison."),
        ("foo>= ; python_version<'4'", "There is no version behind the comparison."),
        ("-U foo2", "an option of pip's command line"),
        ("--upgrade", "an option of pip's command line"),
        ("--user", "an option of pip's command line"),
        ("foo=1.2", "pip writes '=='"),
    ],
)
def test_what_pip_refuses(line: str, words: str) -> None:
    (said,) = pip_line_remarks([Scalar(3, 5, line)], ["", "", f"  - {line}"])
    assert (said.severity, said.code, said.line, said.column) == ("error", "invalid-requirement", 3, 5)
    assert words in said.message
    assert said.remedy


def test_a_single_sign_is_doubled() -> None:
    checked = check("dependencies:\n  - pip\n  - pip:\n    - 'tides = 1.2'  # why\n")
    (said,) = checked.diagnostics
    assert said.fix is not None
    assert said.fix.edits == (LineEdit(4, "    - 'tides = 1.2'  # why", "    - 'tides == 1.2'  # why"),)


@pytest.mark.parametrize("line", ["a" + "=" * 60_000 + "x", "a" + ",=" * 30_000, "a" + " " * 60_000, "a[" * 30_000])
def test_long_lines_take_no_time(line: str) -> None:
    begun = time.perf_counter()
    list(pip_line_remarks([Scalar(1, 1, line)], [line]))
    assert time.perf_counter() - begun < 1
