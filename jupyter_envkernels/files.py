"""Read files that other accounts may have made: regular files only, of limited size, and without blocking on a pipe."""

from __future__ import annotations

import errno
import os
import stat

_CHUNK = 1 << 20


class UnsafeFile(OSError):
    """The path is not a regular file, or the file is too large."""


def read_file(path: str | os.PathLike[str], limit: int) -> bytes:
    """Read a regular file.

    Args:
        path: of the file; links are followed.
        limit: largest size in bytes.

    Raises:
        UnsafeFile: it is a pipe, a device or the like, or larger than the limit.
        OSError: it cannot be opened or read.
    """
    return read_with_status(path, limit)[0]


def read_head(path: str | os.PathLike[str], length: int) -> bytes:
    """Read the beginning of a regular file of any size.

    Raises:
        UnsafeFile: it is a pipe, a device or the like.
        OSError: it cannot be opened or read.
    """
    descriptor, _ = _open(path)
    try:
        return _read(descriptor, length)
    finally:
        os.close(descriptor)


def read_with_status(path: str | os.PathLike[str], limit: int) -> tuple[bytes, os.stat_result]:
    """Read a regular file as :func:`read_file` does; return its content and the status of the opened file."""
    descriptor, status = _open(path)
    try:
        if status.st_size <= limit:
            data = os.read(descriptor, status.st_size + 1)
            if len(data) != status.st_size:  # the file has grown, or this read was short
                data += _read(descriptor, limit + 1 - len(data))
            if len(data) <= limit:
                return data, status
        raise UnsafeFile(errno.EFBIG, f"It has more than {limit:,} bytes", os.fspath(path))
    finally:
        os.close(descriptor)


def _open(path: str | os.PathLike[str]) -> tuple[int, os.stat_result]:
    """Open a regular file; return its descriptor and status."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
        raise UnsafeFile(errno.EINVAL, "It is not a regular file", os.fspath(path))
    return descriptor, status


def _read(descriptor: int, length: int) -> bytes:
    """Read to the end, but at most ``length`` bytes."""
    chunks: list[bytes] = []
    left = length
    while left > 0 and (chunk := os.read(descriptor, min(left, _CHUNK))):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)
