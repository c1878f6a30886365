"""How fast something goes, and has gone of late."""

from __future__ import annotations

from collections import deque

_WINDOW = 5.0
"""Seconds over which the rate is taken."""

_SHORTEST = 0.5
"""Seconds before which a rate says nothing."""


class Rate:
    """The rate of one phase of a job."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def rate(self, done: int, now: float) -> float | None:
        """Return the units a second over the last seconds.

        Args:
            done: so many by now.
            now: seconds, of a clock that never goes back.

        Returns:
            The rate; None while it is too early to tell.
        """
        self._seen.append((now, done))
        while self._seen[0][0] < now - _WINDOW:
            self._seen.popleft()
        then, before = self._seen[0]
        if now - then < _SHORTEST:
            return None
        return (done - before) / (now - then)
