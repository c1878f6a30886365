"""Remove an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...models import Operation

if TYPE_CHECKING:
    from ..transaction.transaction import Transaction


class Remove(Operation, frozen=True, kw_only=True, tag="remove"):
    """Remove an environment.

    Attributes:
        force: remove even if kernels are running.
    """

    force: bool = False

    done: ClassVar[str] = "The environment is removed"

    async def run(self, transaction: Transaction) -> None:
        """Rename the prefix, so that it is gone at once, and delete it."""
        await transaction.remove(force=self.force)
