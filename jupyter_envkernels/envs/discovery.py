"""Find the prefixes in the locations, each once. A folder is read again only when its time stamp has changed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from ..files import read_file
from ..models import real_path
from .fingerprints import MISSING, Stamp, stamp_of
from .locations import Location
from .trust import JudgedPath, TrustSession

_MAX_PROJECTS = 1000
"""Projects searched at each listing, which must stay cheap in a folder of any size."""

_MAX_OF_OTHERS = 100
"""Environments listed in projects that other accounts can write, in total: they could make any number of them."""

MAX_LISTING_BYTES = 4 << 20
"""Largest list of environments that is read."""

_Child = tuple[str, bool | None]
"""A name or path, and whether it is a link; None if not known yet."""


SIBLING_NAME = 50
"""Characters of a prefix's name that the name of its hidden sibling has, which must not exceed 255 bytes."""


def is_hidden_sibling(name: str) -> bool:
    """Return whether a name is that of a prefix that is being built or removed: ``.NAME.envkernels-*``."""
    return name.startswith(".") and ".envkernels-" in name


def kept_beside(prefix: str) -> list[str]:
    """Return the paths of rolled-back versions of an environment, which are kept beside it for a day.

    None are found for a long name, of which siblings have only a part.
    """
    folder, name = os.path.split(prefix)
    if len(name) >= SIBLING_NAME:
        return []
    begin = f".{name}.envkernels-"
    try:
        with os.scandir(folder) as entries:
            found = [entry for entry in entries if entry.name.startswith(begin) and entry.name.endswith(".kept")]
    except OSError:
        return []
    return sorted(entry.path for entry in found if entry.is_dir(follow_symlinks=False))


class FoundPrefix(msgspec.Struct, frozen=True, gc=False):
    """A prefix that a location names.

    Attributes:
        path: as found.
        identity: its name below the real path of its folder; ids are derived from it.
        real: with all links resolved.
        location: the first that names it.
        folder: the trust of its folder.
        is_named: whether a line or a link names it, so that its absence is reported.
    """

    path: str
    identity: str
    real: str
    location: Location
    folder: JudgedPath = JudgedPath()
    is_named: bool = False

    @property
    def is_link(self) -> bool:
        """Return whether the prefix itself is a link."""
        return self.identity != self.real


@dataclass(frozen=True, slots=True, eq=False)
class _Listing:
    """The contents of a location at a time; compared by identity."""

    stamp: Stamp | None
    children: tuple[_Child, ...]


_EMPTY = _Listing(MISSING, ())


class Discovery:
    """Reads locations and remembers what it read. Not thread-safe."""

    def __init__(self) -> None:
        self._listings: dict[str, _Listing] = {}
        self._last: tuple[tuple[Location, ...], object, tuple[FoundPrefix, ...]] | None = None
        self._folders_of_last: Mapping[str, JudgedPath] = {}

    def find(self, places: tuple[Location, ...], session: TrustSession) -> tuple[FoundPrefix, ...]:
        """Return the prefixes that the locations name, in their order; the same object while nothing has changed.

        If several paths lead to one prefix, its own path wins over links to it, then the first location. Lists that
        are not trusted are ignored.

        Args:
            places: where to look.
            session: checks whether lists are trusted, which may be in other homes.
        """
        now = time.time_ns()
        read = [
            (location, folder, self._listing(folder, location, now))
            for location, folder in self._folders(places, now)
            if location.kind != "list" or session.judge(folder).ok
        ]
        listings = [listing for _, _, listing in read]
        key = (listings, session.prefixes)
        folders = {folder: session.place(folder) for folder in self._folders_of_last}
        if self._last and self._last[0] is places and self._last[1] == key and folders == self._folders_of_last:
            return self._last[2]
        collector, left = _Collector(session), _MAX_OF_OTHERS
        for location, folder, listing in read:
            children = listing.children
            if location.kind == "projects" and children and session.place(folder).is_open:
                children = _first(children, left, folder, session)
                left -= min(left, len(children))
            collector.add(location, folder, children)
        found = tuple(collector.found.values())
        self._last, self._folders_of_last = (places, key, found), collector.folders
        return found

    def _folders(self, places: Iterable[Location], now: int) -> Iterator[tuple[Location, str]]:
        """Yield the folders to read for each location: itself, or the environments of the projects in it."""
        for location in places:
            if location.kind != "projects":
                yield location, location.path
                continue
            children = self._listing(location.path, location, now).children
            projects = [f"{location.path}/{name}" for name, _ in children if not name.startswith(".")]
            for project in (location.path, *projects[:_MAX_PROJECTS]):
                yield location, f"{project}/.pixi/envs"

    def _listing(self, path: str, location: Location, now: int) -> _Listing:
        stamp = stamp_of(path, now)
        if stamp == MISSING:
            return _EMPTY
        known = self._listings.get(path)
        if known is not None and known.stamp == stamp and stamp is not None:
            return known
        children = _READERS[location.kind](path)
        if known is not None and known.children == children and stamp is None:
            return known
        listing = self._listings[path] = _Listing(stamp, children)
        return listing


def _first(children: Iterable[_Child], most: int, folder: str, session: TrustSession) -> tuple[_Child, ...]:
    """Return the environments that may be trusted in a folder that other accounts can write, and some of the others."""
    real = real_path(folder)
    kept: list[_Child] = []
    for child in children:
        is_candidate = session.may_trust(f"{real}/{child[0]}")
        if is_candidate or most > 0:
            kept.append(child)
            most -= not is_candidate
    return tuple(kept)


class _Collector:
    """Merges prefixes with the same real path."""

    def __init__(self, session: TrustSession) -> None:
        self.found: dict[str, FoundPrefix] = {}
        self.folders: dict[str, JudgedPath] = {}
        self._session = session
        self._paths: set[str] = set()
        self._real: dict[str, str] = {}

    def add(self, location: Location, folder: str, children: Iterable[_Child]) -> None:
        is_list = location.kind == "list"
        has_paths = is_list or location.kind == "prefix"
        for name, is_link in children:
            path = name if has_paths else f"{folder}/{name}"
            if path not in self._paths:
                self._paths.add(path)
                self._add(location, path, is_link=os.path.islink(path) if is_link is None else is_link, is_list=is_list)

    def _add(self, location: Location, path: str, *, is_link: bool, is_list: bool) -> None:
        folder, _, name = path.rpartition("/")
        folder = folder or "/"
        real_folder = self._real.get(folder)
        if real_folder is None:
            real_folder = self._real[folder] = real_path(folder).rstrip("/")
            self.folders[folder] = self._session.place(folder)
        identity = f"{real_folder}/{name}"
        real = real_path(identity) if is_link else identity
        known = self.found.get(real)
        if known is None or (known.is_link and identity == real):
            self.found[real] = FoundPrefix(path, identity, real, location, self.folders[folder], is_list or is_link)


def _children(path: str) -> tuple[_Child, ...]:
    """Return the names of the folders in a folder."""
    try:
        with os.scandir(path) as entries:
            found = [
                (entry.name, entry.is_symlink())
                for entry in entries
                if (entry.is_dir() or entry.is_symlink()) and not is_hidden_sibling(entry.name)
            ]
    except OSError:
        return ()
    return tuple(sorted(found))


def _lines(path: str) -> tuple[_Child, ...]:
    """Return the absolute paths in a list of environments, stripped, as conda reads it."""
    try:
        lines = [line.strip() for line in os.fsdecode(read_file(path, MAX_LISTING_BYTES)).split("\n")]
    except OSError:
        return ()
    paths = (os.path.normpath(line) for line in lines if line.startswith("/") and "\0" not in line)
    return tuple((path, None) for path in dict.fromkeys(paths))


def _itself(path: str) -> tuple[_Child, ...]:
    return ((path, None),)


_READERS = {"folder": _children, "projects": _children, "list": _lines, "prefix": _itself}
