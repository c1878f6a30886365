"""Files that others have written into the new version of an environment while it was not committed.

When the change is taken back the new version goes, and what a person's programs have put there comes back into the old
one: what has come or changed after the scripts of packages were done, and is of no package. Where pip has installed
something, new files may be halves of that, which are only named. What has changed replaces what is there only where
that has not changed, too, and is of no package; else it gets a name beside it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ...errors import EnvKernelsError
from ...models import PENDING_MARK
from ...system import system
from ..link.folders import free_name
from ..link.manifest import owned_files
from ..link.tree import META, is_bytecode, list_tree
from ..messages import first_of
from .staging import Staging

_OF_PIP = re.compile(r"(bin|etc|include|share|lib/python3\.[0-9]+/site-packages)/")
"""Where pip and its builds may have left halves."""

NAMED = 20
"""Files that a sentence names."""

BESIDE = "of-update"
"""Part of the name of a file of the new version that is kept beside that of the old one."""

_FATES = {
    "back": "and in the old one now",
    "beside": f"and in the old one now, beside others and with {BESIDE} in the name",
    "left": "and gone with it, as pip has worked there",
    "lost": "and not to be brought back",
}


def bring_back(staging: Staging) -> str:
    """Move such files out of the trash into the environment as it was. Safe to repeat.

    Returns:
        Which ones, and which ones could not be moved, as sentences for the log; empty where there are none.
    """
    if not staging.has_let_others_in():
        return ""
    try:
        rescue = _Rescue(staging)
        found = list(rescue.found())
    except (EnvKernelsError, OSError) as error:
        return f"What others may have written into the new version cannot be told apart: {error}"
    fates: dict[str, list[str]] = {}
    for place in sorted(found):
        fates.setdefault(rescue.bring(place), []).append(place)
    return "\n".join(
        f"Written into the new version meanwhile, {words}: {first_of(fates[fate], NAMED)}."
        for fate, words in _FATES.items()
        if fate in fates
    )


class _Rescue:
    """One run of :func:`bring_back`.

    Raises:
        EnvKernelsError, OSError: it cannot be known what packages own, or when others were let in.
    """

    def __init__(self, staging: Staging) -> None:
        self._trash = staging.trash
        self._prefix = staging.prefix
        self._since = (staging.trash / PENDING_MARK).stat().st_mtime_ns
        self._owned = owned_files(staging.trash).keys()
        self._owned_before = owned_files(staging.prefix).keys()
        self._with_pip = staging.has_let_pip_in() and self._is_site_changed()

    def _is_site_changed(self) -> bool:
        """A package comes into ``site-packages`` first: where nothing has, pip has put nothing anywhere."""
        return any(site.stat().st_mtime_ns > self._since for site in self._trash.glob("lib/python3.*/site-packages"))

    def found(self) -> Iterator[str]:
        """Yield the places of such files."""
        for folder in list_tree(self._trash, _is_part):
            for entry in folder.entries:
                place = folder.place + entry.name
                with suppress(FileNotFoundError):  # a file of a moment
                    if place not in self._owned and self._is_work_of_others(entry, place):
                        yield place

    def _is_work_of_others(self, entry: os.DirEntry[str], place: str) -> bool:
        """It is a file or a link that has come or changed since, whatever time it was given."""
        is_kept = entry.is_file(follow_symlinks=False) or entry.is_symlink()
        now = entry.stat(follow_symlinks=False)
        if not is_kept or now.st_ctime_ns <= self._since or (self._is_of_pip(place) and place in self._owned_before):
            return False
        there = _stat(self._prefix / place)
        return not there or (now.st_mtime_ns, now.st_size) != (there.st_mtime_ns, there.st_size)

    def _is_of_pip(self, place: str) -> bool:
        return self._with_pip and _OF_PIP.match(place) is not None

    def bring(self, place: str) -> str:
        """Move one; what became of it, as in :data:`_FATES`."""
        source, target = self._trash / place, self._prefix / place
        there = _stat(target)
        if there is None and self._is_of_pip(place):
            return "left"
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if there is None:
                system.rename_to_free(source, target)
            elif self._is_of_pip(place) or place in self._owned_before or there.st_mtime_ns > self._since:
                system.rename_to_free(source, free_name(target, BESIDE))
                return "beside"
            else:
                source.replace(target)
        except OSError:
            return "lost"
        return "back"


def _is_part(place: str) -> bool:
    return place not in {META, "__clobbers__/"} and not is_bytecode(place)


def _stat(path: Path) -> os.stat_result | None:
    """None where nothing is."""
    try:
        return path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
