"""Define what can be deleted to free disk space."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ReclaimKind = Literal["packages", "index_cache", "jobs", "rolled_back"]


@dataclass(frozen=True, slots=True)
class Reclaimable:
    """A file or folder that can be deleted.

    Attributes:
        bytes: that its deletion frees.
    """

    path: Path
    bytes: int
