"""Paths that two packages of an environment bring, or a package where a person has a file.

The engine links the file of one of them, and keeps that of the other under ``__clobbers__``, by the same path: should
the first package go, the second one's file takes its place. Only records tell of it (``original_path``). A person's
file it replaces without a word: what stands in the environment still comes beside the new one.
"""

from __future__ import annotations

import filecmp
import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ...envs.prefix_data import FilesRecord, PathData, read_records
from ...errors import LinkFailed
from ..messages import first_of
from .folders import BESIDE, name_beside
from .manifest import owned_files
from .tree import share

FOLDER = "__clobbers__"

_TOLD = 5
"""Paths of one pair of packages that are named."""


class PathConflict(NamedTuple):
    """One path of two packages: the name of the one whose file is there, and of the other."""

    used: str
    other: str
    path: str


def conflicts(prefix: Path) -> set[PathConflict]:
    """Return all of a prefix; none of one that is absent.

    Raises:
        InvalidSpec: a record cannot be read.
    """
    if not (prefix / FOLDER).is_dir():
        return set()
    records = [record for _, record in read_records(prefix, FilesRecord[PathData])]
    lost = [(record.name, path) for record in records for path in _displaced(record)]
    paths = {path for _, path in lost}
    owners = {path: record.name for record in records for path in record.files or () if path in paths}
    return {PathConflict(owners[path], name, path) for name, path in lost if path in owners}


def _displaced(record: FilesRecord[PathData]) -> Iterator[str]:
    for entry in record.paths:
        if entry.original_path and entry.path.startswith(f"{FOLDER}/"):
            yield entry.original_path


def settle(prefix: Path, known: Collection[PathConflict], *, prevent: bool) -> list[str]:
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


def _sentences(found: Collection[PathConflict]) -> Iterator[str]:
    for used, other in sorted({(conflict.used, conflict.other) for conflict in found}):
        named = first_of(sorted(path for one, two, path in found if (one, two) == (used, other)), _TOLD)
        yield f"Path conflict: {used} and {other} both bring {named}; what {used} brings is used."


def keep_aside(prefix: Path, copy: Path, *, prevent: bool) -> list[str]:
    """Keep files of a person that packages have replaced in the new version of an environment, beside the new ones.

    Args:
        prefix: the environment as it is.
        copy: its new version, with its packages linked.
        prevent: it is a failure that there are some.

    Returns:
        Sentences for the log.

    Raises:
        LinkFailed: there are some, and they are failures.
        OSError: one cannot be kept.
    """
    owned = owned_files(copy)
    found: dict[str, list[str]] = {}
    for place in owned.keys() - owned_files(prefix).keys():
        if not place.endswith(".pyc") and _differ(prefix / place, copy / place):
            found.setdefault(owned[place].record.rsplit("-", 2)[0], []).append(place)
    if prevent and found:
        name, places = min(found.items())
        raise LinkFailed(
            f"Path conflict: {name} brings {first_of(sorted(places), _TOLD)}, where files are that no package owns.",
            remedy="Put them elsewhere, or set conda's path_conflict to warn.",
        )
    for place in (place for places in found.values() for place in places):
        _keep(prefix / place, name_beside(copy / place))
    return [
        f"Path conflict: {name} brings {first_of(sorted(places), _TOLD)}, where files of yours were; yours are kept "
        f"beside its own, with {BESIDE} in the name."
        for name, places in sorted(found.items())
    ]


def _differ(mine: Path, theirs: Path) -> bool:
    """A file or link of a person is not what a package brings."""
    if mine.is_symlink():
        return not theirs.is_symlink() or mine.readlink() != theirs.readlink()
    return mine.is_file() and (theirs.is_symlink() or not filecmp.cmp(mine, theirs, shallow=False))


def _keep(mine: Path, target: Path) -> None:
    if mine.is_symlink():
        target.symlink_to(mine.readlink())
    else:
        share(str(mine), str(target))
