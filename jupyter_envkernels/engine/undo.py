"""Taking back what a job began, and finishing what it had committed: by its worker, or by whoever finds it dead."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from ..errors import DiskFull, EnvKernelsError, LinkFailed
from ..models import JobPhase, JobRequest
from . import records
from .staging import Staging


def is_committed(request: JobRequest, job_id: str, phase: JobPhase | None) -> bool:
    """The work was done, whether or not the worker lived to say so.

    Args:
        request: of the job.
        job_id: its id.
        phase: its last known phase.
    """
    if request.kind == "remove":
        return phase == "removing" and not os.path.lexists(request.prefix)
    return request.kind != "plan" and Staging(request.prefix, job_id).is_committed()


def roll_back(request: JobRequest, job_id: str) -> str:
    """Take away what a job made and did not commit, and put back what it replaced. Safe to repeat.

    What was committed is finished instead: a removal whose rename was done, an update that took its place.

    Returns:
        What could not be deleted yet, as a sentence for the log; empty where nothing is left.

    Raises:
        EnvKernelsError: something cannot be taken away.
    """
    staging = Staging(request.prefix, job_id)
    if request.kind == "plan":
        return ""
    if request.kind == "remove":
        return finish_removal(staging)
    try:
        if staging.is_committed():
            return staging.forget_previous()
        staging.restore()
        if staging.has_registered():
            records.unregister(request.prefix, Path.home())
        return staging.discard()
    except OSError as error:
        raise named(error) from error


def finish_removal(staging: Staging) -> str:
    """Delete what a removal has put aside.

    Returns:
        What went wrong with it, as sentences for the log.
    """
    if not os.path.lexists(staging.trash):
        return ""
    unlisted = "" if os.path.lexists(staging.prefix) else records.unregister(staging.prefix, Path.home())
    return "\n".join(filter(None, [unlisted, staging.empty_trash()]))


def named(error: OSError) -> EnvKernelsError:
    """An operating-system error as a failure with a name."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(
            f"No space is left on the disk{where}.",
            remedy="Remove environments that you no longer need, or ask for more space.",
        )
    return LinkFailed(f"{error.strerror or error}{where}.")
