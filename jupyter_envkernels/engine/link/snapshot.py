"""Copy a prefix, so that an update can be built on the copy, and copy later changes of the original.

Files that are changed in place would change in both. So records are copied, because the engine and conda write into
them, and small unowned files in folders of packages, because their scripts may write into them. All other files are
shared by hard links. Above all the user's own files are shared: a program that has one open goes on writing into the
file that remains after the update.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ..progress import Tally
from .folders import name_beside
from .manifest import Owned, owned_files
from .tree import (
    CACHE,
    META,
    BringFile,
    Folder,
    bring,
    copy_record,
    copy_whole,
    dress,
    list_tree,
    reading,
    rebuild,
    share,
)

_SMALL = 4 << 20
"""Maximum size in bytes of an unowned file that is copied in folders of packages."""

Look = tuple[int, int, int, int]
"""State of a file, link or folder: inode, time in nanoseconds and size, which are 0 for folders, and mode."""

Seen = Mapping[str, Look]
"""Relative path -> state of files, links and folders of a prefix; paths of folders end with a slash."""


def twin(source: Path, copy: Path, tally: Tally) -> Seen:
    """Copy a prefix, by hard links where possible. Sockets, pipes and devices are skipped.

    Args:
        source: the prefix; it is only read.
        copy: the staging prefix, which may exist. Its own mode is not changed.
        tally: counts files and links.

    Returns:
        The state of the source, for :func:`catch_up`.

    Raises:
        Forbidden: a part of the source may not be read.
        InvalidSpec: a record of the source is unreadable.
        OSError: a file or folder cannot be created.
    """
    seen: dict[str, Look] = {}
    with reading(source):
        bring_file = _way(owned_files(source))
        folders = list_tree(source)
        tally.total = sum(len(folder.entries) for folder in folders)
        for folder, target in rebuild(folders, copy):
            is_followed = _is_followed(folder.place)
            with suppress(FileNotFoundError):
                if is_followed:
                    seen[folder.place] = _look(os.stat(folder.path))
            for entry in folder.entries:
                tally.done += 1
                with suppress(FileNotFoundError):  # a temporary file
                    if is_followed:
                        seen[folder.place + entry.name] = _look(entry.stat(follow_symlinks=False))
                    bring(folder, entry, target + entry.name, bring_file)
    return seen


def _is_followed(place: str) -> bool:
    """Return whether later changes in a folder are copied: not those of records and bytecode."""
    return not place.startswith(META) and f"/{CACHE}/" not in f"/{place}"


def _way(owned: Mapping[str, Owned]) -> BringFile:
    """Return the function that copies files, by the owners of files."""
    tops = {place.partition("/")[0] for place in owned if "/" in place}

    def bring_file(folder: Folder, entry: os.DirEntry[str], target: str) -> None:
        is_owned = entry.name.endswith(".pyc") or folder.place + entry.name in owned
        if folder.place == META:
            copy_record(folder, entry, target)
        elif is_owned or folder.place.partition("/")[0] not in tops:
            share(entry.path, target)
        elif entry.stat(follow_symlinks=False).st_size <= _SMALL:
            copy_whole(entry.path, target)
        else:
            share(entry.path, target)

    return bring_file


@dataclass
class Caught:
    """The result of :func:`catch_up`.

    Attributes:
        seen: the state of the source now.
        count: number of files and links that were copied.
        beside: paths of files that have changed in both; the source's file is kept in the copy under another name.
    """

    seen: dict[str, Look] = field(default_factory=dict)
    count: int = 0
    beside: list[str] = field(default_factory=list)


def catch_up(source: Path, copy: Path, seen: Seen, *, for_good: bool = False) -> Caught:
    """Copy later changes of the source: new, changed, renamed and deleted files, and modes.

    Records, bytecode and files of packages in the copy are excluded. Files that have changed in the copy are kept.

    Args:
        source: the prefix.
        copy: its copy, which may have other packages.
        seen: the state from the last call, or from :func:`twin`.
        for_good: the source will be deleted, so unchanged copies are replaced by hard links, for programs that have
            these files open.

    Raises:
        OSError: a file cannot be copied.
    """
    return _CatchUp(source, copy, seen, for_good=for_good).run()


class _CatchUp:
    """One run of :func:`catch_up`."""

    def __init__(self, source: Path, copy: Path, seen: Seen, *, for_good: bool) -> None:
        self._source = source
        self._copy = copy
        self._seen = seen
        self._owned = owned_files(copy)
        self._for_good = for_good
        self._bring_file = _share if for_good else _way(self._owned)
        self._caught = Caught()

    def run(self) -> Caught:
        folders = list_tree(self._source, _is_followed)
        todo = [found for folder in folders for found in self._changed_in(folder)]
        self._delete_gone()  # first, because a folder may have become a link, or vice versa
        changed = [folder for folder in folders if self._follow_folder(folder)]
        for folder, entry in todo:
            self._bring(folder, entry)
        group = self._copy.stat().st_gid
        for folder in reversed(changed):
            with suppress(FileNotFoundError):
                dress(folder.path, f"{self._copy}/{folder.place}", group)
        return self._caught

    def _changed_in(self, folder: Folder) -> Iterator[tuple[Folder, os.DirEntry[str]]]:
        """Yield the changed entries of a folder, and record the state of all."""
        seen = self._caught.seen
        with suppress(FileNotFoundError):
            seen[folder.place] = _look(os.stat(folder.path))
        for entry in folder.entries:
            place = folder.place + entry.name
            with suppress(FileNotFoundError):  # a temporary file
                seen[place] = _look(entry.stat(follow_symlinks=False))
                if self._for_good or seen[place] != self._seen.get(place):
                    yield folder, entry

    def _follow_folder(self, folder: Folder) -> bool:
        """Create a new folder; return whether its attributes have to be copied."""
        now, old = self._caught.seen.get(folder.place), self._seen.get(folder.place)
        if now is None:
            return False
        if old is not None:
            return old[3] != now[3]
        target = self._copy / folder.place
        if target.is_dir():
            return False
        target.mkdir(0o700, parents=True)
        return True

    def _bring(self, folder: Folder, entry: os.DirEntry[str]) -> None:
        place = folder.place + entry.name
        now, old, target = self._caught.seen[place], self._seen.get(place), self._copy / place
        there = _look_at(target)
        if there and there[0] == now[0]:
            return  # the same file
        if place in self._owned and there != old:
            return  # a file of a package
        if there is None:
            if now != old:
                self._caught.count += self._put(folder, entry, target)
        elif _is_like(there, old):
            if now != old or stat.S_ISREG(now[3]):
                self._caught.count += self._put(folder, entry, target) and now != old
        elif now != old and not _is_like(there, now):
            self._put(folder, entry, name_beside(target))
            self._caught.beside.append(place)

    def _put(self, folder: Folder, entry: os.DirEntry[str], target: Path) -> bool:
        """Copy a file or link atomically, because the copy may be in use; return False if it is neither."""
        parcel = self._copy / META / _PARCEL
        parcel.unlink(missing_ok=True)
        if not bring(folder, entry, str(parcel), self._bring_file):
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # a temporary file
            parcel.replace(target)
            return True
        return False

    def _delete_gone(self) -> None:
        """Delete files that were deleted in the source, unless a package owns them or they have changed in the copy."""
        gone = self._seen.keys() - self._caught.seen.keys()
        for place in sorted(gone - self._owned.keys(), reverse=True):  # contents before their folder
            target = self._copy / place
            if place.endswith("/"):
                with suppress(OSError):  # it is not empty
                    target.rmdir()
            elif (there := _look_at(target)) and _is_like(there, self._seen[place]):
                target.unlink()


_PARCEL = ".envkernels-parcel"


def _share(_: Folder, entry: os.DirEntry[str], target: str) -> None:
    share(entry.path, target)


def _look(found: os.stat_result) -> Look:
    if stat.S_ISDIR(found.st_mode):
        return found.st_ino, 0, 0, found.st_mode
    return found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode


def _look_at(path: Path) -> Look | None:
    """Return the state of a path; None if it does not exist."""
    try:
        return _look(path.lstat())
    except (FileNotFoundError, NotADirectoryError):
        return None


def _is_like(there: Look, other: Look | None) -> bool:
    """Return whether a file is unchanged; links count as unchanged, because they have no content to lose."""
    return stat.S_ISLNK(there[3]) or (other is not None and there[1:3] == other[1:3] and not stat.S_ISDIR(there[3]))
