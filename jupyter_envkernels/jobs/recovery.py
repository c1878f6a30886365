"""Recover from crashes when a manager starts: of journals, environments, packages, locks."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from ..engine.fetch.cache_lock import sweep_packages
from ..engine.fetch.partial_archives import PARTS, sweep_parts
from ..engine.transaction.rollback import forget_replaced, put_back
from ..engine.transaction.staging import Staging, sweep, touched_by
from ..errors import EnvKernelsError, NotFound
from ..models import Job
from .journal.reader import Journal, job_ids
from .journal.writer import acquire
from .locks import sweep_locks
from .retention import forget, sweep_journals
from .worker_process import end_group

_DAY = 24 * 60 * 60.0

_log = logging.getLogger(__name__)


def take_back_lost(journal_dir: Path, folders: Iterable[Path]) -> None:
    """Undo jobs whose orders cannot be read any more.

    What they have made is out of the way then, and goes with :func:`clean`.

    Args:
        journal_dir: the folder of all jobs.
        folders: where jobs may have made environments.
    """
    known = sorted(set(folders))
    for job_id in job_ids(journal_dir):
        journal = Journal(journal_dir, job_id)
        if _is_ruined(journal):
            _clear(journal, known)


def clean(journal_dir: Path, package_cache: Path, folders: Iterable[Path], jobs: Sequence[Job] = ()) -> None:
    """Delete what is neither needed nor can be resumed, which takes its time; jobs may run meanwhile.

    What cannot be deleted now, or when the process ends in the middle of it, stays for the next time.

    Args:
        journal_dir: the folder of all jobs.
        package_cache: packages and repodata.
        folders: where jobs may have made environments.
        jobs: those that are known, as they were a moment ago.
    """
    sweep_journals(journal_dir)
    places = {job.id: Journal(journal_dir, job.id).staging(job.request.prefix) for job in jobs}
    unfinished = {places[job.id].trash.name for job in jobs if not job.is_over}
    known = sorted(set(folders))
    for folder in known:
        sweep(folder, unfinished)
    for job in jobs:
        if job.is_over:
            _forget_replaced(job, places[job.id])
    sweep_packages(package_cache / "pkgs")
    sweep_parts(package_cache / PARTS)
    sweep_locks(known)


async def in_background(work: Callable[[], None]) -> None:
    """Do some work in a thread for which neither a cancellation nor the end of the process waits."""
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    def run() -> None:
        try:
            work()
        except Exception:  # noqa: BLE001 - whatever it was, those who wait are told that it is over
            _log.exception("Not everything could be cleaned up.")
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(done.set)

    threading.Thread(target=run, daemon=True).start()
    await done.wait()


def _is_ruined(journal: Journal) -> bool:
    """What was asked is lost; what cannot be read just now, as on a disk that is away, is not."""
    try:
        journal.order()
    except NotFound as error:
        return not isinstance(error.__cause__, OSError)
    return False


def _clear(journal: Journal, folders: Iterable[Path]) -> None:
    """Take away what a job left of which only the id is known, and its journal a day later."""
    lock = None
    try:
        lock = acquire(journal)
        if lock is not None:
            end_group(journal)
            _log.warning("What the job %s was to do is lost. What it left is taken away.", journal.id)
            _take_back(journal, folders)
            if time.time() - journal.folder.stat().st_mtime > _DAY:
                forget(journal)
    except (EnvKernelsError, OSError) as error:
        _log.warning("What the job %s left cannot be taken away: %s", journal.id, error)
    finally:
        if lock is not None:
            os.close(lock)


def _forget_replaced(job: Job, staging: Staging) -> None:
    try:
        forget_replaced(job.request.kind, staging, succeeded=job.state == "succeeded")
    except OSError as error:
        _log.warning("What the job %s has replaced cannot be taken away: %s", job.id, error)


def _take_back(journal: Journal, folders: Iterable[Path]) -> None:
    for folder in folders:
        for staging in touched_by(folder, journal.id, journal.token()):
            put_back("update", staging)
