"""Identify a worker process, because its pid may be reused, or be of another host; and the account of this process."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from functools import cache

from ..system import system


@dataclass(frozen=True, slots=True)
class WorkerMark:
    """A worker process, which is the leader of its process group.

    Attributes:
        pid: its pid.
        place: the boot and the pid namespace.
        started: when it started, in hundredths of a second since boot; unique together with the pid.
    """

    pid: int
    place: str
    started: int | None

    @classmethod
    def of(cls, pid: int) -> WorkerMark:
        """Return the mark of a process on this host."""
        return cls(pid, _here(), _started(pid))

    def may_be_signalled(self) -> bool:
        """Return whether the pid is that of the worker, or of its process group.

        A pid is not reused while its group has members, so the worker itself may have ended.
        """
        if self.place != _here():
            return False
        now = _started(self.pid)
        return now is None or now == self.started


@cache
def _here() -> str:
    """Return an id of this boot and pid namespace, with the start time of its first process.

    Ids of namespaces are reused, as when one container follows another.
    """
    return f"{system.process_space()} {_started(1)}"


def account() -> str:
    """Return the name of the account of this process; its uid if it has none, as in containers."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def group_members(leader: int) -> list[int]:
    """Return the processes of a group, without zombies."""
    import psutil  # noqa: PLC0415 - an idle server need not load it

    return [pid for pid in psutil.pids() if _group(pid) == leader and _is_alive(pid)]


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except OSError:
        return None


def _is_alive(pid: int) -> bool:
    import psutil  # noqa: PLC0415

    try:
        return psutil.Process(pid).status() not in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
    except psutil.Error:
        return False


def _started(pid: int) -> int | None:
    """Return when a process started, since boot, because the time of day may be changed; None if it does not exist."""
    import psutil  # noqa: PLC0415

    boot = psutil.boot_time()
    try:
        return round((psutil.Process(pid).create_time() - boot) * 100)
    except psutil.Error:
        return None
