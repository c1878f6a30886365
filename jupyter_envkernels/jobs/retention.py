"""Which journals are kept, and how the others are taken away while they may be read."""

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
"""Seconds after which an order that is not stored yet will never be."""

_REMAINS = re.compile(rf"\.{JOB_ID.pattern}\.(draft|gone)")

_log = logging.getLogger(__name__)


def superfluous(jobs: Iterable[Job], keep: int, now: float) -> list[str]:
    """Return the jobs whose journals may go.

    None that runs or waits; none of the newest that are over; none that ended within the last hour, for who waits for
    it may look rarely; and none that ended within the last day and can be taken up again or carried out. (What carries
    out a plan has a copy of it.)

    Args:
        jobs: all that there are, newest first.
        keep: how many of those that are over stay in any case.
        now: seconds since the epoch.

    Returns:
        Their ids, newest first.
    """
    over = [job for job in jobs if job.is_over]
    return [job.id for job in over[keep:] if _age(job, now) > _lifetime(job)]


def _age(job: Job, now: float) -> float:
    """Seconds since a job that is over ended. Where the clock was set back since, the time between counts as well."""
    return abs(now - (job.finished or job.created))


def _lifetime(job: Job) -> float:
    """Seconds for which a journal is kept after the end of the job, whatever others there are."""
    return _HOUR if job.state == "succeeded" and not job.request.is_plan else _DAY


def discard(journal: Journal) -> None:
    """Take away the journal of a job that is over; nothing happens while some process holds it."""
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
        return  # another server was faster
    except OSError:
        _log.warning("The journal of the job %s cannot be taken away.", journal.id, exc_info=True)


def forget(journal: Journal) -> None:
    """Take away a journal, whose lock the caller holds.

    One rename makes it unknown at once: a reader that has it open reads on, a new one finds no such job. What
    cannot be deleted then, such as files that are held open on NFS, is swept later under its new name.

    Raises:
        OSError: it stays.
    """
    grave = journal.folder.with_name(f".{journal.id}.gone")
    journal.folder.rename(grave)
    shutil.rmtree(grave, ignore_errors=True)


def sweep_journals(journal_dir: Path) -> None:
    """Delete what a crash left: orders half stored, which were not announced, and journals half deleted."""
    with suppress(OSError):
        for path in list(journal_dir.iterdir()):
            remains = _REMAINS.fullmatch(path.name)
            if remains and (remains[1] == "gone" or _is_old(path)):
                shutil.rmtree(path, ignore_errors=True)


def _is_old(draft: Path) -> bool:
    with suppress(OSError):
        return time.time() - draft.stat().st_mtime > _DRAFT_AGE
    return False
