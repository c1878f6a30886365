"""Read the progress of the ``pip:`` section from the output of uv and pip.

uv prints the total at once (``Resolved 5 packages in 12ms``), names large packages when they are downloaded or built,
and counts the others together (``Prepared 3 packages``, ``Installed 3 packages``). pip discovers packages one by one
(``Collecting NAME``), and knows the total when it begins to install.
"""

from __future__ import annotations

import re

from ..backend import Report

_COUNT = re.compile(r"(?P<word>Resolved|Prepared|Installed|Checked|Audited) (?P<count>\d+) packages? in ")
_READY = re.compile(r"\s+(Downloaded|Built) (?P<name>[\w.-]+)")
_COLLECTING = re.compile(r"Collecting (?P<name>[\w.-]+)")
_COLLECTED = "Installing collected packages: "


class PipProgress:
    """The progress of one run of an installer.

    Args:
        report: gets the progress.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._names: set[str] = set()
        self._done = 0
        self._total: int | None = None
        self._reported: tuple[int, int | None] = (0, None)

    def follow(self, line: str) -> None:
        """Read a line of the output."""
        if found := _COUNT.match(line):
            self._count(found["word"], int(found["count"]))
        elif found := _READY.match(line):
            if self._total is not None:  # else it is built only to read its metadata
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
        elif self._total is None:  # nothing was resolved: all requirements are satisfied
            self._total = count
            self._reach(count)
        else:
            self._reach(self._total)

    def _ready(self, name: str) -> None:
        """Count a package that is ready, but leave the last one to a summary line."""
        self._names.add(re.sub(r"[-_.]+", "-", name).lower())
        most = len(self._names) if self._total is None else self._total - 1
        self._reach(min(len(self._names), most))

    def _reach(self, done: int) -> None:
        self._done = max(self._done, done)
        if (self._done, self._total) != self._reported:
            self._reported = (self._done, self._total)
            self._report.progress(self._done, self._total, "packages")
