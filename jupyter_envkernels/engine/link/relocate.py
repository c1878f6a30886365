"""Content that holds the path of its prefix -> the same for another prefix. Pure."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ...errors import LinkFailed

PLACEHOLDER = 255
"""Length of the prefix for which packages are built: no other one can be longer (conda-build's documentation)."""

_SHEBANG = 127
"""Bytes that every Linux takes as the first line of a script."""


class Relocator:
    """Puts one prefix into the place of another.

    Args:
        old: the prefix that the content holds.
        new: the one that it is to hold.
    """

    def __init__(self, old: Path, new: Path) -> None:
        self.old, self.new = os.fsencode(old), os.fsencode(new)
        # the prefix itself, and not one whose name only begins like it
        self._in_text = re.compile(re.escape(self.old) + rb"(?![\w+~@%\x80-\xff-]|\.\w)")

    def text(self, data: bytes) -> bytes | None:
        """Return text for the new prefix; None where it does not hold the old one."""
        if not self._in_text.search(data):
            return None
        return _startable(self._in_text.sub(lambda _: self.new, data), self.new)

    def binary(self, data: bytes) -> bytes:
        """Return strings that end with NUL for the new prefix, such that nothing behind them moves.

        There is room: each was written for a placeholder of :data:`PLACEHOLDER` bytes, and filled up with NULs.

        Raises:
            LinkFailed: there is none after all.
        """
        parts = []
        rest = 0
        while (found := data.find(self.old, rest)) >= 0:
            end = data.find(b"\0", found)
            end = len(data) if end < 0 else end
            text = data[found:end]
            filling = text.count(self.old) * (PLACEHOLDER - len(self.old))
            if data[end : end + filling] != b"\0" * filling:
                filling = 0
            fitted = text.replace(self.old, self.new)
            if len(fitted) > len(text) + filling:
                raise LinkFailed("A program of it has no room for the longer path.", remedy="Choose a shorter one.")
            parts += [data[rest:found], fitted.ljust(len(text) + filling, b"\0")]
            rest = end + filling
        return b"".join([*parts, data[rest:]])


def _startable(data: bytes, prefix: bytes) -> bytes:
    """A script whose first line is too long or has a blank in its path is started by the shell, as conda and pip do.

    The second line is a comment to Python: a string in three quotes.
    """
    line, newline, rest = data.partition(b"\n")
    program = line.removeprefix(b"#!")
    is_short = len(line) <= _SHEBANG and b" " not in prefix
    if line == program or not program.startswith(prefix) or is_short or not _is_python(program):
        return data
    return b"#!/bin/sh\n'''exec' \"" + program.strip() + b'" "$0" "$@"\n' + b"' '''" + newline + rest


def _is_python(program: bytes) -> bool:
    """A path of a Python without arguments; all else is rare, and left alone."""
    return re.fullmatch(rb"python[\d.]*", program.rpartition(b"/")[2].strip()) is not None
