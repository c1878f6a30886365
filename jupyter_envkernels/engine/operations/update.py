"""Update an environment by a spec, by single packages, or both."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from ...envs.inventory import read_pins
from ...errors import SolveFailed
from ...models import Edit, EnvSpec, Plan, PlannedPackage, SolvingOperation
from ...specs import conda_name, kernel_packages_missing, pip_name

if TYPE_CHECKING:
    from ..plan.planner import Planner
    from ..plan.update import Goal
    from ..transaction.transaction import Transaction


class Update(SolvingOperation, frozen=True, kw_only=True, tag="update"):
    """Update an environment.

    Attributes:
        spec: the new spec; None if only ``edit`` changes the environment.
        workdir: the folder of the spec's file.
        edit: packages to add and to remove, and how far the change may go.
    """

    spec: EnvSpec | None = None
    workdir: Path | None = None
    edit: Edit = Edit()

    done: ClassVar[str] = "The environment is updated"

    @property
    def own_spec(self) -> EnvSpec:
        """Return the spec, or an empty one."""
        return self.spec or EnvSpec()

    @property
    def added(self) -> tuple[str, ...]:
        """Return the match specs to add."""
        return self.edit.add

    @property
    def removed(self) -> tuple[str, ...]:
        """Return the names of the packages to remove."""
        return self.edit.remove

    @property
    def folder(self) -> Path | None:
        """Return the folder of the spec's file."""
        return self.workdir

    async def plan(self, planner: Planner) -> Plan:
        """Choose packages with as few changes of installed ones as possible."""
        from ..plan.planner import public  # noqa: PLC0415 - only workers plan
        from ..plan.update import check_gone, for_python, goal_of  # noqa: PLC0415
        from ..variable_expansion import check_recorded  # noqa: PLC0415

        installed = await planner.installed(self.prefix)
        pins = await asyncio.to_thread(read_pins, self.prefix)
        goal = goal_of(self.spec, self.edit, installed, tuple(pins))
        check_recorded(goal.requested, (*self.own_spec.dependencies, *self.edit.add))
        channels = planner.channels(self.own_spec, installed, keep=self.edit.keep_channels)
        planner.report.phase("solving", "Choosing packages")
        packages = await _reach(planner, goal, channels, pins)
        requested = goal.requested
        missing = _lost_kernel(installed.conda, packages, goal, planner.options.kernel_packages)
        if missing:
            planner.report.log(f"Keeping {', '.join(missing)}, so that the environment stays a kernel.")
            requested = (*requested, *missing)
            packages = await _reach(planner, replace(goal, requested=requested), channels, pins)
        check_gone(goal, packages, requested, missing)
        plan = Plan(
            packages=packages,
            requested=public(requested),
            pip=goal.pip,
            pip_removed=goal.pip_removed,
            variables=goal.variables,
        )
        plan = for_python(plan, installed, goal.pip_installed)
        return planner.as_change(self, plan, installed)

    async def run(self, transaction: Transaction) -> None:
        """Build the changed environment in a staging prefix, and swap the two."""
        await transaction.change(self)


async def _reach(
    planner: Planner, goal: Goal, channels: Sequence[str], origins: Mapping[str, str]
) -> tuple[PlannedPackage, ...]:
    """Choose packages; keep installed dependencies if possible."""
    requested = {conda_name(text) for text in goal.requested}
    kept = [name for name in goal.kept if name not in requested]
    wanted = (*goal.requested, *goal.limits)
    if kept:
        try:
            return await planner.backend.solve([*wanted, *kept], channels, goal.preferred, origins=origins)
        except SolveFailed:
            planner.report.log("Not all installed dependencies can stay; choosing packages again without them.")
    return await planner.backend.solve(wanted, channels, goal.preferred, origins=origins)


def _lost_kernel(
    before: Sequence[PlannedPackage], after: Sequence[PlannedPackage], goal: Goal, kernel_packages: Sequence[str]
) -> tuple[str, ...]:
    """Return kernel packages that the solver would remove from an environment that is a kernel now."""
    had = kernel_packages_missing([package.name for package in before], kernel_packages)
    names = [package.name for package in after] + [pip_name(line) for line in goal.pip]
    missing = kernel_packages_missing(names, kernel_packages)
    return () if had else tuple(name for name in missing if name not in goal.removed)
