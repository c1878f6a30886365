"""Which process is meant: a number alone may mean another one by now, or on another host. And whose one is."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class WorkerMark:
    """A worker process, which leads a process group of its own.

    Attributes:
        pid: its number.
        place: the boot and the namespace in which the number means something.
        started: when it started, in clock ticks since the boot; with the number it names one process only.
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
    """The boot, the process namespace, and when its first process started; the host's name where nothing tells.

    Namespaces have numbers that are given away again, as when one container follows another.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()} {_started(1)}"
    except OSError:
        return f"{os.uname().nodename} {_started(1)}"


def account() -> str:
    """Return the name of the account that this process runs for; its number where it has none, as in containers."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def group_members(leader: int) -> list[int]:
    """Return the processes of a group that are more than zombies; empty where the system does not tell."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        state, _, group = (_stat(int(folder.name)) or ["X", "", ""])[:3]
        if group == str(leader) and state not in {"X", "Z"}:
            found.append(int(folder.name))
    return found


def _started(pid: int) -> int | None:
    """When a process started; None where there is no such process."""
    fields = _stat(pid)
    return int(fields[19]) if fields else None


def _stat(pid: int) -> list[str] | None:
    """The fields of ``/proc/PID/stat`` from the third on (proc(5)); None where there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()
