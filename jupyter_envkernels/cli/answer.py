"""What a verb gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class VerbResult:
    """What a verb gives.

    Attributes:
        document: for programs; JSON-serialisable.
        text: the same for people; empty where nothing is to be said, or has been said already.
        note: what people should know of it, for standard error.
        code: the exit code.
    """

    document: Any
    text: str = ""
    code: int = 0
    note: str = ""
