"""Rename an environment, which moves it to another prefix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from .clone import Clone

if TYPE_CHECKING:
    from ..transaction.transaction import Transaction


class Rename(Clone, frozen=True, kw_only=True, tag="rename"):
    """Move an environment.

    Installed files contain their prefix, so renaming the folder alone would break them: they are copied, relocated to
    the new prefix, and the source is removed.
    """

    done: ClassVar[str] = "The environment is renamed"
    is_additional: ClassVar[bool] = False

    @property
    def changes(self) -> tuple[Path, ...]:
        """Return the new prefix and the source."""
        return self.prefix, self.source

    @property
    def reads(self) -> tuple[Path, ...]:
        """Return no prefix, because the source changes."""
        return ()

    async def run(self, transaction: Transaction) -> None:
        """Copy the source with its history, and remove it after the commit."""
        await transaction.move(self, self.source)
