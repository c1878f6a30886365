"""Packages that conda and pip both bring."""

from __future__ import annotations

import pytest

from jupyter_envkernels.engine.plan.pip_conflicts import give_back
from jupyter_envkernels.models import InstalledPackage, InstalledState, Plan, PlannedPackage

from .test_update import package

PYTHON = package("python", "3.12.1")
TOOL = package("my-tool", "1.0")
PIP = (InstalledPackage("pip", "My_Tool", "0.1"), InstalledPackage("pip", "other", "1"))


@pytest.mark.parametrize(
    ("before", "after", "named", "removed"),
    [
        ((PYTHON,), (PYTHON, TOOL), (), ("My_Tool",)),  # it is new
        ((PYTHON, TOOL), (PYTHON, package("my-tool", "1.1")), (), ("My_Tool",)),  # it is another one
        ((PYTHON, TOOL), (PYTHON, TOOL), (), ()),
        ((PYTHON, TOOL), (PYTHON, TOOL), ("MY.TOOL",), ("My_Tool",)),
        ((PYTHON, TOOL), (PYTHON,), ("my-tool",), ()),
        ((PYTHON,), (package("python", "3.13.0"), TOOL), (), ()),  # its folder is empty
    ],
)
def test_conda_gets_its_place_back_where_it_links(
    before: tuple[PlannedPackage, ...],
    after: tuple[PlannedPackage, ...],
    named: tuple[str, ...],
    removed: tuple[str, ...],
) -> None:
    plan = give_back(Plan(after), InstalledState(before, PIP), named)
    assert plan.pip_removed == removed
    assert [warning.code for warning in plan.warnings] == ["pip-replaced"] * len(removed)


def test_what_is_said_of_it() -> None:
    (warning,) = give_back(Plan((PYTHON, TOOL), pip_removed=("My_Tool",)), InstalledState((PYTHON,), PIP), ()).warnings
    assert warning.message == "my-tool 1.0 from conda replaces My_Tool 0.1, which pip has installed."
