"""Limit the disk space of unpacked packages.

A channel lists the sizes of archives, an ``@EXPLICIT`` list has none, and a small archive can unpack to any size. The
installer downloads and unpacks at once, in threads that cannot be stopped, so sizes are measured while they grow.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from ... import policy
from ...envs.disk_usage import free_bytes
from ...models import Limits, PlannedPackage, Room, size, unpacked_bytes
from ..backend import NO_LIMIT
from ..channel_policy import NO_LIMITS
from .cache_lock import take_out
from .package_cache import entry_of
from .partial_archives import PARTS, part_of, tree_of

_INTERVAL = 0.1
"""Seconds between two measurements."""

_PAUSE = 0.02
"""Seconds between two deletions of files that the installer may still write."""


class Unpacking:
    """Measures packages that are unpacked into the package cache for one environment.

    Args:
        room: bytes that they may take.
        package_cache: the folder of the package cache.
        packages: all packages of the environment.
        linked: those that will be linked; the others are installed already.
        prefix: where they are linked to.
        limits: the administrator's limits, for messages.
    """

    def __init__(
        self,
        room: Room,
        package_cache: Path,
        packages: Sequence[PlannedPackage],
        linked: Sequence[PlannedPackage],
        prefix: Path,
        *,
        limits: Limits = NO_LIMITS,
    ) -> None:
        self._room = room
        self._limits = limits
        self._cache = package_cache / "pkgs"
        self._parts = package_cache / PARTS
        self._prefix = prefix
        self._fetched = [package for package in linked if not package.cached]
        names = {package.name for package in linked}
        self._there = unpacked_bytes(package for package in packages if package.name not in names)
        self._cached = [package for package in linked if package.cached]
        self._sizes: dict[tuple[Path, int], int] = {}

    async def watch(self) -> NoReturn:
        """Check at intervals, forever.

        Raises:
            NotAllowed: the packages take more than there is room for.
        """
        if self._room == NO_LIMIT:
            await asyncio.get_running_loop().create_future()
        while True:
            await asyncio.to_thread(self.check)
            await asyncio.sleep(_INTERVAL)

    def check(self) -> None:
        """Check once.

        Raises:
            NotAllowed: the packages take more than there is room for.
        """
        if self._room == NO_LIMIT:
            return
        sizes = {package.name: sum(map(self._size, places)) for package, places in self._places()}
        growth = sum(sizes.values())
        whole = self._there + growth + sum(self._size(entry_of(self._cache, package)) for package in self._cached)
        largest = max(self._fetched, key=lambda package: sizes[package.name], default=None)
        words = f"{largest.name} {largest.version} with {size(sizes[largest.name])}" if largest and growth else ""
        free = [left for folder in (self._cache, self._prefix) if (left := free_bytes(folder)) is not None]
        found = policy.of_unpacked(self._room, whole, growth, min(free, default=None), words)
        policy.enforce(self._limits, found)

    def take_out(self, seconds: float = 60.0) -> None:
        """Delete the downloaded packages, repeatedly until this process exits.

        The installer's threads retry some seconds after a failure, and nothing reports when they have ended.

        Args:
            seconds: time within which the process exits.
        """
        end = time.monotonic() + seconds

        def go_on() -> None:
            while time.monotonic() < end:
                time.sleep(_PAUSE)
                self._delete()

        self._delete()
        threading.Thread(target=go_on, daemon=True).start()

    def _delete(self) -> None:
        with suppress(OSError):
            for place in (place for _, places in self._places() for place in places):
                with suppress(OSError):
                    take_out(place)  # by a rename, so that the installer cannot complete it

    def _places(self) -> Iterator[tuple[PlannedPackage, list[Path]]]:
        """Yield each downloaded package with the folders where it is unpacked and stored."""
        hidden = list(self._cache.glob(".*"))
        for package in self._fetched:
            entry = entry_of(self._cache, package)
            places = [path for path in hidden if path.name.startswith(f".{entry.name}")]
            yield package, [*places, entry, tree_of(part_of(self._parts, package))]

    def _size(self, place: Path) -> int:
        """Return the bytes below a folder; complete packages are measured once."""
        with suppress(OSError):
            key = (place, place.lstat().st_ino)
            if key in self._sizes:
                return self._sizes[key]
            total = _bytes_below(place)
            if place.parent == self._cache and not place.name.startswith("."):
                self._sizes[key] = total
            return total
        return 0


def _bytes_below(folder: Path) -> int:
    """Return the disk usage of the files in a folder."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(f"{path}/{name}").st_blocks * 512
    return total
