"""The new version of an environment takes the place of the old one, with all that others do meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from ...models import UPDATE_MARK, count_of
from ..link import conda_meta
from ..link.folders import BESIDE
from ..link.snapshot import Caught, Seen, catch_up
from ..messages import first_of
from .staging import Staging

_NAMED = 20
"""Files that a sentence names."""


def take_place(staging: Staging, seen: Seen) -> tuple[Seen, list[str]]:
    """Exchange the staged version with the environment.

    Args:
        staging: where the new version is, complete but for what must be done in its place.
        seen: what the environment was when the new version was begun.

    Returns:
        What the old version is now, and sentences for the log.

    Raises:
        OSError: it cannot be done.
    """
    prefix = staging.prefix
    conda_meta.keep_times(prefix, staging.folder)
    first = catch_up(prefix, staging.folder, seen)
    staging.mark(UPDATE_MARK)
    staging.exchange()
    # what was written while that was going on; of the new one, nothing has been changed in its place yet
    second = catch_up(staging.previous, prefix, first.seen)
    return second.seen, list(_told(staging, first, second))


def part(staging: Staging, seen: Seen) -> list[str]:
    """Bring over what was written into the old version since, and what programs may write into it, before it goes.

    Args:
        staging: the new version stands in its place and is to be committed.
        seen: what the old one was when they changed places.

    Returns:
        Sentences for the log.

    Raises:
        OSError: it cannot be done.
    """
    return list(_told(staging, catch_up(staging.previous, staging.prefix, seen, for_good=True)))


def _told(staging: Staging, *caught: Caught) -> Iterator[str]:
    if count := sum(each.count for each in caught):
        yield f"{count_of(count, 'file')} came or changed in {staging.prefix} meanwhile, in the new version, too."
    if beside := [place for each in caught for place in each.beside]:
        yield (
            f"Files have changed in the old version and in the new one, which has that of the old one beside its own, "
            f"with {BESIDE} in the name: {first_of(beside, _NAMED)}."
        )
