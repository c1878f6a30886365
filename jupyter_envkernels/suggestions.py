"""Suggest similar names ("Did you mean") for one that does not exist. No I/O."""

from __future__ import annotations

from collections.abc import Iterable

_LIKE = 0.7
"""Minimum similarity of a suggestion, from 0 to 1, as difflib computes it."""


def nearest(name: str, *known: Iterable[str]) -> list[str]:
    """Return up to three known names that are similar to a name, the most similar first."""
    import difflib  # noqa: PLC0415 - an idle server need not load it

    return difflib.get_close_matches(name, frozenset().union(*known), n=3, cutoff=_LIKE)


def did_you_mean(name: str, *known: Iterable[str]) -> str:
    """Return the question whether a similar known name was meant; empty if no name is similar."""
    near = nearest(name, *known)
    return f"Did you mean {' or '.join(near)}?" if near else ""
