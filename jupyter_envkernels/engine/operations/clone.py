"""Clone an environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from ...models import Operation, Plan

if TYPE_CHECKING:
    from ..plan.planner import Planner
    from ..transaction.transaction import Transaction


class Clone(Operation, frozen=True, kw_only=True, tag="clone"):
    """Clone an environment.

    Attributes:
        source: the prefix to clone.
    """

    source: Path

    done: ClassVar[str] = "The clone is ready"
    is_new: ClassVar[bool] = True
    is_additional: ClassVar[bool] = True

    @property
    def copied(self) -> Path | None:
        """Return the source."""
        return self.source

    @property
    def reads(self) -> tuple[Path, ...]:
        """Return the source."""
        return (self.source,)

    async def plan(self, planner: Planner) -> Plan:
        """Read the packages of the source."""
        installed = await planner.installed(self.source)
        return planner.as_new(Plan(installed.conda, installed.requested, base=installed.digest))

    async def run(self, transaction: Transaction) -> None:
        """Copy the source's files and relocate them to the new prefix."""
        await transaction.make(self)
