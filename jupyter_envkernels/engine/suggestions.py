"""The nearest names to one that is not there, found fast among the tens of thousands of a big channel. Pure."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable

_LIKE = 0.7
"""How much two names have in common, from 0 to 1, of which one is a guess for the other; as difflib counts it."""

_FEW = 50
"""So many names with the most pairs of letters in common are compared exactly."""


class Names:
    """Names of packages. The comparison is prepared when it is first needed."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._by_pair: dict[str, list[str]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def alike(self, name: str) -> list[str]:
        """Return those that have the most pairs of neighbouring letters in common with a name, for their length."""
        if not self._by_pair:
            for other in self._names:
                for pair in _pairs(other):
                    self._by_pair.setdefault(pair, []).append(other)
        pairs = _pairs(name)
        common: Counter[str] = Counter()
        for pair in pairs:
            common.update(self._by_pair.get(pair, ()))
        ranked = sorted(common.items(), key=lambda found: (-found[1] / (len(pairs) + len(found[0])), found[0]))
        return [other for other, _ in ranked[:_FEW]]


def nearest(name: str, *known: Names) -> list[str]:
    """Return up to three of the known names that are most like a name, the most like first."""
    few = sorted({other for names in known for other in names.alike(name)})
    return difflib.get_close_matches(name, few, n=3, cutoff=_LIKE)


def _pairs(name: str) -> set[str]:
    """Each letter with the next, its beginning and its end included."""
    bounded = f"^{name}$"
    return {bounded[place : place + 2] for place in range(len(bounded) - 1)}
