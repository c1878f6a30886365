"""Decide what an update requests, keeps and removes. No I/O."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from packaging.utils import canonicalize_name

from ...errors import NotFound, SolveFailed
from ...models import Edit, EnvSpec, InstalledState, Plan, PlannedPackage, Problem
from ...specs import conda_name, pip_name
from ..messages import first_of, listed
from .diff import python_minor

_NAMED = 10
"""Maximum number of packages that a sentence names."""


@dataclass(frozen=True, slots=True)
class Goal:
    """The goal of an update.

    Attributes:
        requested: match specs that the history will list as requested.
        limits: further match specs for the solver: python's minor version, and pins.
        kept: names of installed dependencies, which stay if possible.
        preferred: installed packages whose version stays if possible.
        removed: names of packages to remove.
        pip, pip_removed, variables: as in a plan.
        pip_installed: lines that install again the pip packages that the update does not change.
    """

    requested: tuple[str, ...]
    limits: tuple[str, ...]
    kept: tuple[str, ...]
    preferred: tuple[PlannedPackage, ...]
    removed: tuple[str, ...]
    pip: tuple[str, ...]
    pip_removed: tuple[str, ...]
    variables: Mapping[str, str]
    pip_installed: tuple[str, ...]


def for_python(plan: Plan, installed: InstalledState, lines: Sequence[str]) -> Plan:
    """Install pip packages again if python's minor version, and thus the site-packages folder, changes.

    Args:
        plan: for an existing environment.
        installed: its packages.
        lines: pip lines that install again the packages to keep.
    """
    old, new = python_minor(installed.conda), python_minor(plan.packages)
    names = [package.name for package in installed.pip]
    if old == new or not names:
        return plan
    again = " and installed again" if new and lines else ""
    change = f"changes to {new}" if new else "is removed"
    message = f"Python {old} {change}, so the packages that pip installed for it are removed{again}"
    warnings = (
        *plan.warnings,
        Problem(
            "python-changes",
            f"{message} ({first_of(names, _NAMED)}).",
            packages=tuple(names),
            details={"before": old, "after": new},
        ),
    )
    return replace(plan, pip=(*plan.pip, *(lines if new else ())), pip_removed=(), warnings=warnings)


def goal_of(spec: EnvSpec | None, edit: Edit, installed: InstalledState, pins: Sequence[str] = ()) -> Goal:
    """Return the goal of an update.

    Args:
        spec: the new spec; None if only *edit* changes the environment.
        edit: packages to add and remove, and how far the change may go.
        installed: packages of the environment.
        pins: match specs of ``conda-meta/pinned``.

    Without ``prune``, the match specs that were requested before are requested again. To remove a package also removes
    those that depend on it, and their dependencies that no other package needs.

    Raises:
        NotFound: a package to remove is not installed.
    """
    _check_there(edit.remove, installed)
    conda = installed.conda
    before = {} if spec and edit.prune else _requested(installed)
    pip_removed = _pip_removed(spec, edit, installed)
    spec = spec or EnvSpec()
    removed = _names(edit.remove, conda).difference(_needed_below_pip(edit.remove, installed))
    gone = _dependents(set(removed), conda)
    new = {conda_name(text): text for text in (*spec.dependencies, *edit.add)}
    wanted = {name: text for name, text in before.items() if name not in gone} | new
    if spec.pip and "pip" not in wanted and (edit.prune or all(package.name != "pip" for package in conda)):
        wanted["pip"] = "pip"
    gone -= new.keys()
    edited = {conda_name(text) for text in edit.add}
    left = () if edit.prune else _without_orphans(conda, gone, wanted.keys())
    return Goal(
        requested=tuple(wanted.values()),
        limits=(*_python_limit(conda, new, gone), *_pins(pins, {*left, *wanted})),
        kept=tuple(left),
        preferred=tuple(p for p in conda if p.name not in edited | gone) if not edit.upgrade else (),
        removed=tuple(sorted(removed - new.keys())),
        pip=spec.pip,
        pip_removed=pip_removed,
        variables={**installed.variables, **spec.variables},
        pip_installed=_pip_installed(spec, edit, pip_removed, installed),
    )


def check_gone(
    goal: Goal, packages: Sequence[PlannedPackage], requested: Sequence[str], kernel: Collection[str]
) -> None:
    """Check that no remaining package needs a package to remove.

    Args:
        goal: of the update.
        packages: that the solver chose.
        requested: match specs that are requested.
        kernel: packages that are kept so that the environment stays a kernel.

    Raises:
        SolveFailed: a package to remove is needed; the message says by which.
    """
    stays = sorted({package.name for package in packages} & set(goal.removed))
    if not stays:
        return
    names = {conda_name(text) for text in requested}
    paths = [path for name in stays for path in _needed_through(name, packages, names)]
    users = list(dict.fromkeys(path[0] for path in paths))
    reason = "; ".join(_need(path, kernel) for path in paths) or "other packages need it"
    message = f"{listed(stays)} cannot be removed: {reason}."
    raise SolveFailed(message, remedy=f"Remove {listed(users or ['these packages'])}, too.")


def _needed_through(name: str, packages: Sequence[PlannedPackage], requested: Collection[str]) -> Iterator[list[str]]:
    """Yield the shortest paths of dependencies from requested packages to one package."""
    seen = {name}
    paths = [[name]]
    while paths:
        above = [[p.name, *path] for path in paths for p in packages if p.name not in seen and path[0] in _depends(p)]
        paths = list({path[0]: path for path in reversed(above)}.values())
        seen.update(path[0] for path in paths)
        yield from (path for path in paths if path[0] in requested)
        paths = [path for path in paths if path[0] not in requested]


def _need(path: Sequence[str], kernel: Collection[str]) -> str:
    user, *between, needed = path
    kept = ", which is kept so that the environment stays a kernel," if user in kernel else ""
    return f"{user}{kept} needs {needed}{f' through {listed(between)}' if between else ''}"


def _check_there(names: Sequence[str], installed: InstalledState) -> None:
    there = set(map(canonicalize_name, installed.names))
    if missing := [name for name in names if canonicalize_name(name) not in there]:
        raise NotFound(f"There is no package {', '.join(missing)} in this environment.", remedy="Correct the names.")


def _requested(installed: InstalledState) -> dict[str, str]:
    """Return the requested match specs by name; if none are known, as after a lock file, all packages as in conda."""
    return {conda_name(text): text for text in installed.requested} or {p.name: p.name for p in installed.conda}


def _names(names: Sequence[str], installed: Sequence[PlannedPackage]) -> set[str]:
    """Return those of some names that are conda packages, in conda's spelling."""
    wanted = {canonicalize_name(name) for name in names}
    return {package.name for package in installed if canonicalize_name(package.name) in wanted}


def _needed_below_pip(names: Sequence[str], installed: InstalledState) -> Iterator[str]:
    """Yield conda packages to keep: only pip's copy is removed, because other conda packages need conda's."""
    of_pip = {canonicalize_name(package.name) for package in installed.pip}
    removed = _names(names, installed.conda)
    return (
        name for name in removed if canonicalize_name(name) in of_pip and _dependents({name}, installed.conda) - removed
    )


def _dependents(names: set[str], installed: Sequence[PlannedPackage]) -> set[str]:
    """Return these packages and all that depend on them, directly or not."""
    gone = set(names)
    while more := {p.name for p in installed if p.name not in gone and not gone.isdisjoint(_depends(p))}:
        gone |= more
    return gone


def _without_orphans(installed: Sequence[PlannedPackage], gone: set[str], wanted: Collection[str]) -> list[str]:
    """Return the packages that stay: without removed ones, and without dependencies that only those needed."""
    needed = {p.name: _depends(p) for p in installed}
    left = {name for name in needed if name not in gone}
    while True:
        by_gone = {dep for name in needed.keys() - left for dep in needed[name]}
        by_left = {dep for name in left for dep in needed[name] if dep != name}
        orphans = {name for name in left if name in by_gone and name not in by_left and name not in wanted}
        if not orphans or not gone:
            return sorted(left)
        left -= orphans


def _depends(package: PlannedPackage) -> set[str]:
    return {text.split(" ", 1)[0] for text in json.loads(package.record).get("depends") or ()}


def _python_limit(installed: Sequence[PlannedPackage], new: Iterable[str], gone: Iterable[str]) -> tuple[str, ...]:
    """Return a limit that keeps python's minor version unless the request names python, as conda does."""
    minor = python_minor(installed)
    return (f"python={minor}",) if minor and "python" not in {*new, *gone} else ()


def _pins(pins: Sequence[str], names: set[str]) -> Iterator[str]:
    return (pin for pin in pins if conda_name(pin) in names)


def _pip_removed(spec: EnvSpec | None, edit: Edit, installed: InstalledState) -> tuple[str, ...]:
    """Return pip packages to remove: named ones, and with ``prune`` requested ones that the spec no longer lists."""
    removed = {canonicalize_name(name) for name in edit.remove}
    listed = {canonicalize_name(pip_name(line)) for line in spec.pip} if spec else set()
    return tuple(
        package.name
        for package in installed.pip
        if canonicalize_name(package.name) in removed
        or (spec and edit.prune and package.requested and canonicalize_name(package.name) not in listed)
    )


def _pip_installed(spec: EnvSpec, edit: Edit, pip_removed: Sequence[str], installed: InstalledState) -> tuple[str, ...]:
    """Return lines that install again the pip packages that the update does not change."""
    changed = {canonicalize_name(pip_name(line)) for line in spec.pip}
    changed |= {canonicalize_name(name) for name in pip_removed}
    changed |= {canonicalize_name(conda_name(text)) for text in edit.add}
    return tuple(p.requirement for p in installed.pip if p.requirement and canonicalize_name(p.name) not in changed)
