"""Explain why a path is or is not a kernel: every location and every rule, with its result."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from ..errors import PolicyUnusable
from ..models import (
    Count,
    Environment,
    Footprint,
    Kernel,
    Limits,
    LocationKind,
    Problem,
    environment_id,
    real_path,
)
from .catalog import Catalog
from .discovery import Discovery, FoundPrefix, is_hidden_sibling
from .locations import Location
from .policy_file import limits_in_force
from .prefixes import Contents, NotAnEnvironment, read_prefix
from .trust import TrustSession
from .usage import Footprints

LocationState = Literal["found", "missing", "unreadable", "not trusted"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one rule."""

    ok: bool
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class SearchedLocation:
    """A location that was searched.

    Attributes:
        origin: the setting or rule that names it.
        prefixes: number of paths that it names, environments or not.
    """

    path: str
    kind: LocationKind
    origin: str
    state: LocationState
    prefixes: Count


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The result of the doctor.

    Attributes:
        configuration: conda's configuration files, policy files and the limit on jobs, and their problems.
        locations: in order of precedence.
        path: the path in question; None if none was given.
        is_kernel: whether it has a kernel without a known problem; None without a path.
        findings: the rules for the path, in the order in which they are applied; then its scripts that have failed.
    """

    configuration: tuple[Finding, ...]
    locations: tuple[SearchedLocation, ...]
    path: str | None = None
    is_kernel: bool | None = None
    findings: tuple[Finding, ...] = ()

    def with_configuration(self, *findings: Finding) -> Diagnosis:
        """Return the diagnosis with more findings on the configuration."""
        return replace(self, configuration=(*self.configuration, *findings))


def path_of(catalog: Catalog, ref: str) -> Path:
    """Return the path that a reference to an environment means.

    Args:
        catalog: the environments and locations.
        ref: a path, absolute or relative to the home folder (``~``) or to the folder that Jupyter serves, else the
            current one; or the name or id of an environment: its prefix, or the path of that name in the first folder
            of environments that has it, or else in the first of all.
    """
    if os.sep in ref or ref.startswith("~") or ref in {".", ".."}:
        return Path(catalog.options.contents_root or "", os.path.expanduser(ref))
    named = [environment.prefix for environment in catalog.environments() if ref in (environment.name, environment.id)]
    places = [Path(place.path, ref) for place in catalog.locations() if place.kind == "folder"]
    return next((path for path in (*named, *places) if os.path.lexists(path)), places[0])


def diagnose(catalog: Catalog, path: Path | None = None) -> Diagnosis:
    """Check the configuration, each location, and a path if one is given. Reads files and changes nothing."""
    settings = catalog.settings()
    places = catalog.locations()
    configuration = [
        Finding(ok=True, message=f"conda's configuration file {file} was read.") for file in settings.files
    ]
    configuration += [_failed(problem) for problem in settings.problems]
    configuration += _policy()
    session = catalog.trust().session()
    searched = tuple(_search(location, session) for location in places)
    if path is None:
        return Diagnosis(tuple(configuration), searched)
    prefix = os.path.abspath(os.path.expanduser(path))
    findings = _Examination(catalog, places, prefix).findings()
    is_kernel = all(finding.ok for finding in findings)
    footprint = Footprints().read().get(environment_id(Path(prefix)), Footprint())
    findings += map(_failed, footprint.activation_problems)
    return Diagnosis(tuple(configuration), searched, prefix, is_kernel, tuple(findings))


def _failed(problem: Problem) -> Finding:
    return Finding(ok=False, message=problem.message, remedy=problem.remedy)


def _offer(kernel: Kernel) -> Finding:
    if kernel.problem:
        return _failed(kernel.problem)
    if not kernel.other_prefix:
        return Finding(ok=True, message=f"It offers the kernel {kernel.id}.")
    return Finding(
        ok=True,
        message=f"It offers the kernel {kernel.id}, for which {kernel.other_prefix} is activated: {kernel.remark}",
        remedy=f"Delete its kernelspec {kernel.raw_name} if that is not intended.",
    )


def _policy() -> list[Finding]:
    try:
        files = limits_in_force(Limits()).files
    except PolicyUnusable as error:
        return [Finding(ok=False, message=error.message, remedy=error.remedy)]
    return [Finding(ok=True, message=f"The policy file {file} was read.") for file in files]


def _search(location: Location, session: TrustSession) -> SearchedLocation:
    state: LocationState = "found"
    if not os.path.exists(location.path):
        state = "missing"
    elif not os.access(location.path, os.R_OK):
        state = "unreadable"
    elif location.kind == "list" and not session.judge(location.path).ok:
        state = "not trusted"
    count = len(Discovery().find((location,), session)) if state == "found" else 0
    return SearchedLocation(location.path, location.kind, location.origin, state, count)


class _Examination:
    """The rules for one prefix, one a method; the first that fails ends the examination."""

    def __init__(self, catalog: Catalog, places: tuple[Location, ...], prefix: str) -> None:
        self._catalog = catalog
        self._places = places
        self._prefix = prefix
        self._session = catalog.trust().session()

    def findings(self) -> list[Finding]:
        """Return the results of all rules up to the first that fails; kernels one by one."""
        found = [self._is_environment()]
        if found[-1].ok:
            found.append(self._is_located())
        if found[-1].ok:
            found.append(self._is_shown())
        if found[-1].ok:
            found += self._kernels()
        return found

    def _is_environment(self) -> Finding:
        if is_hidden_sibling(os.path.basename(self._prefix)):
            return Finding(
                ok=False,
                message=f"{self._prefix} is the working folder of a job.",
                remedy="It is removed when the job has ended.",
            )
        contents = self._contents()
        if isinstance(contents, Problem):
            return _failed(contents)
        return Finding(ok=True, message=f"{self._prefix} is a conda environment: it has conda-meta/history.")

    def _contents(self) -> Contents | Problem:
        try:
            contents = read_prefix(self._prefix, self._session)
        except NotAnEnvironment as absence:
            return absence.problem
        if contents.problem and not os.path.exists(f"{self._prefix}/conda-meta/history"):
            return contents.problem  # permissions hide whether it is one
        return contents

    def _is_located(self) -> Finding:
        found = self._found()
        if found is None:
            return Finding(
                ok=False,
                message="It is in none of the locations.",
                remedy="Put its folder into c.EnvKernels.roots or conda's envs_dirs, or its path into "
                "~/.conda/environments.txt.",
            )
        as_what = "" if found.path == self._prefix else f" as {found.path}"
        return Finding(ok=True, message=f"It is found in {found.location.path}{as_what} ({found.location.origin}).")

    def _found(self) -> FoundPrefix | None:
        real = real_path(self._prefix)
        return next((found for found in Discovery().find(self._places, self._session) if found.real == real), None)

    def _environment(self) -> Environment | None:
        real = real_path(self._prefix)
        return next((env for env in self._catalog.environments() if real_path(env.prefix) == real), None)

    def _is_shown(self) -> Finding:
        if self._environment() is None:
            return Finding(
                ok=False,
                message="The configuration hides it: c.EnvKernels.hidden_environments or hide_base.",
                remedy="Ask the administrator to show it.",
            )
        return Finding(ok=True, message="The configuration does not hide it.")

    def _kernels(self) -> list[Finding]:
        environment = self._environment()
        if environment is None or not environment.kernels:
            problem = environment.problem if environment else None
            return [_failed(problem or Problem("no-kernel", "It has no kernel."))]
        found = [_offer(kernel) for kernel in environment.kernels]
        if environment.is_running:
            ordinary = "Jupyter runs in it: its kernels are listed under their usual names, such as python3."
            found.append(Finding(ok=True, message=ordinary))
        return found
