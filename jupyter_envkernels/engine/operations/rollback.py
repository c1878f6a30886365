"""Roll an environment back to a revision of its history."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from ...envs.history import read_history, requested_specs
from ...errors import NotFound
from ...models import Operation, Plan, Problem

if TYPE_CHECKING:
    from ..plan.planner import Planner
    from ..transaction.transaction import Transaction


class Rollback(Operation, frozen=True, kw_only=True, tag="rollback"):
    """Roll back to a revision.

    Attributes:
        revision: its number, as ``conda list --revisions`` shows it.
    """

    revision: int

    done: ClassVar[str] = "The environment is rolled back"

    async def plan(self, planner: Planner) -> Plan:
        """Find the packages of the revision.

        Raises:
            NotFound: there is no such revision.
            SolveFailed: a package of it no longer exists.
        """
        from ..plan.update import for_python  # noqa: PLC0415 - only workers plan

        installed = await planner.installed(self.prefix)
        history = await asyncio.to_thread(read_history, self.prefix)
        revision = next((known for known in history if known.number == self.revision), None)
        if revision is None or not revision.packages:
            raise NotFound(f"{self.prefix} has no packages in revision {self.revision}.")
        planner.report.phase("solving", f"Looking for the packages of revision {revision.number}")
        packages = await planner.backend.find(sorted(revision.packages), installed.conda)
        names = {package.name for package in packages}
        known = requested_specs(history[: revision.number + 1])
        requested = tuple(known[name] for name in sorted(known.keys() & names))
        plan = Plan(packages, requested, variables=installed.variables)
        if pip := installed.pip:
            message = f"Packages that pip installed stay ({len(pip)}): the history does not list them."
            plan = replace(
                plan, warnings=(Problem("pip-stays", message, packages=tuple(package.name for package in pip)),)
            )
        again = [package.requirement for package in pip if package.requirement]
        plan = for_python(plan, installed, again)
        return planner.as_change(self, plan, installed)

    async def run(self, transaction: Transaction) -> None:
        """Build the environment of that revision in a staging prefix, and swap the two."""
        await transaction.change(self)
