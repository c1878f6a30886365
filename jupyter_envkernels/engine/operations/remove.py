"""Remove an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...models import Operation

if TYPE_CHECKING:
    from ..transaction.transaction import Transaction


class Remove(Operation, frozen=True, kw_only=True, tag="remove"):
    """Remove an environment.

    Attributes:
        force: also while kernels of it run.
    """

    force: bool = False

    done: ClassVar[str] = "The environment is removed"

    async def run(self, transaction: Transaction) -> None:
        """Put the prefix aside by one rename, and delete it."""
        await transaction.remove(force=self.force)
