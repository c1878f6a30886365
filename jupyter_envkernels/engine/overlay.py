"""What a prefix holds beyond its package records, carried over to a copy of it.

A clone is installed from the source's records, which brings every conda package as its archive has it. Three things are
then still missing: files that no record knows (pip packages, a person's own), files that were changed since (pip
replaces some of conda's), and files that were taken away.
"""

from __future__ import annotations

import filecmp
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SKIPPED = {"__pycache__", "__clobbers__"}
_META_FILES = ("state", "pinned")


@dataclass(frozen=True, slots=True)
class Tracked:
    """Paths that the records of a prefix know, relative to it; ``rewritten`` holds those that contain the prefix."""

    paths: frozenset[str]
    rewritten: frozenset[str]


def carry_over(source: Path, copy: Path, prefix: Path) -> int:
    """Make ``copy``, a fresh installation of the source's packages, equal to ``source``.

    Args:
        source: the prefix being cloned; it is only read.
        copy: the staged clone.
        prefix: where the clone will stand; replaces the source's path in text files.

    Returns:
        How many files were added, replaced or taken away.

    Raises:
        OSError: a file cannot be read or written.
    """
    tracked = tracked_paths(source)
    changed = 0
    seen: set[str] = set()
    for path in _files(source):
        name = path.relative_to(source).as_posix()
        seen.add(name)
        if name in tracked.paths and (name in tracked.rewritten or _same(path, copy / name)):
            continue
        _copy(path, copy / name, source, prefix)
        changed += 1
    for name in tracked.paths - seen:
        if _SKIPPED.isdisjoint(name.split("/")) and os.path.lexists(copy / name):
            (copy / name).unlink()
            changed += 1
    for name in _META_FILES:
        if (source / "conda-meta" / name).is_file():
            shutil.copy2(source / "conda-meta" / name, copy / "conda-meta" / name)
    return changed


def tracked_paths(prefix: Path) -> Tracked:
    """Read which files belong to packages.

    Raises:
        OSError: a record cannot be read.
        ValueError: a record is not JSON.
    """
    paths: set[str] = set()
    rewritten: set[str] = set()
    for record in (prefix / "conda-meta").glob("*.json"):
        content = json.loads(record.read_bytes())
        paths.update(content.get("files") or ())
        for entry in (content.get("paths_data") or {}).get("paths") or ():
            paths.add(entry["_path"])
            if entry.get("prefix_placeholder"):
                rewritten.add(entry["_path"])
    return Tracked(frozenset(paths), frozenset(rewritten))


def _files(prefix: Path) -> Iterator[Path]:
    """Every file and link of a prefix but its records, its bytecode, and environments nested in it."""
    for folder, subfolders, names in os.walk(prefix):
        here = Path(folder)
        if here == prefix:
            subfolders[:] = [name for name in subfolders if name not in {"conda-meta", "envs", "pkgs"}]
        for name in list(subfolders):
            if name in _SKIPPED or (here / name / "conda-meta").is_dir():
                subfolders.remove(name)
            elif (here / name).is_symlink():
                subfolders.remove(name)
                yield here / name
        yield from (here / name for name in names)


def _same(left: Path, right: Path) -> bool:
    """The same link, the same file by hard link, or equal contents."""
    if left.is_symlink() or right.is_symlink():
        return left.is_symlink() and right.is_symlink() and left.readlink() == right.readlink()
    if not right.is_file():
        return False
    return left.samefile(right) or filecmp.cmp(left, right, shallow=False)


def _copy(path: Path, target: Path, source: Path, prefix: Path) -> None:
    """Copy one file or link, so that it speaks of its new prefix where it is text."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    if path.is_symlink():
        link = path.readlink()
        target.symlink_to(prefix / link.relative_to(source) if link.is_relative_to(source) else link)
        return
    data = path.read_bytes()
    if os.fsencode(source) in data and b"\0" not in data:
        target.write_bytes(data.replace(os.fsencode(source), os.fsencode(prefix)))
        shutil.copystat(path, target)
    else:
        shutil.copy2(path, target)
