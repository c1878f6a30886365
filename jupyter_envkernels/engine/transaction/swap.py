"""The new version of an environment takes the place of the old one, with all that others do meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...models import UPDATE_MARK, count_of
from ..link import conda_meta
from ..link.snapshot import BESIDE, Caught, Seen, catch_up
from ..messages import first_of
from .open_files import OpenFile, open_in
from .rescue import NAMED
from .staging import Staging


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
    """Bring over what was written into the old version since, before it goes: programs have files of it open.

    Args:
        staging: the new version stands in its place and is to be committed.
        seen: what the old one was when they changed places.

    Returns:
        Sentences for the log.

    Raises:
        OSError: it cannot be done.
    """
    used = open_in(staging.previous)
    held = {file.place for file in used if not file.is_folder}
    caught = catch_up(staging.previous, staging.prefix, seen, held, for_good=True)
    return [*_told(staging, caught), *_warned(staging, used)]


def _told(staging: Staging, *caught: Caught) -> Iterator[str]:
    if count := sum(each.count for each in caught):
        yield f"{count_of(count, 'file')} came or changed in {staging.prefix} meanwhile, in the new version, too."
    if beside := [place for each in caught for place in each.beside]:
        yield (
            f"Files have changed in the old version and in the new one, which has that of the old one beside its own, "
            f"with {BESIDE} in the name: {first_of(beside, NAMED)}."
        )


def _warned(staging: Staging, used: Sequence[OpenFile]) -> Iterator[str]:
    """What will be lost all the same, whatever is done here."""
    for file in sorted(used, key=lambda file: (file.pid, file.place)):
        old, new = staging.previous / file.place, staging.prefix / file.place
        if file.is_folder:
            yield (
                f"Process {file.pid} still works in the folder {new} of the old version, which is deleted: what it "
                "writes there is lost. Restart it."
            )
        elif old.exists() and not (new.exists() and new.samefile(old)):
            yield f"Process {file.pid} goes on writing into {new} of the old version, which is deleted. Restart it."
