"""Taking back what a job began, and finishing what it had committed: by its worker, or after a crash."""

from __future__ import annotations

import os
from pathlib import Path

from ...errors import DiskFull, EnvKernelsError, LinkFailed
from ...models import JobPhase
from ..fetch.error_mapping import is_full_disk
from ..link import conda_meta
from .staging import Staging


def is_committed(kind: str, staging: Staging, phase: JobPhase | None) -> bool:
    """Return whether the work was done, whether or not the worker lived to say so.

    Args:
        kind: of the job.
        staging: its places.
        phase: its last known phase.
    """
    if kind == "remove":
        return phase == "removing" and not os.path.lexists(staging.prefix)
    return kind != "plan" and staging.is_committed()


def roll_back(kind: str, staging: Staging) -> str:
    """Take away what a job made and did not commit, and put back what it replaced. Safe to repeat.

    What was committed is finished instead: a removal whose rename was done, an update that took its place.

    Returns:
        What could not be deleted yet, as a sentence for the log; empty where nothing is left.

    Raises:
        EnvKernelsError: something cannot be taken away.
    """
    return "\n".join(filter(None, [put_back(kind, staging), empty_trash(kind, staging)]))


def put_back(kind: str, staging: Staging) -> str:
    """Do the fast part of :func:`roll_back`: restore the environment, and move what it deletes into the trash.

    Returns:
        What went wrong without harm, and where a version is kept, as sentences for the log.

    Raises:
        EnvKernelsError: something cannot be taken away.
    """
    if kind == "plan":
        return ""
    try:
        if kind == "remove":
            return _unlist_removed(staging)
        if staging.is_committed():
            return _forget_previous(staging)
        staging.restore()
        if staging.has_registered():
            conda_meta.unregister(staging.prefix, Path.home())
        staging.discard()
        return _where_kept(staging)
    except OSError as error:
        raise named(error) from error


def _where_kept(staging: Staging) -> str:
    """Say where the version is that was rolled back, and what that is for."""
    if not os.path.lexists(staging.kept):
        return ""
    return (
        f"The new version is kept in {staging.kept} for a day, with all that was written into it meanwhile. It counts "
        "towards your limits: delete it when you do not need it."
    )


def forget_replaced(kind: str, staging: Staging, *, succeeded: bool) -> None:
    """Take away what an update has replaced and could not take away when it ran.

    Args:
        kind: of a job that is over.
        staging: its places.
        succeeded: its journal says so. The mark may be that of a later job by now.
    """
    if kind in {"plan", "remove"} or not os.path.lexists(staging.previous):
        return
    if succeeded or staging.is_committed():
        _forget_previous(staging)
        staging.empty_trash()


def _forget_previous(staging: Staging) -> str:
    """Put what a committed update has replaced out of the way; why it stays, as a sentence for the log."""
    try:
        staging.forget_previous()
    except OSError as error:
        return f"The environment as it was before stays beside it: {named(error).message} It goes later."
    return ""


def empty_trash(kind: str, staging: Staging) -> str:
    """Do the part of :func:`roll_back` that deletes files, which takes its time.

    Returns:
        As :meth:`.Staging.empty_trash`.
    """
    return "" if kind == "plan" else staging.empty_trash()


def finish_removal(staging: Staging) -> str:
    """Delete what a removal has put aside.

    Returns:
        What went wrong with it, as sentences for the log.
    """
    return "\n".join(filter(None, [_unlist_removed(staging), staging.empty_trash()]))


def _unlist_removed(staging: Staging) -> str:
    """Take what a removal has put aside out of conda's list."""
    if os.path.lexists(staging.prefix) or not os.path.lexists(staging.trash):
        return ""
    return conda_meta.unregister(staging.prefix, Path.home())


def named(error: OSError) -> EnvKernelsError:
    """Return an error of the operating system as a failure with a name."""
    is_full = is_full_disk(error)
    # of a copy, the first file is what is copied, the second one where it goes
    file = (is_full and error.filename2) or error.filename
    where = f" ({file})" if file else ""
    if is_full:
        return DiskFull(
            f"No space is left on the disk{where}.",
            remedy="Remove environments that you no longer need, or ask for more space.",
        )
    return LinkFailed(f"{error.strerror or error}{where}.")
