"""What becomes of packages."""

from __future__ import annotations

import json

import pytest

from jupyter_envkernels.engine.plan.diff import to_link
from jupyter_envkernels.models import PlannedPackage


def package(name: str, version: str, **record: str) -> PlannedPackage:
    text = json.dumps({"name": name, **record})
    return PlannedPackage(name, version, "0", "c", "noarch", f"c/{name}", None, 1, cached=True, record=text)


@pytest.mark.parametrize(
    ("python", "linked"),
    [("3.12.1", []), ("3.12.9", ["python"]), ("3.13.0", ["python", "tool"])],
)
def test_packages_of_python_go_with_its_folder(python: str, linked: list[str]) -> None:
    there = {"tool-1-0", "data-1-0", "numpy-2-0", "python-3.12.1-0", "python-dateutil-2-0"}
    packages = [
        package("python", python),
        package("tool", "1", noarch="python"),
        package("data", "1", noarch="generic"),
        package("numpy", "2"),
    ]
    assert [p.name for p in to_link(packages, there)] == linked


def test_a_new_prefix_gets_all() -> None:
    packages = [package("python", "3.12.1"), package("tool", "1", noarch="python")]
    assert to_link(packages, set()) == packages
