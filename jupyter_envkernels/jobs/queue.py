"""Whose turn it is: jobs that wait, in the order in which they came.

Plans have slots of their own: a person waits for them before the screen, while other jobs take minutes.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import QueueFull
from ..models import Job


class Queue:
    """The jobs that wait.

    Args:
        slots: jobs, and as many plans, that run at the same time.
        room: jobs that may wait.
    """

    def __init__(self, slots: int, room: int) -> None:
        self._slots = slots
        self._room = room
        self._waiting: dict[str, bool] = {}

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._waiting

    def enter(self, job: Job) -> None:
        """Let it wait, behind all others."""
        self._waiting[job.id] = job.request.is_plan

    def leave(self, job_id: str) -> None:
        """Let it wait no longer."""
        self._waiting.pop(job_id, None)

    def to_the_end(self, job_id: str) -> None:
        """Let all others go first, if it waits."""
        if job_id in self._waiting:
            self._waiting[job_id] = self._waiting.pop(job_id)

    def check_room(self, running: Iterable[Job]) -> None:
        """Check that one more may come, be it to wait or not.

        Raises:
            QueueFull: it could only wait, and too many do.
        """
        waiting = len(self._waiting)
        if waiting >= self._room and (waiting or sum(1 for _ in running) >= self._slots):
            raise QueueFull(f"{waiting} jobs wait already.", remedy="Try again when some of them are over.")

    def is_turn(self, job_id: str, running: Iterable[Job]) -> bool:
        """Return whether it is the first of its sort, and there is a slot for it.

        Args:
            job_id: a job that waits.
            running: the jobs that run or are being started.
        """
        sort = self._waiting[job_id]
        first = next(other for other, known in self._waiting.items() if known == sort)
        return first == job_id and sum(job.request.is_plan == sort for job in running) < self._slots
