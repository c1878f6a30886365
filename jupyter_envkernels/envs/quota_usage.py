"""Count what the limits of a user apply to: environments, earlier versions beside them, and their bytes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..models import Environment, environment_id
from .catalog import Catalog
from .discovery import is_hidden_sibling, kept_beside
from .usage import Footprints
from .usage_scanner import UsageScanner


@dataclass(frozen=True, slots=True)
class QuotaUsage:
    """What counts towards the limits of a user.

    Attributes:
        environments: those that the user owns.
        copies: hidden prefixes beside them: versions that are being built or were moved aside, without those that are
            kept for a day, which count with their environment.
    """

    environments: tuple[Environment, ...]
    copies: tuple[Environment, ...]

    def known_bytes(self, footprints: Footprints) -> int:
        """Return the bytes on disk, as far as they have been measured."""
        known = footprints.read()
        found = (known.get(environment.id) for environment in (*self.environments, *self.copies))
        return sum(footprint.usage.charged for footprint in found if footprint and footprint.usage)

    def measured_bytes(self, footprints: Footprints) -> int:
        """Return the bytes on disk, after measuring new and changed prefixes, which may take seconds."""
        UsageScanner(footprints).measure((*self.environments, *self.copies))
        return self.known_bytes(footprints)


def read_quota_usage(catalog: Catalog) -> QuotaUsage:
    """Find all environments of the user and their copies. Reads folders."""
    own = catalog.own()
    folders = [Path(place.path) for place in catalog.locations() if place.kind == "folder" and not place.is_shared]
    parents = dict.fromkeys(map(os.path.realpath, (*folders, *(environment.prefix.parent for environment in own))))
    kept = {path for environment in own for path in kept_beside(os.path.realpath(environment.prefix))}
    return QuotaUsage(own, tuple(copy for copy in _copies(parents) if str(copy.prefix) not in kept))


def _copies(folders: Iterable[str]) -> Iterator[Environment]:
    for folder in folders:
        try:
            with os.scandir(folder) as entries:
                paths = [entry.path for entry in entries if is_hidden_sibling(entry.name) and _is_own_folder(entry)]
        except OSError:
            continue
        for path in paths:
            yield Environment(environment_id(Path(path)), os.path.basename(path), Path(path))


def _is_own_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_uid == os.geteuid()
