"""Limit the jobs of the whole machine, fairly between its users.

Users with fewer running jobs go first, and those with equally many in an order that changes. No user can block the
others: one user has, and counts as having, at most all jobs but one; room is left to others for some seconds only; and
a user without a running job waits at most an hour.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..envs.doctor import Finding
from ..envs.policy_file import limits_in_force
from ..errors import PolicyUnusable
from ..models import Limits
from .machine_slots import Share, Slots, why_not

_PAUSE = 0.5
"""Seconds between two checks for a job that waits."""

_SHARE = 50
"""Minimum ratio of the pause to the duration of the check before it."""

_COURTESY = 3.0
"""Seconds during which users with fewer jobs go first."""

_LONGEST = 3600.0
"""Maximum wait in seconds of a user without a running job, because others may announce jobs that do not exist."""

_ROUND = 10.0
"""Seconds after which the order of users with equally many jobs changes."""

_NOTHING = Share()


class NoTurn(Exception):
    """The job has to wait; the message says for what, or is empty if that takes only seconds."""


@dataclass(slots=True)
class _Wait:
    """A job that waits: the descriptor that announces it, and monotonic times."""

    descriptor: int | None
    since: float = field(default_factory=time.monotonic)
    next_look: float = 0.0
    room_since: float = 0.0
    message: str = ""


class MachineLimits:
    """The limit on jobs of this machine, as one server or command line applies it. Methods may be called in threads.

    Args:
        configured: the number of jobs, and the folder by which they are counted; policy files can lower it.
    """

    def __init__(self, configured: Limits) -> None:
        self._configured = configured
        self._lock = threading.Lock()
        self._waits: dict[str, _Wait] = {}

    def take(self, job_id: str, *, is_plan: bool) -> int | None:
        """Count a job as running if jobs of other users do not go first.

        Returns:
            A descriptor: the job counts while a process has it open. None if jobs are not counted.

        Raises:
            NoTurn: the job has to wait.
        """
        with self._lock:
            now, wait = time.monotonic(), self._waits.get(job_id)
            if wait is not None and now < wait.next_look:
                raise NoTurn(wait.message)
            limits = _in_force(self._configured)
            place = None
            if limits.max_machine_jobs and not _why_not(limits):
                slots = Slots(limits.machine_jobs_dir, is_plan)
                wait = self._waits[job_id] = wait or _Wait(slots.hold(runs=False))
                try:
                    place = _take(slots, limits.max_machine_jobs, wait)
                finally:
                    wait.next_look = now + max(_PAUSE, _SHARE * (time.monotonic() - now))
        self.leave(job_id)
        return place

    def leave(self, job_id: str) -> None:
        """Stop announcing a job as waiting."""
        with self._lock:
            wait = self._waits.pop(job_id, None)
            if wait is not None and wait.descriptor is not None:
                os.close(wait.descriptor)

    def close(self) -> None:
        """Stop announcing all jobs as waiting."""
        for job_id in list(self._waits):
            self.leave(job_id)


def _take(slots: Slots, most: int, wait: _Wait) -> int | None:
    """Count a waiting job as running.

    Raises:
        NoTurn: too many jobs are running, or jobs of other users go first.
    """
    shares, now, user = slots.look(own_most(most)), time.monotonic(), os.geteuid()
    has_room = room(shares, most) > 0
    wait.message = "" if has_room else f"Waiting: {most} of {most} jobs of this machine are running"
    wait.room_since = (wait.room_since or now) if has_room else 0.0
    is_starving = now - wait.since > _LONGEST and not shares.get(user, _NOTHING).running
    is_polite = now - wait.room_since < _COURTESY
    if not is_starving and not is_turn(shares, most, user, time.time(), is_polite=is_polite):
        raise NoTurn(wait.message)
    place = slots.hold(runs=True)
    if place is not None and not is_starving and room(slots.look(own_most(most)), most) < 0:
        os.close(place)  # another user took a place at the same time
        raise NoTurn(wait.message)
    return place


def own_most(most: int) -> int:
    """Return how many of so many jobs one user may run, and counts as running."""
    return max(1, most - 1)


def room(shares: Mapping[int, Share], most: int) -> int:
    """Return how many more jobs may run."""
    return most - sum(share.running for share in shares.values())


def is_turn(shares: Mapping[int, Share], most: int, user: int, now: float, *, is_polite: bool) -> bool:
    """Return whether a user may start one more job.

    Args:
        shares: jobs of each user.
        most: maximum number of running jobs.
        user: the user.
        now: the time of day, by which all users get the same order.
        is_polite: let waiting users with fewer jobs go first.
    """
    mine = shares.get(user, _NOTHING).running
    left = room(shares, most)
    if left <= 0 or mine >= own_most(most):
        return False

    def place(other: int, running: int) -> tuple[int, bytes]:
        return running, hashlib.sha256(f"{other} {now // _ROUND}".encode()).digest()

    others = [place(other, share.running) for other, share in shares.items() if share.waiting and other != user]
    return not is_polite or sum(other < place(user, mine) for other in others) < left


def machine_finding(configured: Limits) -> Finding:
    """Return the doctor's finding on the limit of jobs."""
    limits = _in_force(configured)
    if not limits.max_machine_jobs:
        return Finding(ok=True, message="Jobs are limited per user: c.EnvKernels.max_machine_jobs is not set.")
    if reason := _why_not(limits):
        remedy = "Create a folder on a local disk that belongs to root and has the mode 1777, and set it there."
        return Finding(ok=False, message=f"Jobs are limited per user only: {reason}.", remedy=remedy)
    return Finding(ok=True, message=f"At most {limits.max_machine_jobs} jobs run on this machine, counted by user.")


def _why_not(limits: Limits) -> str:
    """Return why jobs cannot be counted; empty if they can."""
    folder = limits.machine_jobs_dir
    return why_not(folder) if folder else "c.EnvKernels.machine_jobs_dir is not set"


def _in_force(configured: Limits) -> Limits:
    """Return the limits in force; if a policy file is invalid, the worker will refuse the job."""
    try:
        return limits_in_force(configured)
    except PolicyUnusable:
        return configured
