"""Facts -> words: sizes, times, progress, and text that a terminal can be given."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timezone

from ..models import Progress, ProgressUnit, size


def printable(text: str) -> str:
    """Return the text without what would move the cursor or hide something: such characters are spelled out."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def width_of(text: str) -> int:
    """Return the columns that a printable text takes on a terminal."""
    return sum(_width_of(char) for char in text)


def _width_of(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:  # accents that stand on the character before
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def wrapped(text: str, width: int) -> list[str]:
    """Return the text in lines of at most so many columns, broken between words where that can be."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if width_of(joined) <= width:
            lines[-1] = joined
        else:
            lines += _pieces(word, width)
    return [line for line in lines if line] or [""]


def _pieces(word: str, width: int) -> list[str]:
    pieces = [""]
    for char in word:
        if width_of(pieces[-1]) + _width_of(char) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces


def duration(seconds: float) -> str:
    """Return seconds as ``0:07`` or ``1:02:03``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment(when: float) -> str:
    """Return seconds since the epoch as local time, to the minute."""
    return f"{datetime.fromtimestamp(when, timezone.utc).astimezone():%Y-%m-%d %H:%M}"


def day(when: float) -> str:
    """Return seconds since the epoch as local date."""
    return moment(when).partition(" ")[0]


def amount(progress: Progress) -> str:
    """Return how far it is: ``12.3 of 40.2 MB``, ``3 of 17 packages``, or without ``of`` while the total is unknown."""
    done, total, unit = progress.done, progress.total, progress.unit
    if unit == "bytes":
        return size(done) if total is None else f"{size(done)} of {size(total)}"
    return f"{done} {unit}" if total is None else f"{done} of {total} {unit}"


def rate(unit: ProgressUnit, per_second: float | None) -> str:
    """Return how fast it goes; empty while that is unknown."""
    if per_second is None:
        return ""
    return f"{size(per_second)}/s" if unit == "bytes" else f"{per_second:.0f} {unit}/s"
