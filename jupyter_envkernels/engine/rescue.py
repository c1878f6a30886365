"""Files that others have written into the new version of an environment while it was not committed.

When the change is taken back the new version goes, and what a person's programs have put there comes back into the old
one. Only what is surely not the work of the change itself: what has come after the scripts of packages were done, is of
no package, and is not where pip works. Nothing that is there is replaced.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..errors import EnvKernelsError
from ..models import PENDING_MARK
from .folders import rename_to_free
from .ownership import owned_files
from .staging import Staging
from .walking import is_bytecode, list_tree

_OF_PACKAGES = re.compile(r"(conda-meta|bin|etc|include|share|__clobbers__|lib/python3\.[0-9]+)/")
"""Folders in which pip and its builds may have left halves, and the records."""

_NAMED = 20
"""Files that a sentence names."""


def bring_back(staging: Staging) -> str:
    """Move such files out of the trash into the environment as it was. Safe to repeat.

    Returns:
        Which ones, and which ones could not be moved, as sentences for the log; empty where there are none.
    """
    if not staging.has_let_others_in():
        return ""
    try:
        found = _found(staging.trash)
    except (EnvKernelsError, OSError) as error:
        return f"What others may have written into the new version cannot be told apart: {error}"
    back, lost = [], []
    for place in found:
        target = staging.prefix / place
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            rename_to_free(staging.trash / place, target)
            back.append(place)
        except FileExistsError:
            continue
        except OSError:
            lost.append(place)
    return "\n".join(
        f"{len(places)} files were written into the new version meanwhile, and {fate}: {names(places)}."
        for places, fate in ((back, "are in the old one now"), (lost, "cannot be brought back"))
        if places
    )


def _found(tree: Path) -> list[str]:
    """The places of such files, in order."""
    since = (tree / PENDING_MARK).stat().st_mtime_ns
    owned = owned_files(tree)
    folders = list_tree(tree, lambda place: not (_OF_PACKAGES.fullmatch(place) or is_bytecode(place)))
    found = ((folder.place + entry.name, entry) for folder in folders for entry in folder.entries)
    return sorted(place for place, entry in found if place not in owned and _is_newer(entry, since))


def _is_newer(entry: os.DirEntry[str], since: int) -> bool:
    """It is a file or a link that has come since then, whatever time it was given."""
    with suppress(FileNotFoundError):  # a file of a moment
        is_kept = entry.is_file(follow_symlinks=False) or entry.is_symlink()
        return is_kept and entry.stat(follow_symlinks=False).st_ctime_ns > since
    return False


def names(places: Sequence[str]) -> str:
    """The first of them, in a sentence."""
    more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    return f"{', '.join(places[:_NAMED])}{more}"
