"""Tables for people: aligned, and readable on a narrow terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from .texts import printable, width_of, wrapped

_GAP = "  "
_NARROWEST = 20
"""Columns below which a cell is not wrapped."""

Row = Sequence[str]


def table(header: Row, rows: Iterable[Row], *, right: Iterable[int] = (), width: int | None = None) -> str:
    """Lay a table out.

    One line a row where there is room. Else the last cell of a row stands below it, and the widest column is wrapped;
    where even that has no room, each cell has a line of its own.

    Args:
        header: names of the columns, at least two.
        rows: cells, as many as the header has.
        right: columns whose cells are numbers.
        width: columns of the terminal; None for one that has no end, as a file has.
    """
    cells = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(width_of, column)) for column in zip(header, *cells, strict=True)]
    numbers = frozenset(right)
    if width is None or _total(widths) <= width:
        return _joined(line for row in [header, *cells] for line in _lines(row, widths, numbers))
    narrow = _narrowed(widths[:-1], width)
    if narrow is None:
        return _joined(_stacked(header, cells))
    return _joined([*_lines(header[:-1], narrow, numbers), *_with_last_below(cells, narrow, numbers)])


def terminal_width() -> int | None:
    """Columns of the terminal that standard output is; None where it is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _narrowed(widths: Sequence[int], width: int) -> list[int] | None:
    """The widths, the greatest of them reduced until all have room; None where it would be too narrow."""
    greatest = max(range(len(widths)), key=widths.__getitem__)
    room = widths[greatest] + width - _total(widths)
    if room < min(_NARROWEST, widths[greatest]):
        return None
    return [min(room, known) if place == greatest else known for place, known in enumerate(widths)]


def _lines(row: Row, widths: Sequence[int], numbers: frozenset[int]) -> Iterator[str]:
    """The lines of one row; more than one where a cell is wrapped."""
    columns = [wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
    for parts in zip_longest(*columns, fillvalue=""):
        padded = [
            _padded(part, width, right=place in numbers)
            for place, (part, width) in enumerate(zip(parts, widths, strict=True))
        ]
        yield _GAP.join(padded)


def _padded(text: str, width: int, *, right: bool) -> str:
    blank = " " * (width - width_of(text))
    return blank + text if right else text + blank


def _with_last_below(cells: Iterable[Row], widths: Sequence[int], numbers: frozenset[int]) -> Iterator[str]:
    for row in cells:
        yield from _lines(row[:-1], widths, numbers)
        yield _GAP + row[-1]


def _stacked(header: Row, cells: Iterable[Row]) -> Iterator[str]:
    for row in cells:
        yield row[0]
        for name, cell in zip(header[1:], row[1:], strict=True):
            yield f"{_GAP}{name.lower()}: {cell}" if cell else ""


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(filter(None, (line.rstrip() for line in lines)))
