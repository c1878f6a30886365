"""Add a kernel to an environment, without a change of other packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...errors import SolveFailed
from ...models import EnvSpec, Plan, SolvingOperation
from ...specs import kernel_packages_for

if TYPE_CHECKING:
    from ..plan.planner import Planner
    from ..transaction.transaction import Transaction


class AddKernel(SolvingOperation, frozen=True, tag="add-kernel"):
    """Add a kernel to an environment."""

    done: ClassVar[str] = "The kernel is added"

    async def plan(self, planner: Planner) -> Plan:
        """Choose the kernel's packages; installed packages do not change.

        Raises:
            SolveFailed: no kernel is known for the installed packages, or none is compatible with them.
        """
        installed = await planner.installed(self.prefix)
        missing = kernel_packages_for(installed.names, planner.options.kernel_packages)
        if not missing:
            raise SolveFailed(
                f"No kernel is known for {self.environment}: it has neither python nor R.",
                remedy="Update it, and add a package that provides a kernel.",
            )
        planner.report.phase("solving", f"Choosing packages for {', '.join(missing)}")
        wanted = [*(package.name for package in installed.conda), *missing]
        channels = planner.channels(EnvSpec(), installed)
        try:
            packages = await planner.backend.solve(wanted, channels, installed.conda, fixed=True)
        except SolveFailed as error:
            raise SolveFailed(
                f"{', '.join(missing)} cannot be added without a change of other packages. {error.message}",
                remedy=f"Add {missing[0]} by an update, which may change other packages.",
                explanation=error.problem.explanation,
                packages=(*missing, *error.problem.packages),
            ) from error
        plan = Plan(packages, (*installed.requested, *missing), variables=installed.variables)
        return planner.as_change(self, plan, installed)

    async def run(self, transaction: Transaction) -> None:
        """Build the environment with its kernel in a staging prefix, and swap the two."""
        await transaction.change(self)
