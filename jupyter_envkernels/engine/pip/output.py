"""What uv and pip print, line by line -> how many packages of the ``pip:`` section are there.

uv says at once how many there will be (``Resolved 5 packages in 12ms``), names large ones when they are downloaded or
built, and tells of the rest together (``Prepared 3 packages``, ``Installed 3 packages``). pip finds out as it goes
(``Collecting NAME``) and knows the number when it begins to install.
"""

from __future__ import annotations

import re

from ..backend import Report

_COUNT = re.compile(r"(?P<word>Resolved|Prepared|Installed|Checked|Audited) (?P<count>\d+) packages? in ")
_READY = re.compile(r"\s+(Downloaded|Built) (?P<name>[\w.-]+)")
_COLLECTING = re.compile(r"Collecting (?P<name>[\w.-]+)")
_COLLECTED = "Installing collected packages: "


class PipProgress:
    """Follows one run of an installer.

    Args:
        report: is told when more packages are there than before.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._names: set[str] = set()
        self._done = 0
        self._total: int | None = None
        self._told: tuple[int, int | None] = (0, None)

    def follow(self, line: str) -> None:
        """Take in a line of its output."""
        if found := _COUNT.match(line):
            self._count(found["word"], int(found["count"]))
        elif found := _READY.match(line):
            if self._total is not None:  # else it is built to find out what it needs
                self._ready(found["name"])
        elif found := _COLLECTING.match(line):
            self._ready(found["name"])
        elif line.startswith(_COLLECTED):
            self._total = max(self._done, line.count(",") + 1)
            self._reach(self._total)

    def _count(self, word: str, count: int) -> None:
        if word == "Resolved":
            self._total = count
            self._reach(0)
        elif self._total is None:  # it looked no further: all that was requested is there
            self._total = count
            self._reach(count)
        else:
            self._reach(self._total)

    def _ready(self, name: str) -> None:
        """One package is there; that all of them are, only a count tells."""
        self._names.add(re.sub(r"[-_.]+", "-", name).lower())
        most = len(self._names) if self._total is None else self._total - 1
        self._reach(min(len(self._names), most))

    def _reach(self, done: int) -> None:
        self._done = max(self._done, done)
        if (self._done, self._total) != self._told:
            self._told = (self._done, self._total)
            self._report.progress(self._done, self._total, "packages")
