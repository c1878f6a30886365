"""Exchange an update with the environment, without losing what other programs write into it meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from ...models import UPDATE_MARK, count_of
from ..link import conda_meta
from ..link.folders import BESIDE
from ..link.snapshot import Caught, Seen, catch_up
from ..messages import first_of
from .staging import Staging

_NAMED = 20
"""Maximum number of files that a sentence names."""


def take_place(staging: Staging, seen: Seen) -> tuple[Seen, list[str]]:
    """Exchange the staging prefix with the environment.

    Args:
        staging: has the new version, complete except for the steps that need the final prefix.
        seen: snapshot of the environment from when it was copied.

    Returns:
        A snapshot of the old version, and sentences for the log.

    Raises:
        OSError: it failed.
    """
    prefix = staging.prefix
    conda_meta.keep_times(prefix, staging.folder)
    first = catch_up(prefix, staging.folder, seen)
    staging.mark(UPDATE_MARK)
    staging.exchange()
    # again, for files that were written between the first call and the exchange
    second = catch_up(staging.previous, prefix, first.seen)
    return second.seen, list(_sentences(staging, first, second))


def part(staging: Staging, seen: Seen) -> list[str]:
    """Copy changes in the old version since the exchange, and share its files with programs that have them open.

    Args:
        staging: has the new version in the final prefix, ready for the commit.
        seen: snapshot of the old version after the exchange.

    Returns:
        Sentences for the log.

    Raises:
        OSError: it failed.
    """
    return list(_sentences(staging, catch_up(staging.previous, staging.prefix, seen, for_good=True)))


def _sentences(staging: Staging, *caught: Caught) -> Iterator[str]:
    if count := sum(each.count for each in caught):
        yield f"{count_of(count, 'file')} that changed in {staging.prefix} meanwhile were copied to the new version."
    if beside := [place for each in caught for place in each.beside]:
        yield (
            f"Files have changed in both the old and the new version; the old ones are kept beside the new ones, with "
            f"{BESIDE} in the name: {first_of(beside, _NAMED)}."
        )
