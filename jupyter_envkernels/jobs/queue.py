"""Queue jobs in the order of their submission.

Plans have slots of their own, because users wait for them while other jobs take minutes.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import QueueFull
from ..models import Job, count_of


class Queue:
    """The waiting jobs.

    Args:
        slots: maximum number of running jobs, and of running plans.
        room: maximum number of waiting jobs.
    """

    def __init__(self, slots: int, room: int) -> None:
        self._slots = slots
        self._room = room
        self._waiting: dict[str, bool] = {}

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._waiting

    def enter(self, job: Job) -> None:
        """Add a job at the end."""
        self._waiting[job.id] = job.request.is_plan

    def leave(self, job_id: str) -> None:
        """Remove a job."""
        self._waiting.pop(job_id, None)

    def to_the_end(self, job_id: str) -> None:
        """Move a job to the end, if it waits."""
        if job_id in self._waiting:
            self._waiting[job_id] = self._waiting.pop(job_id)

    def check_room(self, running: Iterable[Job]) -> None:
        """Check that one more job may be submitted.

        Raises:
            QueueFull: it would have to wait, and too many wait already.
        """
        waiting = len(self._waiting)
        if waiting >= self._room and (waiting or sum(1 for _ in running) >= self._slots):
            raise QueueFull(f"The queue is full ({count_of(waiting, 'job')}).", remedy="Try again later.")

    def is_turn(self, job_id: str, running: Iterable[Job]) -> bool:
        """Return whether a job is the first plan, or the first other job, and has a free slot.

        Args:
            job_id: a job that waits.
            running: the jobs that run or are being started.
        """
        is_plan = self._waiting[job_id]
        first = next(other for other, known in self._waiting.items() if known == is_plan)
        return first == job_id and sum(job.request.is_plan == is_plan for job in running) < self._slots
