"""Locations -> prefixes that may be environments, each once. Folders are read again only when their mtime changed."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .locations import Location

HIDDEN_SIBLING = re.compile(r"\..+\.envkernels-.*")
"""A prefix that is being built or taken away lies beside its place under such a name."""

SETTLE_NS = 2_000_000_000
"""A time stamp so young is not trusted: what changes within a file system's clock tick would not change it again."""

Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """A prefix that a location names.

    Attributes:
        path: as found.
        identity: below the real path of its folder; ids are derived from it.
        real: with all links resolved.
        location: the first that names it.
        is_listed: something names just this prefix, so that its absence is worth a word.
    """

    path: str
    identity: str
    real: str
    location: Location
    is_listed: bool

    @property
    def is_link(self) -> bool:
        """The prefix itself is a link to elsewhere."""
        return self.identity != self.real


@dataclass(frozen=True, slots=True)
class _Listing:
    stamp: Stamp
    children: tuple[tuple[str, bool], ...]


def stamp_of(path: str, now: int) -> Stamp | None:
    """Identity of a state of a file or folder; None where there is nothing, or where it may change unseen."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_ino) if now - status.st_mtime_ns > SETTLE_NS else None


class Discovery:
    """Reads locations and remembers what it read. Not thread-safe."""

    def __init__(self) -> None:
        self._listings: dict[str, _Listing] = {}
        self._real: dict[str, str] = {}

    def find(self, places: Iterable[Location]) -> tuple[Found, ...]:
        """The prefixes that the locations name, in their order.

        One that several paths lead to is known by its own path rather than by a link to it.
        """
        self._real.clear()
        found: dict[str, Found] = {}
        for location in places:
            for path, is_link, is_listed in self._read(location):
                self._add(found, Found(path, *self._resolve(path, is_link), location, is_listed))
        return tuple(found.values())

    @staticmethod
    def _add(found: dict[str, Found], new: Found) -> None:
        known = found.get(new.real)
        if known is None or (known.is_link and not new.is_link):
            found[new.real] = new

    def _resolve(self, path: str, is_link: bool | None) -> tuple[str, str]:
        folder, name = os.path.split(path)
        real_folder = self._real.get(folder)
        if real_folder is None:
            real_folder = self._real[folder] = os.path.realpath(folder)
        identity = f"{real_folder.rstrip('/')}/{name}"
        if is_link is None:
            is_link = os.path.islink(identity)
        return identity, os.path.realpath(identity) if is_link else identity

    def _read(self, location: Location) -> Iterator[tuple[str, bool | None, bool]]:
        """Paths, whether each is a link where that is known, and whether it was named singly."""
        if location.kind == "folder":
            for name, is_link in self._children(location.path):
                yield f"{location.path}/{name}", is_link, is_link
        elif location.kind == "list":
            for name, _ in self._children(location.path, of_file=True):
                yield name, None, True
        elif location.kind == "projects":
            yield from self._projects(location.path)
        else:
            yield location.path, None, False

    def _projects(self, path: str) -> Iterator[tuple[str, bool | None, bool]]:
        for project in (path, *(f"{path}/{name}" for name, _ in self._children(path))):
            envs = f"{project}/.pixi/envs"
            for name, is_link in self._children(envs):
                yield f"{envs}/{name}", is_link, False

    def _children(self, path: str, *, of_file: bool = False) -> tuple[tuple[str, bool], ...]:
        stamp = stamp_of(path, time.time_ns())
        listing = self._listings.get(path)
        if listing is None or stamp is None or listing.stamp != stamp:
            children = _lines(path) if of_file else _folders(path)
            if stamp is None:
                self._listings.pop(path, None)
                return children
            listing = self._listings[path] = _Listing(stamp, children)
        return listing.children


def _folders(path: str) -> tuple[tuple[str, bool], ...]:
    try:
        with os.scandir(path) as entries:
            found = [
                (entry.name, entry.is_symlink())
                for entry in entries
                if (entry.is_symlink() or entry.is_dir()) and not HIDDEN_SIBLING.fullmatch(entry.name)
            ]
    except OSError:
        return ()
    return tuple(sorted(found))


def _lines(path: str) -> tuple[tuple[str, bool], ...]:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            lines = [os.path.normpath(line.strip()) for line in file if line.strip().startswith("/")]
    except OSError:
        return ()
    return tuple((line, False) for line in dict.fromkeys(lines))
