"""Was a kernel built for the Python that it meets?

A package of the kind ``noarch: python`` is one build for every Python, also for those that came after it; a kernel of
that kind may then not load, and nothing in its metadata tells. One that was built since that Python's release was there
to be tried with it. Packages that are compiled name their Python, and the solver heeds it.
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
"""Python 3.N comes out in October of the year 2011 + N (PEP 602); those before 3.9 came earlier than that."""


def is_of_its_time(plan: Plan) -> bool:
    """Return whether the kernels of a plan, and the packages that they depend on, are no older than its Python.

    False also where a record does not tell, and for a Python of which the schedule is not known.
    """
    released = next((_release_of(package.version) for package in plan.packages if package.name == "python"), None)
    if released is None:
        return False
    records: dict[str, Mapping[str, Any]] = {package.name: json.loads(package.record) for package in plan.packages}
    return all(_built(record) >= released for record in _near_kernels(records) if record.get("noarch") == "python")


def _release_of(version: str) -> float | None:
    """When the series of a Python version was out, in seconds since the epoch, to the month."""
    major, _, rest = version.partition(".")
    minor = rest.partition(".")[0]
    if major != "3" or not minor.isdecimal():
        return None
    return datetime(_SCHEDULE + int(minor), 11, 1, tzinfo=timezone.utc).timestamp()


def _built(record: Mapping[str, Any]) -> float:
    """When a package was built, in seconds; channels tell it in milliseconds (CEP 26 calls it ``timestamp``)."""
    stamp = record.get("timestamp")
    return stamp / 1000 if isinstance(stamp, int) else 0.0


def _near_kernels(records: Mapping[str, Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    kernels = {name for name in records if brings_a_kernel(name)}
    needed = {conda_name(line) for name in kernels for line in records[name].get("depends", ())}
    return [record for name, record in records.items() if name in kernels | needed]
