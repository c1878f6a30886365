"""Compare two states of an environment, package by package."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Sequence

from ...models import ChangeKind, InstalledState, PackageChange, Plan, PlannedPackage
from ..messages import short_version

_PYTHON = re.compile(r"python-[^-]+-[^-]+")
"""Name of the record of python."""


def compare(
    before: Sequence[PlannedPackage], after: Sequence[PlannedPackage], is_newer: Callable[[str, str], bool]
) -> tuple[PackageChange, ...]:
    """Return the packages that differ, by name.

    Args:
        before: installed packages.
        after: packages of the plan.
        is_newer: returns whether the first of two versions is the newer one.
    """
    old = {package.name: package for package in before}
    new = {package.name: package for package in after}
    changes = (_change(old.get(name), new.get(name), is_newer) for name in sorted(old.keys() | new.keys()))
    return tuple(change for change in changes if change is not None)


def _change(
    old: PlannedPackage | None, new: PlannedPackage | None, is_newer: Callable[[str, str], bool]
) -> PackageChange | None:
    if old is None or new is None:
        package = new or old
        assert package is not None
        return PackageChange(package.name, "removed" if new is None else "added", _shown(old), _shown(new))
    if is_same(old, new):
        return None
    kind: ChangeKind = "rebuilt"
    if old.version != new.version:
        kind = "upgraded" if is_newer(new.version, old.version) else "downgraded"
    return PackageChange(new.name, kind, _shown(old), _shown(new))


def is_same(old: PlannedPackage, new: PlannedPackage) -> bool:
    """Return whether two packages are the same archive, by hash if both have one, else by URL, version and build."""
    if old.sha256 and new.sha256:
        return old.sha256 == new.sha256
    return (old.url, old.version, old.build) == (new.url, new.version, new.build)


def to_link(packages: Sequence[PlannedPackage], there: Collection[str]) -> list[PlannedPackage]:
    """Return the packages that have to be linked into a prefix.

    If Python's minor version changes, ``noarch: python`` packages go into another folder, and are linked again.

    Args:
        packages: those that the prefix will have.
        there: names of its records, such as ``numpy-2.1.3-py312_0``.
    """
    old = next((short_version(name.split("-")[1]) for name in there if _PYTHON.fullmatch(name)), "")
    new = python_minor(packages)
    moves = bool(old and new) and old != new
    return [p for p in packages if f"{p.name}-{p.version}-{p.build}" not in there or (moves and _is_of_python(p))]


def python_minor(packages: Sequence[PlannedPackage]) -> str:
    """Return the minor version of python among packages, such as ``3.12``; empty if there is none."""
    return next((short_version(package.version) for package in packages if package.name == "python"), "")


def _is_of_python(package: PlannedPackage) -> bool:
    """Return whether a package is ``noarch: python``."""
    return bool(json.loads(package.record).get("noarch") == "python")


def _shown(package: PlannedPackage | None) -> str | None:
    return f"{package.version} {package.build}" if package else None


def is_done(plan: Plan, before: InstalledState) -> bool:
    """Return whether a plan changes nothing."""
    return not (plan.changes or plan.pip or plan.pip_removed) and (
        dict(plan.variables),
        sorted(plan.requested),
    ) == (dict(before.variables), sorted(before.requested))
