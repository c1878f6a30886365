"""Which process is meant: a number alone may mean another one by now, or on another host. And whose one is."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from functools import cache

import psutil

from ..system import system


@dataclass(frozen=True, slots=True)
class WorkerMark:
    """A worker process, which leads a process group of its own.

    Attributes:
        pid: its number.
        place: the boot and the namespace in which the number means something.
        started: when it started, in hundredths of a second since the boot; with the number it names one process only.
    """

    pid: int
    place: str
    started: int | None

    @classmethod
    def of(cls, pid: int) -> WorkerMark:
        """Return the mark of a process that runs here."""
        return cls(pid, _here(), _started(pid))

    def may_be_signalled(self) -> bool:
        """Return whether the number means that worker, or what is left of its group.

        A number is not given away again as long as its group has members, so a leader that is gone is no objection.
        """
        if self.place != _here():
            return False
        now = _started(self.pid)
        return now is None or now == self.started


@cache
def _here() -> str:
    """Return what tells this boot and namespace; with when its first process started.

    Namespaces have numbers that are given away again, as when one container follows another.
    """
    return f"{system.process_space()} {_started(1)}"


def account() -> str:
    """Return the name of the account that this process runs for; its number where it has none, as in containers."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def group_members(leader: int) -> list[int]:
    """Return the processes of a group that are more than zombies."""
    return [pid for pid in psutil.pids() if _group(pid) == leader and _is_alive(pid)]


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except OSError:
        return None


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() not in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
    except psutil.Error:
        return False


def _started(pid: int) -> int | None:
    """Return when a process started; None where there is no such process.

    Since the boot, for the time of day can be set anew.
    """
    boot = psutil.boot_time()
    try:
        return round((psutil.Process(pid).create_time() - boot) * 100)
    except psutil.Error:
        return None
