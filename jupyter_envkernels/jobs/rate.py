"""Compute the rate of progress over the last seconds."""

from __future__ import annotations

from collections import deque

_WINDOW = 5.0
"""Seconds over which the rate is computed."""

_SHORTEST = 0.5
"""Minimum time in seconds for a meaningful rate."""


class Rate:
    """The rate of one phase of a job."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def rate(self, done: int, now: float) -> float | None:
        """Return units per second.

        Args:
            done: units so far.
            now: monotonic time in seconds.

        Returns:
            The rate; None if it is too early.
        """
        self._seen.append((now, done))
        while self._seen[0][0] < now - _WINDOW:
            self._seen.popleft()
        then, before = self._seen[0]
        if now - then < _SHORTEST:
            return None
        return (done - before) / (now - then)
