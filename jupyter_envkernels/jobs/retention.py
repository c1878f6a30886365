"""Decide which journals are kept, and delete the others safely while they may be read."""

from __future__ import annotations

import logging
import os
import re
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ..errors import NotFound
from ..models import JOB_ID, Job
from .journal.reader import Journal
from .journal.writer import acquire

_DAY = 24 * 60 * 60.0
_HOUR = 60 * 60.0

_DRAFT_AGE = 60.0
"""Seconds after which a journal that was not completed is deleted."""

_REMAINS = re.compile(rf"\.{JOB_ID.pattern}\.(draft|gone)")

_log = logging.getLogger(__name__)


def superfluous(jobs: Iterable[Job], keep: int, now: float) -> list[str]:
    """Return the ids of jobs whose journals may be deleted, newest first.

    Kept are: jobs that run or wait; the newest finished ones; those that ended within the last hour, because clients
    may poll rarely; and those that ended within the last day and can be repeated or carried out. (A job that carries
    out a plan has a copy of it.)

    Args:
        jobs: all jobs, newest first.
        keep: number of finished jobs to keep in any case.
        now: seconds since the epoch.
    """
    over = [job for job in jobs if job.is_over]
    return [job.id for job in over[keep:] if _age(job, now) > _lifetime(job)]


def _age(job: Job, now: float) -> float:
    """Return the seconds since a job ended, or until its end if the clock was set back since."""
    return abs(now - (job.finished or job.created))


def _lifetime(job: Job) -> float:
    """Return the seconds for which a journal is kept after the end of the job."""
    return _HOUR if job.state == "succeeded" and not job.request.is_plan else _DAY


def discard(journal: Journal) -> None:
    """Delete the journal of a finished job, unless another process holds its lock."""
    try:
        lock = acquire(journal)
        if lock is None:
            return
        try:
            if journal.job().is_over:
                forget(journal)
        finally:
            os.close(lock)
    except (FileNotFoundError, NotFound):
        return  # another server has deleted it
    except OSError:
        _log.warning("The journal of the job %s cannot be deleted.", journal.id, exc_info=True)


def forget(journal: Journal) -> None:
    """Delete a journal, whose lock the caller holds.

    It is renamed first: readers that have it open can read on, new ones find no such job. Files that cannot be deleted
    now, such as open ones on NFS, are deleted later by :func:`sweep_journals`.

    Raises:
        OSError: it cannot be renamed.
    """
    gone = journal.folder.with_name(f".{journal.id}.gone")
    journal.folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def sweep_journals(journal_dir: Path) -> None:
    """Delete journals that a crash left incomplete, and those that could not be deleted before."""
    with suppress(OSError):
        for path in list(journal_dir.iterdir()):
            remains = _REMAINS.fullmatch(path.name)
            if remains and (remains[1] == "gone" or _is_old(path)):
                shutil.rmtree(path, ignore_errors=True)


def _is_old(draft: Path) -> bool:
    with suppress(OSError):
        return time.time() - draft.stat().st_mtime > _DRAFT_AGE
    return False
