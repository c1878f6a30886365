"""Roll back a job that failed or whose worker died; finish it if it was committed.

Called by the worker itself, or after a crash by the process that next gets the job's lock.
"""

from __future__ import annotations

import os
from pathlib import Path

from ...errors import DiskFull, EnvKernelsError, LinkFailed
from ...models import JobPhase
from ..fetch.error_mapping import is_full_disk
from ..link import conda_meta
from .staging import Staging


def is_committed(kind: str, staging: Staging, phase: JobPhase | None) -> bool:
    """Return whether a job was committed, even if its worker died before it could report that.

    Args:
        kind: of the job.
        staging: its folders.
        phase: its last known phase.
    """
    if kind == "remove":
        return phase == "removing" and not os.path.lexists(staging.prefix)
    return kind != "plan" and staging.is_committed()


def roll_back(kind: str, staging: Staging) -> str:
    """Undo a job that was not committed, and delete its files. Safe to repeat.

    If it was committed, finish it: delete the removed environment, or the previous version.

    Returns:
        What could not be deleted yet, as a sentence for the log, or empty.

    Raises:
        EnvKernelsError: the rollback failed.
    """
    return "\n".join(filter(None, [put_back(kind, staging), empty_trash(kind, staging)]))


def put_back(kind: str, staging: Staging) -> str:
    """Do the fast part of :func:`roll_back`: restore the environment, and move files to delete into the trash.

    Returns:
        Warnings, and where a version is kept, as sentences for the log.

    Raises:
        EnvKernelsError: the rollback failed.
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
    """Return a sentence on where the version that was rolled back is kept; empty if there is none."""
    if not os.path.lexists(staging.kept):
        return ""
    return (
        f"The new version is kept in {staging.kept} for a day, with all files that were written into it. It counts "
        "towards your limits: delete it if you do not need it."
    )


def forget_replaced(kind: str, staging: Staging, *, succeeded: bool) -> None:
    """Delete the previous version, if an update could not delete it when it ran.

    Args:
        kind: of a finished job.
        staging: its folders.
        succeeded: whether the job succeeded by its journal; the mark may be that of a later job by now.
    """
    if kind in {"plan", "remove"} or not os.path.lexists(staging.previous):
        return
    if succeeded or staging.is_committed():
        _forget_previous(staging)
        staging.empty_trash()


def _forget_previous(staging: Staging) -> str:
    """Move the previous version into the trash; if that fails, return why as a sentence for the log."""
    try:
        staging.forget_previous()
    except OSError as error:
        return f"The previous version cannot be deleted yet: {named(error).message} It will be deleted later."
    return ""


def empty_trash(kind: str, staging: Staging) -> str:
    """Do the slow part of :func:`roll_back`: delete files.

    Returns:
        As :meth:`.Staging.empty_trash`.
    """
    return "" if kind == "plan" else staging.empty_trash()


def finish_removal(staging: Staging) -> str:
    """Delete a removed environment from the trash.

    Returns:
        Warnings, as sentences for the log.
    """
    return "\n".join(filter(None, [_unlist_removed(staging), staging.empty_trash()]))


def _unlist_removed(staging: Staging) -> str:
    """Remove a removed environment from ``environments.txt``."""
    if os.path.lexists(staging.prefix) or not os.path.lexists(staging.trash):
        return ""
    return conda_meta.unregister(staging.prefix, Path.home())


def named(error: OSError) -> EnvKernelsError:
    """Convert an OSError to a failure with a message."""
    is_full = is_full_disk(error)
    # for a copy, the first file is the source, the second one the target
    file = (is_full and error.filename2) or error.filename
    where = f" ({file})" if file else ""
    if is_full:
        return DiskFull(
            f"No space is left on the disk{where}.",
            remedy="Remove environments that you no longer need, or ask for more space.",
        )
    return LinkFailed(f"{error.strerror or error}{where}.")
