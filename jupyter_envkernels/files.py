"""Read files that other accounts could have made: regular files only, bounded, and without ever blocking on a pipe."""

from __future__ import annotations

import errno
import os
import stat

_CHUNK = 1 << 20


class UnsafeFile(OSError):
    """A path leads to no regular file, or to one that is larger than it may be."""


def read_file(path: str | os.PathLike[str], limit: int) -> bytes:
    """Read a regular file.

    Args:
        path: of the file; links are followed.
        limit: bytes that it may have.

    Raises:
        UnsafeFile: it is a pipe, a device or the like, or larger than the limit.
        OSError: it cannot be opened or read.
    """
    return read_with_status(path, limit)[0]


def read_with_status(path: str | os.PathLike[str], limit: int) -> tuple[bytes, os.stat_result]:
    """Read a regular file as :func:`read_file` does; return its content and the status of just that file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnsafeFile(errno.EINVAL, "It is no regular file", os.fspath(path))
        data = _read(descriptor, limit)
        if len(data) > limit:
            raise UnsafeFile(errno.EFBIG, f"It has more than {limit:,} bytes", os.fspath(path))
    finally:
        os.close(descriptor)
    return data, status


def _read(descriptor: int, limit: int) -> bytes:
    """Read to the end, but at most one byte more than the limit: the size in the status may be out of date."""
    chunks: list[bytes] = []
    left = limit + 1
    while left > 0 and (chunk := os.read(descriptor, min(left, _CHUNK))):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)
