"""Time stamps by which a file or folder is known to be unchanged."""

from __future__ import annotations

import os

SETTLE_NS = 2_000_000_000
"""A time stamp so young is not trusted: a change within the same tick of the file system's clock would not show."""

Stamp = int
MISSING: Stamp = 0


def stamp_of(path: str, now: int) -> Stamp | None:
    """Return the state of a file or folder, equal for as long as it is unchanged; None where that cannot be told.

    Args:
        path: where nothing is, the stamp is :data:`MISSING`.
        now: nanoseconds since the epoch, taken before the first look.
    """
    try:
        return settled(os.stat(path), now)
    except OSError:
        return MISSING


def settled(status: os.stat_result, now: int) -> Stamp | None:
    """Return the stamp of a file whose status is known; None while it is too young."""
    return fingerprint(status) if now - status.st_mtime_ns > SETTLE_NS else None


def fingerprint(status: os.stat_result) -> Stamp:
    """Return the time of the last change and the inode as one number: a file that replaces another may be as old.

    The time is that of the status, which a change of owner or mode moves as well.
    """
    return status.st_ctime_ns << 64 | status.st_ino
