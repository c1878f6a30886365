"""Detect whether a file or folder has changed, by its time stamp and inode."""

from __future__ import annotations

import os

SETTLE_NS = 2_000_000_000
"""Newer time stamps are not relied on: a change within the same tick of the file system's clock would not show."""

Stamp = int
MISSING: Stamp = 0


def stamp_of(path: str, now: int) -> Stamp | None:
    """Return a stamp that is equal while a file or folder is unchanged; None if that cannot be guaranteed yet.

    Args:
        path: if it does not exist, the stamp is :data:`MISSING`.
        now: nanoseconds since the epoch, taken before the file is read.
    """
    try:
        return settled(os.stat(path), now)
    except OSError:
        return MISSING


def current_stamp(path: str) -> Stamp:
    """Return the stamp that a file or folder has now, however new, to compare it with an earlier one."""
    try:
        return fingerprint(os.stat(path))
    except OSError:
        return MISSING


def settled(status: os.stat_result, now: int) -> Stamp | None:
    """Return the stamp of a file whose status is known; None while it is too new."""
    return fingerprint(status) if now - status.st_mtime_ns > SETTLE_NS else None


def fingerprint(status: os.stat_result) -> Stamp:
    """Return ctime and inode as one number; the inode, because a file that replaces another may have the same time.

    Unlike mtime, ctime also changes with owner and mode.
    """
    return status.st_ctime_ns << 64 | status.st_ino
