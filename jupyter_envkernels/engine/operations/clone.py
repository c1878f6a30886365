"""Copy an environment exactly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from ...models import Operation, Plan
from ..plan.planner import state_digest

if TYPE_CHECKING:
    from ..plan.planner import Planner
    from ..transaction.transaction import Transaction


class Clone(Operation, frozen=True, kw_only=True, tag="clone"):
    """Copy an environment.

    Attributes:
        source: its prefix.
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
        installed, inventory = await planner.installed(self.source)
        base = state_digest(installed, inventory)
        return planner.as_new(replace(installed, requested=inventory.requested, base=base))

    async def run(self, transaction: Transaction) -> None:
        """Copy its files, fitted to the new prefix."""
        await transaction.make(self)
