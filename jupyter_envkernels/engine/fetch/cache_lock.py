"""Lock the package cache, and clean it after killed processes. Imports no rattler, so that the server can use it."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LOCK = ".cache.lock"

_ABANDONED = 24 * 3600.0
"""Seconds without a write after which a temporary file is deleted."""


def is_in_use(folder: Path) -> bool:
    """Return whether an installation holds the cache's lock."""
    try:
        with (folder / _LOCK).open("r+b") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # the cache was never used, or the engine will report the error
        return False
    return False


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the cache's lock, after other installations have released it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("a+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def wait_for_cache(folder: Path) -> None:
    """Wait until the installations that hold the cache's lock now are done."""
    with suppress(OSError), held(folder):
        pass


def packages_in(folder: Path) -> list[Path]:
    """Return the folders of the packages in the cache; half-extracted ones are hidden."""
    with suppress(OSError), os.scandir(folder) as entries:
        found = [each for each in entries if each.is_dir(follow_symlinks=False) and not each.name.startswith(".")]
        return sorted(Path(each.path) for each in found)
    return []


def mark_file(entry: Path) -> Path:
    """Return rattler's lock file beside a package: a revision number and the archive's hash (``cache_lock.rs``)."""
    return entry.with_name(f"{entry.name}.lock")


def take_out(entry: Path) -> None:
    """Remove a folder from the cache, whose lock the caller holds.

    If it cannot be deleted now, :func:`sweep_packages` deletes it later.
    """
    if entry.exists():
        folder = Path(tempfile.mkdtemp(prefix=f".{entry.name}", dir=entry.parent))
        entry.rename(folder / entry.name)
        shutil.rmtree(folder, ignore_errors=True)


def sweep_packages(folder: Path) -> int:
    """Delete half-extracted packages, unless an installation holds the lock.

    Returns:
        How many there were.
    """
    try:
        held = (folder / _LOCK).open("r+b")
    except OSError:  # the cache was never used, or belongs to another account
        return 0
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)  # rattler holds it during a whole installation
        except OSError:
            return 0
        leftovers = [Path(entry) for entry in os.scandir(folder) if entry.name.startswith(".") and entry.is_dir()]
        for leftover in leftovers:
            shutil.rmtree(leftover, ignore_errors=True)
    return len(leftovers)


def sweep_repodata(folder: Path) -> None:
    """Delete partial downloads of repodata that are too old to be still written."""
    old = time.time() - _ABANDONED
    for leftover in folder.glob(".tmp*"):
        with suppress(OSError):
            if leftover.stat().st_mtime < old:
                leftover.unlink()
