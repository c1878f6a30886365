"""Make the plan of an operation, before anything is written.

Each operation's class in ``operations`` knows how its plan is made; the steps that they share are here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from ...envs.conda_config.condarc import Settings
from ...envs.inventory import read_installed
from ...envs.running_kernels import running_kernels
from ...models import EngineOptions, EnvSpec, InstalledState, Operation, Plan, Problem
from ...specs import channels_of, conda_name
from ...specs.redact import without_credentials
from ..backend import Backend, Report
from ..cutoffs import cutoffs_of
from ..variable_expansion import check_recorded
from .diff import compare
from .disk_space import with_space
from .pip_conflicts import give_back


class Plannable(Protocol):
    """An operation that has a plan."""

    @property
    def prefix(self) -> Path:
        """Return the prefix that the operation creates or changes."""

    async def plan(self, planner: Planner) -> Plan:
        """Return what will be installed."""


@dataclass(frozen=True, slots=True)
class Planner:
    """Makes plans.

    Attributes:
        backend: the package manager.
        options: the engine's settings.
        report: gets the progress.
        environ: the environment variables of the worker, which channels may use.
        settings: conda's configuration.
    """

    backend: Backend
    options: EngineOptions
    report: Report
    environ: Mapping[str, str]
    settings: Settings = field(default_factory=Settings)

    async def plan(self, operation: Plannable) -> Plan:
        """Return the plan of an operation.

        Raises:
            EnvKernelsError: there is no plan; the message says why.
        """
        plan = await operation.plan(self)
        plan = replace(plan, warnings=(*self.settings.problems, *plan.warnings))
        return await asyncio.to_thread(with_space, plan, operation.prefix, self.options.package_cache)

    def as_new(self, plan: Plan) -> Plan:
        """Return a plan as one for a new environment: all packages are added."""
        return replace(plan, changes=compare((), plan.packages, self.backend.is_newer))

    def as_change(self, operation: Operation, plan: Plan, installed: InstalledState) -> Plan:
        """Return a plan as one for an existing environment: with changes, conflicts with pip, and running kernels.

        Args:
            operation: the operation.
            plan: the packages that the environment will have.
            installed: those that it has.

        Raises:
            InvalidSpec: a pip line that only the environment's records name has a variable.
        """
        check_recorded(plan.pip, operation.own_spec.pip)
        named = {*map(conda_name, operation.added), *operation.removed}
        plan = give_back(plan, installed, named)
        changes = compare(installed.conda, plan.packages, self.backend.is_newer)
        changed = {change.name for change in changes}
        return replace(
            plan,
            packages=tuple(replace(p, cached=p.cached or p.name not in changed) for p in plan.packages),
            changes=changes,
            base=installed.digest,
            warnings=(*plan.warnings, *_of_running_kernels(operation.prefix)),
        )

    async def installed(self, prefix: Path) -> InstalledState:
        """Return what is installed in an environment.

        Raises:
            NotFound: the environment no longer exists.
            InvalidSpec: a record is unreadable.
        """
        return await asyncio.to_thread(read_installed, prefix)

    def channels(self, spec: EnvSpec, installed: InstalledState, *, keep: bool = False) -> list[str]:
        """Return the channels of the spec; else those of the installed packages; else the configured ones.

        Mixed channels break environments, so they are mixed only if the request says so.

        Args:
            spec: of the operation; may be empty.
            installed: packages of the environment; may be empty.
            keep: add those of the installed packages to those of the spec.

        Raises:
            InvalidSpec: a channel that only the environment's records name has a variable.
        """
        recorded = channels_of(installed.conda)
        others = recorded or self.options.channels
        channels = (*spec.channels, *others) if keep else spec.channels or others
        if others is recorded:
            check_recorded(set(channels).difference(spec.channels), ())
        self.report.log("Channels: " + without_credentials(", ".join(channels)))
        for sentence in cutoffs_of(self.settings, self.options.limits).sentences():
            self.report.log(sentence)
        return list(channels)


def _of_running_kernels(prefix: Path) -> Iterator[Problem]:
    if running := running_kernels(prefix):
        count = "1 kernel is" if len(running) == 1 else f"{len(running)} kernels are"
        remedy = f"Restart {'it' if len(running) == 1 else 'them'} after the update."
        message = f"{count} running in this environment."
        yield Problem("kernels-run", message, remedy, details={"count": len(running)})


def public(requested: Sequence[str]) -> tuple[str, ...]:
    """Return match specs without credentials, for the history of an environment."""
    return tuple(map(without_credentials, requested))
