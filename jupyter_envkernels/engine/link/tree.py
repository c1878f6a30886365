"""Folders of a prefix, listed, and made again elsewhere.

A prefix has tens of thousands of files: what is done for each of them works on strings, and asks the system only what
it must.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ...errors import Forbidden
from ...system import system

META = "conda-meta/"
"""Place of the records of a prefix."""

CACHE = "__pycache__"
"""Name of the folders in which Python keeps bytecode."""


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of a tree.

    Attributes:
        path: where it is.
        place: where it is in the tree: names that end with a slash each; empty for the tree itself.
        entries: what is in it beside its sub-folders.
    """

    path: str
    place: str
    entries: list[os.DirEntry[str]]


BringFile = Callable[[Folder, os.DirEntry[str], str], object]
"""Brings a file of a folder to another place."""


def list_tree(top: Path, is_part: Callable[[str], bool] = lambda _: True, *, nested: bool = True) -> list[Folder]:
    """List a prefix, each folder before those in it. Links are not followed; what is gone meanwhile is passed over.

    Args:
        top: the prefix.
        is_part: asked for the place of each folder before it is read, whether it counts.
        nested: environments that stand in it count, too.

    Raises:
        OSError: a folder cannot be read.
    """
    found: list[Folder] = []
    todo = [Folder(str(top), "", [])]
    while todo:
        folder = todo.pop()
        with suppress(FileNotFoundError):
            inner = _read(folder)
            places = [place for place, _ in inner]
            if nested or not folder.place or f"{folder.place}conda-meta/" not in places:
                found.append(folder)
                todo += [Folder(path, place, []) for place, path in inner if is_part(place)]
    return found


def _read(folder: Folder) -> list[tuple[str, str]]:
    """Put into a folder what is in it; the answer are places and paths of its sub-folders."""
    inner = []
    with os.scandir(folder.path) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                inner.append((f"{folder.place}{entry.name}/", entry.path))
            else:
                folder.entries.append(entry)
    return inner


def is_bytecode(place: str) -> bool:
    """Whether the folder of a place is one of :data:`CACHE`."""
    return f"/{place}".endswith(f"/{CACHE}/")


def list_bytecode(folder: str) -> list[str]:
    """List the bytecode in a folder of :data:`CACHE`, by names such as ``module.cpython-312.pyc``; none if absent."""
    try:
        return [name for name in os.listdir(folder) if name.endswith(".pyc")]
    except OSError:
        return []


def rebuild(folders: Sequence[Folder], copy: Path) -> Iterator[tuple[Folder, str]]:
    """Make folders again, to be filled one after the other.

    When all are, each but the first gets what the original has: group, mode, access control lists and other extended
    attributes. Until then they are for their owner alone, and nothing inherits what only its parent has.

    Args:
        folders: each before those in it.
        copy: where the first one goes. It may be there with some of the others.

    Yields:
        A folder, and its copy as text to which a name can be added.

    Raises:
        OSError: a folder cannot be made.
    """
    for folder in folders:
        target = f"{copy}/{folder.place}"
        with suppress(FileExistsError):
            os.mkdir(target, 0o700)
        yield folder, target
    group = copy.stat().st_gid
    for folder in reversed(folders[1:]):
        with suppress(FileNotFoundError):
            dress(folder.path, f"{copy}/{folder.place}", group)


def dress(source: str, target: str | int, group: int) -> None:
    """Give a folder what another one has: group, mode, access control lists and other extended attributes.

    Args:
        source: the other one.
        target: the folder, or a descriptor of it.
        group: which it has anyway.

    Raises:
        OSError: one of them is not there, or does not take its mode.
    """
    there = os.stat(source)
    if there.st_gid != group:
        with suppress(OSError):  # one may not belong to it
            os.chown(target, -1, there.st_gid)
    system.copy_attributes(source, target)
    os.chmod(target, stat.S_IMODE(there.st_mode) | stat.S_IRWXU)


def bring(
    folder: Folder,
    entry: os.DirEntry[str],
    target: str,
    bring_file: BringFile,
    read_link: Callable[[str], str] = os.readlink,
) -> bool:
    """Bring a file or a link to another place in a given way; False for what is neither.

    A file of a moment, such as those by which Python writes bytecode, may be gone by then.
    """
    try:
        if entry.is_file(follow_symlinks=False):
            bring_file(folder, entry, target)
        elif entry.is_symlink():
            os.symlink(read_link(entry.path), target)
        else:
            return False
    except FileNotFoundError:
        if os.path.lexists(entry.path):
            raise
    return True


def copy_file(_: Folder, entry: os.DirEntry[str], target: str) -> None:
    """A way for :func:`bring`, as :func:`copy_whole`."""
    copy_whole(entry.path, target)


def copy_whole(path: str, target: str) -> None:
    """A file of its own, with time, mode and all, and with the holes of a sparse one."""
    found = os.stat(path)
    if found.st_blocks * _BLOCK >= found.st_size:
        shutil.copy2(path, target)
        return
    with open(path, "rb") as source, open(target, "wb") as copy:
        for begin, end in _without_holes(source.fileno(), found.st_size):
            source.seek(begin)
            copy.seek(begin)
            while data := source.read(min(_CHUNK, end - source.tell())):
                copy.write(data)
        copy.truncate(found.st_size)
    shutil.copystat(path, target)


_BLOCK = 512
"""Bytes of what ``st_blocks`` counts."""

_CHUNK = 1 << 20


def _without_holes(descriptor: int, size: int) -> Iterator[tuple[int, int]]:
    """Where a file holds data, as offsets; see lseek(2)."""
    end = 0
    while end < size:
        try:
            begin = os.lseek(descriptor, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno != errno.ENXIO:  # which says that the rest is a hole
                yield end, size
            return
        end = os.lseek(descriptor, begin, os.SEEK_HOLE)
        yield begin, end


def copy_record(folder: Folder, entry: os.DirEntry[str], target: str) -> None:
    """A copy that can be written into, though the original may be protected; a way for :func:`bring`."""
    copy_file(folder, entry, target)
    os.chmod(target, stat.S_IMODE(os.stat(target).st_mode) | stat.S_IWUSR)


def share(path: str, target: str) -> None:
    """A hard link; a copy where the system allows none, as for files of others."""
    try:
        os.link(path, target)
    except OSError:
        copy_whole(path, target)


@contextmanager
def reading(tree: Path) -> Iterator[None]:
    """While a tree is copied.

    Raises:
        Forbidden: a part of it may not be read.
    """
    try:
        yield
    except PermissionError as error:
        if not error.filename or not Path(error.filename).is_relative_to(tree):
            raise
        message = f"{tree} cannot be copied: you may not read {error.filename}."
        raise Forbidden(message, remedy="Ask its owner to allow it.") from error
