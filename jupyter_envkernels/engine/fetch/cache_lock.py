"""The package cache's lock, and what killed processes leave. Without the engine, so that a server can look as well."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LOCK = ".cache.lock"

_ABANDONED = 24 * 3600.0
"""Seconds without a write after which a temporary file is left over."""


def is_in_use(folder: Path) -> bool:
    """Return whether an installation is at work in the cache, which it has for itself meanwhile."""
    try:
        with (folder / _LOCK).open("r+b") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # it was never used, or only the engine can say what the matter is
        return False
    return False


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Have the cache for oneself, when the installations that are at work in it now are done."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("a+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def wait_for_cache(folder: Path) -> None:
    """Return when the installations that are at work in the cache now are done."""
    with suppress(OSError), held(folder):
        pass


def sweep_packages(folder: Path) -> int:
    """Delete half-extracted packages, unless some process is at work in the cache.

    Returns:
        How many there were.
    """
    try:
        held = (folder / _LOCK).open("r+b")
    except OSError:  # it was never used, or it is not ours to sweep
        return 0
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)  # rattler's own, held for the whole of an installation
        except OSError:
            return 0
        leftovers = [Path(entry) for entry in os.scandir(folder) if entry.name.startswith(".") and entry.is_dir()]
        for leftover in leftovers:
            shutil.rmtree(leftover, ignore_errors=True)
    return len(leftovers)


def sweep_repodata(folder: Path) -> None:
    """Delete halves of downloads: a file that is so old is not written any more."""
    old = time.time() - _ABANDONED
    for leftover in folder.glob(".tmp*"):
        with suppress(OSError):
            if leftover.stat().st_mtime < old:
                leftover.unlink()
