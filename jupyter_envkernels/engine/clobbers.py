"""Paths that two packages of an environment bring.

The engine links the file of one of them, and keeps that of the other under ``__clobbers__``, by the same path: should
the first package go, the second one's file takes its place. Records tell of it (``original_path``); nobody else does.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import LinkFailed

FOLDER = "__clobbers__"
_TOLD = 5
"""Paths of one pair of packages that are named."""


class Conflict(NamedTuple):
    """One path of two packages: the name of the one whose file is there, and of the other."""

    used: str
    other: str
    path: str


def conflicts(prefix: Path) -> set[Conflict]:
    """All of a prefix; none of one that is absent.

    Raises:
        OSError: a record cannot be read.
        ValueError: a record is none.
    """
    if not (prefix / FOLDER).is_dir():
        return set()
    records = [json.loads(path.read_bytes()) for path in (prefix / "conda-meta").glob("*.json")]
    lost = [(record["name"], path) for record in records for path in _displaced(record)]
    paths = {path for _, path in lost}
    owners = {path: record["name"] for record in records for path in record.get("files") or () if path in paths}
    return {Conflict(owners[path], name, path) for name, path in lost if path in owners}


def _displaced(record: Any) -> Iterator[str]:
    for entry in (record.get("paths_data") or {}).get("paths") or ():
        if entry.get("_path", "").startswith(f"{FOLDER}/") and entry.get("original_path"):
            yield entry["original_path"]


def settle(prefix: Path, known: Collection[Conflict], *, prevent: bool) -> list[str]:
    """Look for conflicts in a prefix whose packages have just been linked; delete empty folders that earlier ones left.

    Args:
        prefix: where they were linked.
        known: conflicts that need not be told of.
        prevent: they are failures: conda's ``path_conflict`` says so.

    Returns:
        Sentences for the log.

    Raises:
        LinkFailed: there are some, and they are failures.
    """
    new = conflicts(prefix) - set(known)
    sentences = list(_sentences(new))
    if sentences and prevent:
        raise LinkFailed(sentences[0], remedy="Leave out one of them, or set conda's path_conflict to warn.")
    for folder, _, _ in os.walk(prefix / FOLDER, topdown=False):
        with suppress(OSError):  # it is not empty
            Path(folder).rmdir()
    return sentences


def _sentences(found: Collection[Conflict]) -> Iterator[str]:
    for used, other in sorted({(conflict.used, conflict.other) for conflict in found}):
        paths = sorted(path for one, two, path in found if (one, two) == (used, other))
        rest = f" and {len(paths) - _TOLD} more" if len(paths) > _TOLD else ""
        named = ", ".join(paths[:_TOLD]) + rest
        yield f"Path conflict: {used} and {other} both bring {named}; what {used} brings is used."
