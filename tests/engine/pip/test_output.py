from __future__ import annotations

from collections.abc import Sequence

import pytest

from jupyter_envkernels.engine.pip.output import PipProgress
from tests.engine.fakes import Heard


def told(lines: Sequence[str]) -> list[tuple[int, int | None]]:
    report = Heard()
    progress = PipProgress(report)
    for line in lines:
        progress.follow(line)
    assert (report.phases, report.lines) == ([], [])
    return [(done, total) for done, total, _ in report.amounts.get("", [])]


UV = [
    "Using Python 3.11.7 environment at: v",
    "Resolved 5 packages in 206ms",
    "Downloading numpy (16.1MiB)",
    "   Building s_demo @ file:///src/s-demo",
    "      Built s_demo @ file:///src/s-demo",
    " Downloaded numpy",
    " Downloaded numpy",
    "Prepared 4 packages in 1.14s",
    "Uninstalled 1 package in 3ms",
    "Installed 4 packages in 180ms",
    " + numpy==2.4.6",
]
PIP = [
    "Looking in indexes: https://pypi.example/simple",
    "Requirement already satisfied: pip in ./lib",
    "Collecting rich",
    "  Downloading rich-15.0.0-py3-none-any.whl (310 kB)",
    "Collecting markdown-it-py>=2.2.0 (from rich)",
    "Collecting markdown_it_py>=2.2.0 (from rich)",
    "Installing collected packages: mdurl, markdown-it-py, rich",
    "Successfully installed markdown-it-py-4.2.0 mdurl-0.1.2 rich-15.0.0",
]


@pytest.mark.parametrize(
    ("lines", "steps"),
    [
        (UV, [(0, 5), (1, 5), (2, 5), (5, 5)]),
        (["Checked 2 packages in 203ms"], [(2, 2)]),
        (["Audited 1 package in 2ms"], [(1, 1)]),
        (["      Built x @ file:///x", "Resolved 1 package in 2ms", " Downloaded y"], [(0, 1)]),
        (PIP, [(1, None), (2, None), (3, 3)]),
        (
            ["Collecting a", "Collecting b", "Collecting c", "Installing collected packages: a"],
            [
                (1, None),
                (2, None),
                (3, None),
                (3, 3),
            ],
        ),
        (["  x No solution found when resolving dependencies:", "Resolved packages"], []),
    ],
)
def test_what_is_told_is_true_and_never_goes_back(lines: list[str], steps: list[tuple[int, int | None]]) -> None:
    assert told(lines) == steps
