"""What an environment is to become by an update: what is asked for, what may stay, what must go. Pure."""

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
"""Packages that a sentence names."""


@dataclass(frozen=True, slots=True)
class Goal:
    """The aim of an update.

    Attributes:
        requested: match specs that will have been asked for.
        limits: match specs that hold as well, but were not asked for.
        kept: names of packages that nobody asked for and that stay all the same, if they can.
        preferred: installed packages that are to stay as they are, if they can.
        removed: names of packages that must go.
        pip, pip_removed, variables: as in a plan.
        pip_installed: lines that install again what pip has installed and nobody wants to change.
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
    """Another minor version of python looks into another folder: what pip installed is installed again.

    Args:
        plan: for an environment that there is.
        installed: what is installed now.
        lines: for pip, which install again what is to stay.
    """
    old, new = python_minor(installed.conda), python_minor(plan.packages)
    names = [package.name for package in installed.pip]
    if old == new or not names:
        return plan
    again = ", and is installed again" if new and lines else ""
    message = f"Python {old} {f'becomes {new}' if new else 'goes'}: what pip installed for it goes{again}"
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
        spec: what the environment is to have; None where only *edit* changes it.
        edit: what is added and removed, and how far the change may go.
        installed: what is installed.
        pins: match specs that bind packages which there are or will be.

    Without a spec, what was asked for stays asked for; with one and ``prune``, the spec alone counts. A package that is
    to be removed takes along those that depend on it, and what only they needed.

    Raises:
        NotFound: a package that is to be removed is not there.
    """
    _check_there(edit.remove, installed)
    conda = installed.conda
    asked = {} if spec and edit.prune else _asked(installed)
    pip_removed = _pip_removed(spec, edit, installed)
    spec = spec or EnvSpec()
    removed = _names(edit.remove, conda).difference(_needed_below_pip(edit.remove, installed))
    gone = _dependents(set(removed), conda)
    new = {conda_name(text): text for text in (*spec.dependencies, *edit.add)}
    wanted = {name: text for name, text in asked.items() if name not in gone} | new
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
    """What is to be removed may be needed by what stays.

    Args:
        goal: of the update.
        packages: that were chosen for it.
        requested: match specs that will have been asked for.
        kernel: packages that are kept so that the environment stays a kernel.

    Raises:
        SolveFailed: it is; with what needs it.
    """
    stays = sorted({package.name for package in packages} & set(goal.removed))
    if not stays:
        return
    asked = {conda_name(text) for text in requested}
    paths = [path for name in stays for path in _needed_through(name, packages, asked)]
    users = list(dict.fromkeys(path[0] for path in paths))
    reason = "; ".join(_need(path, kernel) for path in paths) or "other packages need it"
    message = f"{listed(stays)} cannot be removed: {reason}."
    raise SolveFailed(message, remedy=f"Remove {listed(users or ['these packages'])}, too.")


def _needed_through(name: str, packages: Sequence[PlannedPackage], asked: Collection[str]) -> Iterator[list[str]]:
    """The nearest packages that were asked for and need one, each with what is between, down to that one."""
    seen = {name}
    paths = [[name]]
    while paths:
        above = [[p.name, *path] for path in paths for p in packages if p.name not in seen and path[0] in _depends(p)]
        paths = list({path[0]: path for path in reversed(above)}.values())
        seen.update(path[0] for path in paths)
        yield from (path for path in paths if path[0] in asked)
        paths = [path for path in paths if path[0] not in asked]


def _need(path: Sequence[str], kernel: Collection[str]) -> str:
    user, *between, needed = path
    kept = ", which is kept so that the environment stays a kernel," if user in kernel else ""
    return f"{user}{kept} needs {needed}{f' through {listed(between)}' if between else ''}"


def _check_there(names: Sequence[str], installed: InstalledState) -> None:
    there = set(map(canonicalize_name, installed.names))
    if missing := [name for name in names if canonicalize_name(name) not in there]:
        raise NotFound(f"There is no package {', '.join(missing)} in this environment.", remedy="Correct the names.")


def _asked(installed: InstalledState) -> dict[str, str]:
    """What was asked for by name; where nothing tells, as after a lock file, all that is there, as with conda."""
    return {conda_name(text): text for text in installed.requested} or {p.name: p.name for p in installed.conda}


def _names(names: Sequence[str], installed: Sequence[PlannedPackage]) -> set[str]:
    """Of names, in whatever spelling, those of conda packages, as conda spells them."""
    wanted = {canonicalize_name(name) for name in names}
    return {package.name for package in installed if canonicalize_name(package.name) in wanted}


def _needed_below_pip(names: Sequence[str], installed: InstalledState) -> Iterator[str]:
    """Of names, those of conda packages that pip has replaced and others need: pip's goes, and conda's is back."""
    of_pip = {canonicalize_name(package.name) for package in installed.pip}
    removed = _names(names, installed.conda)
    return (
        name for name in removed if canonicalize_name(name) in of_pip and _dependents({name}, installed.conda) - removed
    )


def _dependents(names: set[str], installed: Sequence[PlannedPackage]) -> set[str]:
    """Packages of these names, and those that depend on them, directly or not."""
    gone = set(names)
    while more := {p.name for p in installed if p.name not in gone and not gone.isdisjoint(_depends(p))}:
        gone |= more
    return gone


def _without_orphans(installed: Sequence[PlannedPackage], gone: set[str], wanted: Collection[str]) -> list[str]:
    """The packages that stay: not gone, and asked for, or not needed before by nothing but what is gone."""
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
    """Python stays what it is up to the minor version, unless it is named, as with conda."""
    minor = python_minor(installed)
    return (f"python={minor}",) if minor and "python" not in {*new, *gone} else ()


def _pins(pins: Sequence[str], names: set[str]) -> Iterator[str]:
    return (pin for pin in pins if conda_name(pin) in names)


def _pip_removed(spec: EnvSpec | None, edit: Edit, installed: InstalledState) -> tuple[str, ...]:
    """Packages of pip that are named, and with a spec and ``prune`` those that were asked for and are not any more."""
    removed = {canonicalize_name(name) for name in edit.remove}
    listed = {canonicalize_name(pip_name(line)) for line in spec.pip} if spec else set()
    return tuple(
        package.name
        for package in installed.pip
        if canonicalize_name(package.name) in removed
        or (spec and edit.prune and package.requested and canonicalize_name(package.name) not in listed)
    )


def _pip_installed(spec: EnvSpec, edit: Edit, pip_removed: Sequence[str], installed: InstalledState) -> tuple[str, ...]:
    """Return lines that install again what pip has installed and the update does not change."""
    changed = {canonicalize_name(pip_name(line)) for line in spec.pip}
    changed |= {canonicalize_name(name) for name in pip_removed}
    changed |= {canonicalize_name(conda_name(text)) for text in edit.add}
    return tuple(p.requirement for p in installed.pip if p.requirement and canonicalize_name(p.name) not in changed)
