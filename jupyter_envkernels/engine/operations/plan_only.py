"""Plan an operation without carrying it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...models import Operation, Request
from .add_kernel import AddKernel
from .clone import Clone
from .create import Create
from .rollback import Rollback
from .update import Update

if TYPE_CHECKING:
    from ..transaction.transaction import Transaction

Planned = Create | Clone | Update | AddKernel | Rollback


class PlanOnly(Request, frozen=True, tag="plan"):
    """Plan an operation.

    Attributes:
        of: the operation.
    """

    of: Planned

    done: ClassVar[str] = "The plan is ready"
    is_plan: ClassVar[bool] = True

    @property
    def operation(self) -> Operation:
        """Return the operation to plan."""
        return self.of

    async def run(self, transaction: Transaction) -> None:
        """Make the plan, which the job stores."""
        await transaction.prepare(self.of)
