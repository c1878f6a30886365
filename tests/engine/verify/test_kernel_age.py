"""Kernels that are older than their Python."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timezone

import pytest

from jupyter_envkernels.engine.verify.kernel_age import is_of_its_time
from jupyter_envkernels.models import Plan, PlannedPackage

_RECENT = datetime(2026, 1, 1, tzinfo=timezone.utc).timestamp()


def package(name: str, version: str = "1", **record: object) -> PlannedPackage:
    sha = hashlib.sha256(name.encode()).hexdigest()
    text = json.dumps({"name": name, "version": version, **record})
    return PlannedPackage(name, version, "0", "c", "noarch", f"c/{name}", sha, 1, cached=True, record=text)


def kernel_plan(python: str = "3.12.1", built: float = _RECENT, pip: tuple[str, ...] = ()) -> Plan:
    """A kernel that was built then, for that Python; what it needs directly and indirectly is recent."""
    milliseconds = round(built * 1000)
    kernel = package("ipykernel", noarch="python", timestamp=milliseconds, depends=["python >=3.8", "traitlets >=5"])
    traitlets = package("traitlets", noarch="python", timestamp=round(_RECENT * 1000), depends=["six"])
    return Plan((kernel, package("python", python), traitlets, package("six", noarch="python")), pip=pip)


def at(year: int, month: int, day: int) -> float:
    return datetime(year, month, day, tzinfo=timezone.utc).timestamp()


@pytest.mark.parametrize(
    ("python", "built", "expected"),
    [
        ("3.12.1", at(2023, 11, 14), True),
        ("3.12.1", at(2023, 6, 1), False),
        ("3.13.0", at(2023, 11, 14), False),
        ("3.8.20", at(2019, 12, 1), True),
        ("3.14.0rc1", at(2025, 12, 1), True),
        ("2.7.18", _RECENT, False),
        ("4.0", _RECENT, False),
        ("3", _RECENT, False),
        ("3.12.1", 0, False),
    ],
)
def test_the_kernel_itself(python: str, built: float, *, expected: bool) -> None:
    assert is_of_its_time(kernel_plan(python, built)) is expected


def test_what_the_kernel_needs_counts_and_what_that_needs_does_not() -> None:
    kernel = package("ipykernel", noarch="python", timestamp=round(_RECENT * 1000), depends=["traitlets"])
    old = package("traitlets", noarch="python", timestamp=1_500_000_000_000)
    assert not is_of_its_time(Plan((kernel, old, package("python", "3.12.1"))))
    compiled = package("traitlets", timestamp=1_500_000_000_000)  # the solver has seen to its Python
    assert is_of_its_time(Plan((kernel, compiled, package("python", "3.12.1"))))
    assert is_of_its_time(kernel_plan())  # whose six tells no time at all


@pytest.mark.parametrize("timestamp", [None, "yesterday"])
def test_a_record_that_does_not_tell(timestamp: object) -> None:
    kernel = package("ipykernel", noarch="python", timestamp=timestamp)
    assert not is_of_its_time(Plan((kernel, package("python", "3.12.1"))))


def test_no_python() -> None:
    assert not is_of_its_time(Plan((package("xeus-r"),)))
