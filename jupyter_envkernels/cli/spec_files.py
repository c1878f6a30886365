"""Read the files that verbs get as specs."""

from __future__ import annotations

import sys
from pathlib import Path

from ..errors import NotFound


def read_file(file: str) -> bytes:
    """Read a file, or what a web server has at a URL; ``-`` is standard input.

    Raises:
        NotFound: it cannot be read.
    """
    if file == "-":
        return sys.stdin.buffer.read()
    if _is_url(file):
        from .download import download  # noqa: PLC0415 - slow to import, and not needed for files

        return download(file)
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise NotFound(f"{file} cannot be read: {error.strerror}.") from error


def folder_of(file: str) -> Path | None:
    """Return the folder of a file, the base of relative paths in it; None for a URL, which may name no files here."""
    if _is_url(file):
        return None
    return Path.cwd() if file == "-" else Path(file).absolute().parent


def _is_url(file: str) -> bool:
    return file.startswith(("https://", "http://"))
