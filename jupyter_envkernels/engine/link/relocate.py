"""Replace the prefix in the content of files. No I/O."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ...errors import LinkFailed

PLACEHOLDER = 255
"""Length of the placeholder prefix in packages, which no prefix can exceed (conda-build's documentation)."""

_SHEBANG = 127
"""Maximum length of the first line of a script in bytes on every Linux."""


class Relocator:
    """Replaces one prefix by another.

    Args:
        old: the prefix in the content.
        new: its replacement.
    """

    def __init__(self, old: Path, new: Path) -> None:
        self.old, self.new = os.fsencode(old), os.fsencode(new)
        # not a longer path that only begins like the prefix
        self._in_text = re.compile(re.escape(self.old) + rb"(?![\w+~@%\x80-\xff-]|\.\w)")

    def text(self, data: bytes) -> bytes | None:
        """Return text with the new prefix; None if it does not contain the old one."""
        if not self._in_text.search(data):
            return None
        return _startable(self._in_text.sub(lambda _: self.new, data), self.new)

    def binary(self, data: bytes) -> bytes:
        """Return binary content with the new prefix in its NUL-terminated strings, of the same length.

        There is room, because packages are built with a placeholder of :data:`PLACEHOLDER` bytes, padded with NULs.

        Raises:
            LinkFailed: a string has no room.
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
                raise LinkFailed("A binary file has no room for the longer path.", remedy="Choose a shorter path.")
            parts += [data[rest:found], fitted.ljust(len(text) + filling, b"\0")]
            rest = end + filling
        return b"".join([*parts, data[rest:]])


def _startable(data: bytes, prefix: bytes) -> bytes:
    """Start a Python script by the shell, if its first line is too long or has a blank, as conda and pip do.

    To Python, the second line is a string in triple quotes.
    """
    line, newline, rest = data.partition(b"\n")
    program = line.removeprefix(b"#!")
    is_short = len(line) <= _SHEBANG and b" " not in prefix
    if line == program or not program.startswith(prefix) or is_short or not _is_python(program):
        return data
    return b"#!/bin/sh\n'''exec' \"" + program.strip() + b'" "$0" "$@"\n' + b"' '''" + newline + rest


def _is_python(program: bytes) -> bool:
    """Return whether a program is a Python without arguments; other scripts are not changed."""
    return re.fullmatch(rb"python[\d.]*", program.rpartition(b"/")[2].strip()) is not None
