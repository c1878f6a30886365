"""Handle path conflicts: files that two packages contain, or a package and the user.

Of two packages, the engine links the file of one, and keeps the other under the same path in ``__clobbers__``: if the
first package is removed, the file of the second replaces it. Only records show this (``original_path``). The engine
overwrites files of the user silently; here they are kept beside the new ones.
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

_NAMED = 5
"""Maximum number of paths that a sentence names."""


class PathConflict(NamedTuple):
    """A path of two packages: the name of the one whose file is used, and of the other."""

    used: str
    other: str
    path: str


def conflicts(prefix: Path) -> set[PathConflict]:
    """Return all path conflicts of packages in a prefix, which may not exist.

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
    """Find new path conflicts after packages were linked, and delete empty folders in ``__clobbers__``.

    Args:
        prefix: where the packages were linked.
        known: conflicts that need not be reported.
        prevent: raise an error, as conda's ``path_conflict: prevent`` says.

    Returns:
        Sentences for the log.

    Raises:
        LinkFailed: there are some, and *prevent* is set.
    """
    new = conflicts(prefix) - set(known)
    sentences = list(_sentences(new))
    if sentences and prevent:
        raise LinkFailed(sentences[0], remedy="Remove one of them, or set conda's path_conflict to warn.")
    for folder, _, _ in os.walk(prefix / FOLDER, topdown=False):
        with suppress(OSError):  # it is not empty
            Path(folder).rmdir()
    return sentences


def _sentences(found: Collection[PathConflict]) -> Iterator[str]:
    for used, other in sorted({(conflict.used, conflict.other) for conflict in found}):
        named = first_of(sorted(path for one, two, path in found if (one, two) == (used, other)), _NAMED)
        yield f"Path conflict: {used} and {other} both contain {named}; that of {used} is used."


def keep_aside(prefix: Path, copy: Path, *, prevent: bool) -> list[str]:
    """Keep files of the user that packages have replaced in a new version of an environment, under other names.

    Args:
        prefix: the environment.
        copy: its new version, with its packages linked.
        prevent: raise an error, as conda's ``path_conflict: prevent`` says.

    Returns:
        Sentences for the log.

    Raises:
        LinkFailed: there are some, and *prevent* is set.
        OSError: a file cannot be kept.
    """
    owned = owned_files(copy)
    found: dict[str, list[str]] = {}
    for place in owned.keys() - owned_files(prefix).keys():
        if not place.endswith(".pyc") and _differ(prefix / place, copy / place):
            found.setdefault(owned[place].record.rsplit("-", 2)[0], []).append(place)
    if prevent and found:
        name, places = min(found.items())
        raise LinkFailed(
            f"Path conflict: {name} contains {first_of(sorted(places), _NAMED)}, but no package owns the files there.",
            remedy="Move them elsewhere, or set conda's path_conflict to warn.",
        )
    for place in (place for places in found.values() for place in places):
        _keep(prefix / place, name_beside(copy / place))
    return [
        f"Path conflict: {name} contains {first_of(sorted(places), _NAMED)}, where you had files; yours are kept "
        f"beside the new ones, with {BESIDE} in the name."
        for name, places in sorted(found.items())
    ]


def _differ(mine: Path, theirs: Path) -> bool:
    """Return whether a file or link of the user differs from that of a package."""
    if mine.is_symlink():
        return not theirs.is_symlink() or mine.readlink() != theirs.readlink()
    return mine.is_file() and (theirs.is_symlink() or not filecmp.cmp(mine, theirs, shallow=False))


def _keep(mine: Path, target: Path) -> None:
    if mine.is_symlink():
        target.symlink_to(mine.readlink())
    else:
        share(str(mine), str(target))
