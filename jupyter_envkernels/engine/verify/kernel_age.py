"""Compare the build date of a kernel with the release of its Python.

A ``noarch: python`` package is one build for every Python, also for later ones, with which it may not work; its
metadata does not say so. A build after the release of that Python could be tested with it. Other packages depend on
their Python, and the solver respects that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

from ...models import Plan
from ...specs.kernel_packages import brings_a_kernel
from ...specs.package_names import conda_name

_SCHEDULE = 2011
"""Python 3.N is released in October of the year 2011 + N (PEP 602); those before 3.9 were released earlier."""


def is_of_its_time(plan: Plan) -> bool:
    """Return whether the kernels of a plan and their dependencies were built after the release of its Python.

    False also if a record has no build date, and for a Python without a known release date.
    """
    released = next((_release_of(package.version) for package in plan.packages if package.name == "python"), None)
    if released is None:
        return False
    records: dict[str, Mapping[str, Any]] = {package.name: json.loads(package.record) for package in plan.packages}
    return all(_built(record) >= released for record in _near_kernels(records) if record.get("noarch") == "python")


def _release_of(version: str) -> float | None:
    """Return the end of the month in which a Python series was released, in seconds since the epoch, or None."""
    major, _, rest = version.partition(".")
    minor = rest.partition(".")[0]
    if major != "3" or not minor.isdecimal():
        return None
    return datetime(_SCHEDULE + int(minor), 11, 1, tzinfo=timezone.utc).timestamp()


def _built(record: Mapping[str, Any]) -> float:
    """Return when a package was built, in seconds since the epoch; 0 if its record has no ``timestamp`` (CEP 26)."""
    stamp = record.get("timestamp")
    return stamp / 1000 if isinstance(stamp, int) else 0.0


def _near_kernels(records: Mapping[str, Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    kernels = {name for name in records if brings_a_kernel(name)}
    needed = {conda_name(line) for name in kernels for line in records[name].get("depends", ())}
    return [record for name, record in records.items() if name in kernels | needed]
