"""Summarize the output of a failed program in one line: the exception of a Python program, or the last line. No I/O."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

_ERROR = re.compile(r"(?P<head>(?:\w+\.)*\w*(?:Error|Exception|Warning|Exit|Interrupt))(?::(?P<text>.*))?")
_FILE = re.compile(r'\s+File "(?P<path>/[^"]+)", line \d+')
_TRACEBACK = "Traceback (most recent call last):"


def last_words(output: Sequence[str], code: int) -> str:
    """Return the reason of a failure in one line.

    The message of an exception may begin and end with empty lines.

    Args:
        output: lines that the program printed.
        code: its exit code.
    """
    for number in range(len(output) - 1, -1, -1):
        if found := _ERROR.fullmatch(output[number].strip()):
            said = (found["text"] or "").strip() or next(filter(None, map(str.strip, output[number + 1 :])), "")
            return f"{found['head']}: {said}" if said else found["head"]
    return next(filter(None, map(str.strip, reversed(output))), f"exit code {code}")


def foreign_part(output: Sequence[str], prefix: Path) -> str:
    """Return a hint on a file outside of the environment in the last traceback; empty if there is none.

    Args:
        output: lines that a Python program printed that was run in isolated mode.
        prefix: the environment.
    """
    homes = {f"{prefix}/", f"{os.path.realpath(prefix)}/"}
    starts = [number for number, line in enumerate(output) if line.strip() == _TRACEBACK]
    named = map(_FILE.match, output[starts[-1] :] if starts else ())
    paths = [found["path"] for found in named if found and not found["path"].startswith(tuple(homes))]
    if not paths:
        return ""
    return (
        f"{paths[-1]} is outside of the environment; an editable install or another .pth file adds it. "
        "Correct it, or uninstall the package that adds it."
    )
