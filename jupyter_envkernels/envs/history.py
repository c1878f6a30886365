"""Read revisions from ``conda-meta/history``, conda's record of requests and changes, as conda does.

Format: ``History.parse`` and ``History.construct_states`` in conda's ``history.py``. An entry begins with a line
``==> time <==``. Its comments have the command and the specs; all other lines name packages. If at least one of them
begins with ``+`` or ``-`` they are changes, else they are all packages: an entry without any is an empty environment.
"""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from ..files import read_file
from ..models import Revision
from ..specs import conda_name, without_credentials

_MAX_BYTES = 32 * 1024 * 1024
"""Largest history that is read; conda writes some hundred bytes a change."""

_HEAD = re.compile(r"==>\s*(?P<time>.+?)\s*<==")
_COMMAND = re.compile(r"#\s*cmd:\s*(?P<command>.+)")
_SPECS = re.compile(r"#\s*(?P<action>\w+)\s*specs:\s*(?P<specs>.+)")
_ACTIONS = {
    "update": "update",
    "install": "update",
    "create": "update",
    "remove": "remove",
    "uninstall": "remove",
    "neutered": "neutered",
}
_RELATION = re.compile(r"(==?|!=|~=|[<>]=?)[^\s=<>!~]\S*")


@dataclass(slots=True)
class _HistoryEntry:
    """One entry, as written."""

    time: str
    comments: list[str] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)

    def after(self, before: frozenset[str]) -> frozenset[str]:
        """Return the packages after this entry."""
        added = {line[1:] for line in self.packages if line.startswith("+")}
        removed = {line[1:] for line in self.packages if line.startswith("-")}
        return before - removed | added if added or removed else frozenset(self.packages)


def read_history(prefix: Path) -> tuple[Revision, ...]:
    """Return the revisions of an environment, oldest first, as ``conda list --revisions`` numbers them.

    Credentials are removed. Invalid lines are skipped; if the history cannot be read there are no revisions.
    """
    found: list[Revision] = []
    packages: frozenset[str] = frozenset()
    for entry in _entries(_lines(prefix)):
        before, packages = packages, entry.after(packages)
        found.append(_revision(len(found), entry, before, packages))
    return tuple(found)


def requested_specs(revisions: Iterable[Revision]) -> dict[str, str]:
    """Return the requested match specs after the last of these revisions, by package.

    As in conda, entries without a command do not count, and a later spec replaces an earlier one.
    """
    specs: dict[str, str] = {}
    for revision in revisions:
        if revision.command:
            for spec in revision.remove_specs:
                specs.pop(conda_name(spec), None)
            specs.update((conda_name(spec), spec) for spec in (*revision.specs, *revision.neutered_specs))
    return specs


def _lines(prefix: Path) -> list[str]:
    try:
        text = read_file(f"{prefix}/conda-meta/history", _MAX_BYTES).decode(errors="replace")
    except OSError:
        return []
    return [line.strip() for line in without_credentials(text).splitlines()]


def _entries(lines: Iterable[str]) -> Iterator[_HistoryEntry]:
    entry: _HistoryEntry | None = None
    for line in lines:
        head = _HEAD.match(line)
        if head:
            if entry:
                yield entry
            entry = _HistoryEntry(head["time"])
        elif entry and line:
            (entry.comments if line.startswith("#") else entry.packages).append(line)
    if entry:
        yield entry


def _revision(number: int, entry: _HistoryEntry, before: frozenset[str], after: frozenset[str]) -> Revision:
    command = ""
    specs: dict[str, tuple[str, ...]] = {}
    for comment in entry.comments:  # the last of each kind counts
        if found := _COMMAND.match(comment):
            command = found["command"]
        elif (found := _SPECS.match(comment)) and found["action"] in _ACTIONS and (listed := _listed(found["specs"])):
            specs[_ACTIONS[found["action"]]] = listed
    return Revision(
        number=number,
        time=_time(entry.time),
        command=command,
        added=tuple(sorted(after - before)),
        removed=tuple(sorted(before - after)),
        specs=specs.get("update", ()),
        packages=after,
        remove_specs=specs.get("remove", ()),
        neutered_specs=specs.get("neutered", ()),
    )


def _time(text: str) -> float | None:
    """Return seconds since the epoch; None if it is not a date. conda writes local time without a time zone."""
    try:
        seconds = time.mktime(time.strptime(text, "%Y-%m-%d %H:%M:%S"))
        return datetime.fromtimestamp(seconds, timezone.utc).timestamp()
    except (ValueError, OverflowError):
        return None


def _listed(text: str) -> tuple[str, ...]:
    """Return the specs of one line: a Python list, or before conda 4.4 comma-separated words; else none."""
    if text.startswith("["):
        try:
            found = [str(spec) for spec in ast.literal_eval(text)]
        except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
            return ()
    else:
        found = [] if "[" in text else _words(text)
    return tuple(spec for spec in found if spec and not spec.endswith("@"))  # name@ is a feature of old packages


def _words(text: str) -> list[str]:
    """Split ``python >=3,<4,numpy`` into two specs: a part that begins with a relation belongs to the spec before."""
    words: list[str] = []
    for part in text.split(","):
        if words and _RELATION.fullmatch(part):
            words[-1] += f",{part}"
        else:
            words.append(part.strip())
    return words
