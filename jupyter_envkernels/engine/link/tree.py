"""List the folders of a prefix, and copy them.

A prefix has tens of thousands of files, so work on each of them uses strings and as few system calls as possible.
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
"""Relative path of the records of a prefix."""

CACHE = "__pycache__"
"""Name of folders of bytecode."""


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of a tree.

    Attributes:
        path: its path.
        place: its relative path, with a slash at the end; empty for the tree itself.
        entries: its content without sub-folders.
    """

    path: str
    place: str
    entries: list[os.DirEntry[str]]


BringFile = Callable[[Folder, os.DirEntry[str], str], object]
"""Copies or links a file of a folder to a target."""


def list_tree(top: Path, is_part: Callable[[str], bool] = lambda _: True, *, nested: bool = True) -> list[Folder]:
    """List a prefix, each folder before its sub-folders. Links are not followed; folders deleted meanwhile are skipped.

    Args:
        top: the prefix.
        is_part: returns whether a folder with a relative path is included.
        nested: include nested environments.

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
    """Read the entries of a folder; return relative paths and paths of its sub-folders."""
    inner = []
    with os.scandir(folder.path) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                inner.append((f"{folder.place}{entry.name}/", entry.path))
            else:
                folder.entries.append(entry)
    return inner


def is_bytecode(place: str) -> bool:
    """Return whether a relative path is that of a :data:`CACHE` folder."""
    return f"/{place}".endswith(f"/{CACHE}/")


def list_bytecode(folder: str) -> list[str]:
    """List the bytecode files in a folder, such as ``module.cpython-312.pyc``; none if it does not exist."""
    try:
        return [name for name in os.listdir(folder) if name.endswith(".pyc")]
    except OSError:
        return []


def rebuild(folders: Sequence[Folder], copy: Path) -> Iterator[tuple[Folder, str]]:
    """Create copies of folders, one after the other, to be filled by the caller.

    At the end each, except the first, gets group, mode, access control lists and other extended attributes of its
    original. Until then only the owner can enter them, and files do not inherit access control lists.

    Args:
        folders: each before its sub-folders.
        copy: path of the first copy. It and others may exist.

    Yields:
        A folder, and the path of its copy with a slash at the end.

    Raises:
        OSError: a folder cannot be created.
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
    """Copy group, mode, access control lists and other extended attributes of a folder.

    Args:
        source: the original.
        target: the copy, or a descriptor of it.
        group: the current group of the copy.

    Raises:
        OSError: one of them does not exist, or the mode cannot be set.
    """
    there = os.stat(source)
    if there.st_gid != group:
        with suppress(OSError):  # the account may not be in the group
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
    """Copy a file or link by a given function; return False if it is neither.

    Temporary files, such as those of Python's compiler, may be gone by then.
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
    """Copy a file as :func:`copy_whole`, as a function for :func:`bring`."""
    copy_whole(entry.path, target)


def copy_whole(path: str, target: str) -> None:
    """Copy a file with its time, mode and attributes, and with the holes of a sparse one."""
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
"""Unit of ``st_blocks`` in bytes."""

_CHUNK = 1 << 20


def _without_holes(descriptor: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of a file that have data; see lseek(2)."""
    end = 0
    while end < size:
        try:
            begin = os.lseek(descriptor, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno != errno.ENXIO:  # ENXIO: the rest is a hole
                yield end, size
            return
        end = os.lseek(descriptor, begin, os.SEEK_HOLE)
        yield begin, end


def copy_record(folder: Folder, entry: os.DirEntry[str], target: str) -> None:
    """Copy a file so that the owner can write to it, as a function for :func:`bring`."""
    copy_file(folder, entry, target)
    os.chmod(target, stat.S_IMODE(os.stat(target).st_mode) | stat.S_IWUSR)


def share(path: str, target: str) -> None:
    """Create a hard link; copy the file if the system refuses, as for files of others."""
    try:
        os.link(path, target)
    except OSError:
        copy_whole(path, target)


@contextmanager
def reading(tree: Path) -> Iterator[None]:
    """Convert permission errors while a tree is copied.

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
