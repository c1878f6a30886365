"""Measure size and age of environments in the background, slowly, so that other work is not disturbed."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from ..models import Environment
from .discovery import kept_beside
from .disk_usage import DiskUsage
from .fingerprints import stamp_of
from .history import read_history
from .usage import MAX_TIME, Footprints, UsageRecord

_NAP = 0.002
"""Seconds of work, then of sleep, so that other threads of the process can run."""

_MAX_AGE = 7 * 86400.0
"""Seconds after which an environment is measured again although its stamp has not changed: packages may have been
added to the cache or removed from it, and programs may have written into the prefix."""

_UNSETTLED = ""
"""Instead of a stamp: the last change was so recent that another one could go unnoticed."""

_PYTHON = re.compile(r"python[0-9.]+t?")


class UsageScanner:
    """Measures new and changed environments, one after the other. For use by one thread at a time.

    Args:
        footprints: stores the results.
    """

    def __init__(self, footprints: Footprints) -> None:
        self._footprints = footprints
        self._round: Iterator[None] | None = None
        self._fresh: dict[str, UsageRecord] = {}

    def measure(self, environments: Collection[Environment]) -> None:
        """Measure all new and changed environments without pauses."""
        try:
            for _ in self._go_round(environments):
                pass
        finally:
            self._save(environments)

    def work(self, environments: Collection[Environment], seconds: float) -> bool:
        """Continue measuring for some time, with pauses.

        Args:
            environments: the current ones; a new one is measured in the next round.
            seconds: when to stop, even in the middle of an environment; the next call continues from there.

        Returns:
            Whether there is more to do.
        """
        end = (rested := time.monotonic()) + seconds
        self._round = self._round or self._go_round(environments)
        try:
            for _ in self._round:
                if (now := time.monotonic()) > end:
                    return True
                if now > rested + _NAP:
                    time.sleep(_NAP)
                    rested = time.monotonic()
            self._round = None
        finally:
            self._save(environments)
        return False

    def _go_round(self, environments: Collection[Environment]) -> Iterator[None]:
        for environment in environments:
            known = self._footprints.records().get(environment.id)
            if known is None or _is_outdated(known):
                yield from self._measure(environment)
            yield

    def _measure(self, environment: Environment) -> Iterator[None]:
        prefix = os.path.realpath(environment.prefix)
        kept = kept_beside(prefix)
        folders = (*_telling_folders(prefix), *_folders_of_kept(kept))
        stamp = _stamp(prefix, folders)  # taken first, so that a change meanwhile is measured again
        usage = DiskUsage(prefix, kept)
        yield from usage.steps()
        if os.path.isdir(f"{prefix}/conda-meta"):
            self._fresh[environment.id] = UsageRecord(
                prefix=os.fsencode(prefix),
                folders=folders,
                stamp=stamp,
                own_bytes=usage.own,
                shared_bytes=usage.shared,
                charged_bytes=usage.charged,
                measured=time.time(),
                created=_created(prefix),
            )

    def _save(self, environments: Collection[Environment]) -> None:
        if self._fresh:
            self._footprints.save(self._fresh, environments)
            self._fresh = {}


def _is_outdated(record: UsageRecord) -> bool:
    """Return whether an environment must be measured again, but not while it is still changing."""
    prefix = os.fsdecode(record.prefix)
    stamp = _stamp(prefix, record.folders)
    has_changed = stamp not in {_UNSETTLED, record.stamp}
    has_changed |= [folder for folder in record.folders if folder[:3] == "../"] != _folders_of_kept(kept_beside(prefix))
    return has_changed or not 0 <= time.time() - record.measured < _MAX_AGE


def _stamp(prefix: str, folders: Sequence[str]) -> str:
    now = time.time_ns()
    stamps = [stamp_of(f"{prefix}/{folder}", now) for folder in folders]
    return _UNSETTLED if None in stamps else "-".join(f"{stamp:x}" for stamp in stamps)


def _telling_folders(prefix: str) -> tuple[str, ...]:
    """Return the folders, relative to the prefix, whose time stamps change when conda, pip or R change it."""
    try:
        with os.scandir(f"{prefix}/lib") as entries:
            pythons = sorted(entry.name for entry in entries if _is_python(entry))
    except OSError:
        pythons = []
    return ("conda-meta", *(f"lib/{name}/site-packages" for name in pythons), "lib/R/library")


def _folders_of_kept(paths: Iterable[str]) -> list[str]:
    """Return the same folders of versions that are kept beside an environment."""
    return [f"../{os.path.basename(path)}/conda-meta" for path in paths]


def _is_python(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a python folder; not a link, such as conda's python3.1 to python3.10."""
    return _PYTHON.fullmatch(entry.name) is not None and entry.is_dir(follow_symlinks=False)


def _created(prefix: str) -> float | None:
    """Return the time of the first entry of the history, or else of the oldest package record."""
    revisions = read_history(Path(prefix))
    if revisions and (first := revisions[0].time) is not None:
        return _datable(first)
    try:
        with os.scandir(f"{prefix}/conda-meta") as entries:
            times = [entry.stat().st_mtime for entry in entries if entry.name.endswith(".json")]
    except OSError:
        return None
    return _datable(min(times)) if times else None


def _datable(seconds: float) -> float:
    return min(max(seconds, 0.0), MAX_TIME)
