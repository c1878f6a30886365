"""Twins of prefixes, on which updates are built: of the same files where it can be, and kept up with what they are of.

What is written in place would be written in both. So the records are copied, because the engine and conda write into
them, and so are small files that no package owns where packages have theirs, into which their scripts may write. All
else is shared by hard links. A person's own files are shared above all: a program that has one open goes on
writing into it, whichever of the two stays.
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
"""Bytes up to which a file that no package owns is copied where packages have files."""

Look = tuple[int, int, int, int]
"""How a file, link or folder looks: inode, time in nanoseconds and size, which are 0 for folders, and mode."""

Seen = Mapping[str, Look]
"""Files, links and folders of a prefix by their places in it, which end with a slash for folders, as they looked."""


def twin(source: Path, copy: Path, tally: Tally) -> Seen:
    """Make a second prefix of the same files, to be changed while the first one stays as it is.

    Sockets, pipes and devices are left out.

    Args:
        source: the prefix; it is only read.
        copy: where the second one goes. It may be there, for its owner alone, and stays so.
        tally: counts files and links.

    Returns:
        What there was, for :func:`catch_up`.

    Raises:
        Forbidden: a part of the source may not be read.
        InvalidSpec: a record of the source is unreadable.
        OSError: a file or folder cannot be made.
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
                with suppress(FileNotFoundError):  # a file of a moment
                    if is_followed:
                        seen[folder.place + entry.name] = _look(entry.stat(follow_symlinks=False))
                    bring(folder, entry, target + entry.name, bring_file)
    return seen


def _is_followed(place: str) -> bool:
    """What is in the folder of a place is brought over when it changes; records and bytecode are not."""
    return not place.startswith(META) and f"/{CACHE}/" not in f"/{place}"


def _way(owned: Mapping[str, Owned]) -> BringFile:
    """How the files of a prefix are brought over, of which packages own some."""
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
    """What :func:`catch_up` has found.

    Attributes:
        seen: what there was this time.
        count: how many files and links it has brought.
        beside: places of files that have changed in both; in the twin, that of the source has a name of its own.
    """

    seen: dict[str, Look] = field(default_factory=dict)
    count: int = 0
    beside: list[str] = field(default_factory=list)


def catch_up(source: Path, copy: Path, seen: Seen, *, for_good: bool = False) -> Caught:
    """Bring into a twin what has become of its source since: what is new, changed, protected, renamed or deleted.

    Not records, not bytecode, and not what packages have put into the twin. What has changed in the twin stays there.

    Args:
        source: the prefix.
        copy: its twin, whose packages may be others by now.
        seen: what :func:`twin` returned, or this function when it last did that.
        for_good: the source goes then, and nothing can be written into it by way of the twin any more. What was copied
            and has not changed in the twin becomes one file in both, for programs that have it open.

    Raises:
        OSError: something cannot be brought over.
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
        self._take_away()  # first, as what was a folder may be a link now, and the other way round
        changed = [folder for folder in folders if self._follow_folder(folder)]
        for folder, entry in todo:
            self._bring(folder, entry)
        group = self._copy.stat().st_gid
        for folder in reversed(changed):
            with suppress(FileNotFoundError):
                dress(folder.path, f"{self._copy}/{folder.place}", group)
        return self._caught

    def _changed_in(self, folder: Folder) -> Iterator[tuple[Folder, os.DirEntry[str]]]:
        """What is to be brought of a folder; how all looks in it is noted."""
        seen = self._caught.seen
        with suppress(FileNotFoundError):
            seen[folder.place] = _look(os.stat(folder.path))
        for entry in folder.entries:
            place = folder.place + entry.name
            with suppress(FileNotFoundError):  # a file of a moment
                seen[place] = _look(entry.stat(follow_symlinks=False))
                if self._for_good or seen[place] != self._seen.get(place):
                    yield folder, entry

    def _follow_folder(self, folder: Folder) -> bool:
        """Make it where it is new; whether it is to look like its source in the end."""
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
            return  # one file in both
        if place in self._owned and there != old:
            return  # a package has put it there
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
        """Bring a file or link, in one step: others may be using the twin. False for what is neither."""
        parcel = self._copy / META / _PARCEL
        parcel.unlink(missing_ok=True)
        if not bring(folder, entry, str(parcel), self._bring_file):
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # a file of a moment
            parcel.replace(target)
            return True
        return False

    def _take_away(self) -> None:
        """Delete what is there no more, but nothing that is of a package or has changed in the twin."""
        gone = self._seen.keys() - self._caught.seen.keys()
        for place in sorted(gone - self._owned.keys(), reverse=True):  # what is in a folder comes before it
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
    """None where nothing is."""
    try:
        return _look(path.lstat())
    except (FileNotFoundError, NotADirectoryError):
        return None


def _is_like(there: Look, other: Look | None) -> bool:
    """A file is as its copy was; a link holds nothing that could be lost."""
    return stat.S_ISLNK(there[3]) or (other is not None and there[1:3] == other[1:3] and not stat.S_ISDIR(there[3]))
