"""Categories of a conda-lock.yml: what ``conda-lock install`` leaves out unless it is asked for it.

Format: https://conda.github.io/conda-lock/output/. An entry has ``category: NAME``, in newer files ``categories``, a
list; without either it is of ``main``. Programs write these files, each key on a line of its own: no YAML is read here,
which would take seconds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from .text import lines_of

_INSTALLED = {"main", "dev"}
_LIST = re.compile(r"package: *(#.*)?")
_ENTRY = re.compile(r"(?P<indent> *)-(?P<space> +)\S")
_KEYS = ("category", "categories", "platform")
_WORD = re.compile(r"\w[\w.-]*")


class Required(NamedTuple):
    """A lock file without the entries that are not installed, lines kept; how many of a platform each category had."""

    text: str
    left_out: Counter[str]


def required(text: str, platform: str) -> Required:
    """Take out of a conda-lock.yml what is of other categories than ``main`` and ``dev``.

    Args:
        text: of the lock file; in another format nothing is found.
        platform: whose packages are counted.
    """
    lines = lines_of(text)
    left_out: Counter[str] = Counter()
    for start, end in _entries(lines):
        values = _values(lines[start:end])
        categories = values.get("categories") or values.get("category") or ["main"]
        if not _INSTALLED.intersection(categories):
            lines[start:end] = [""] * (end - start)
            left_out.update(categories if values.get("platform") == [platform] else ())
    return Required("\n".join(lines), left_out) if left_out else Required(text, left_out)


def _entries(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Where each entry of the list begins and ends."""
    first = next((number for number, line in enumerate(lines, 1) if _LIST.fullmatch(line)), len(lines))
    mark = next((found["indent"] + "-" for line in lines[first:] if (found := _ENTRY.match(line))), "-")
    last = next((n for n in range(first, len(lines)) if lines[n][:1] not in ("", " ", "#", "-")), len(lines))
    starts = [number for number in range(first, last) if lines[number].startswith(f"{mark} ")]
    return list(zip(starts, [*starts[1:], last], strict=False))


def _values(lines: Sequence[str]) -> dict[str, list[str]]:
    """The keys of an entry, each with the words behind it and in the lines that belong to it."""
    found = _ENTRY.match(lines[0])
    width = len(found[0]) - 1 if found else 0
    values: dict[str, list[str]] = {}
    belonging: list[str] = []
    for line in [" " * width + lines[0][width:], *lines[1:]]:
        if line[width : width + 1] in ("", " ", "-", "#"):
            belonging.append(line)
        else:
            key, _, value = line[width:].partition(":")
            values[key] = belonging = [value.partition(" #")[0]]
    return {key: _WORD.findall(" ".join(values[key])) for key in _KEYS if key in values}
