"""The nearest names to one that is not there. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LIKE = 0.7
"""How much two names have in common, from 0 to 1, of which one is a guess for the other; as difflib counts it."""


def nearest(name: str, *known: Iterable[str]) -> list[str]:
    """Return up to three of the known names that are most like a name, the most like first."""
    return difflib.get_close_matches(name, frozenset().union(*known), n=3, cutoff=_LIKE)
