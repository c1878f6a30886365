"""Who still works in a folder that is about to go: read from ``/proc`` (proc(5)), as far as we may read it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that a process has open for writing, or the folder in which it works.

    Attributes:
        pid: number of the process.
        place: path in the folder in question; empty for that folder itself.
        is_folder: it is where the process works.
    """

    pid: int
    place: str
    is_folder: bool = False


def open_in(folder: Path) -> list[OpenFile]:
    """Return what processes have open in a folder, in no order. Those of other people are seen only by root.

    Where there is no ``/proc``, nothing is seen.
    """
    real = os.path.realpath(folder)
    found: list[OpenFile] = []
    with suppress(OSError):
        for name in os.listdir("/proc"):
            if name.isdecimal():
                with suppress(OSError):  # it has ended, or is another account's
                    found += _open_files(int(name), real)
    return found


def _open_files(pid: int, real: str) -> Iterator[OpenFile]:
    where = os.readlink(f"/proc/{pid}/cwd")
    if f"{where}/".startswith(f"{real}/"):
        yield OpenFile(pid, where[len(real) + 1 :], is_folder=True)
    for number in os.listdir(f"/proc/{pid}/fd"):
        with suppress(OSError):  # closed meanwhile
            path = os.readlink(f"/proc/{pid}/fd/{number}")
            if path.startswith(f"{real}/") and _is_written(pid, number):
                yield OpenFile(pid, path[len(real) + 1 :])


def _is_written(pid: int, number: str) -> bool:
    lines = Path(f"/proc/{pid}/fdinfo/{number}").read_text(encoding="ascii").splitlines()
    flags = next(int(line.split()[1], 8) for line in lines if line.startswith("flags:"))
    return flags & os.O_ACCMODE != os.O_RDONLY
