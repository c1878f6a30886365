"""Recover from crashed workers at start-up: journals, staging folders, package cache, lock files.

Jobs whose worker died are finalized by :func:`.worker_process.reap`.
"""

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
from ..engine.link.folders import remove_tree
from ..engine.transaction.rollback import forget_replaced
from ..engine.transaction.staging import Staging, siblings_of, sweep
from ..errors import EnvKernelsError, NotFound
from ..models import Job
from .journal.reader import Journal, job_ids
from .journal.writer import acquire
from .locks import sweep_locks
from .retention import forget, sweep_journals
from .worker_process import end_group

_DAY = 24 * 60 * 60.0

_log = logging.getLogger(__name__)


def clean(journal_dir: Path, package_cache: Path, folders: Iterable[Path], jobs: Sequence[Job] = ()) -> None:
    """Delete leftovers of jobs. This may be slow; jobs may run meanwhile, and what remains is deleted the next time.

    Args:
        journal_dir: the folder of all journals.
        package_cache: folder of packages and repodata.
        folders: folders of environments.
        jobs: the known jobs.
    """
    sweep_journals(journal_dir)
    places = {job.id: Journal(journal_dir, job.id).staging(job.request.prefix) for job in jobs}
    unfinished = {places[job.id].trash.name for job in jobs if not job.is_over}
    known = sorted(set(folders))
    for job_id in job_ids(journal_dir):
        if _is_ruined(journal := Journal(journal_dir, job_id)):
            _clear(journal, known)
    for folder in known:
        sweep(folder, unfinished)
    for job in jobs:
        if job.is_over:
            _forget_replaced(job, places[job.id])
    sweep_packages(package_cache / "pkgs")
    sweep_parts(package_cache / PARTS)
    sweep_locks(known)


async def in_background(work: Callable[[], None]) -> None:
    """Run a function in a thread, which neither a cancellation nor the end of the process waits for."""
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    def run() -> None:
        try:
            work()
        except Exception:  # noqa: BLE001 - the event must be set in any case
            _log.exception("Not everything could be cleaned up.")
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(done.set)

    threading.Thread(target=run, daemon=True).start()
    await done.wait()


def _is_ruined(journal: Journal) -> bool:
    """Return whether the request of a job is lost, and not just unreadable now, as on a disk that is offline."""
    try:
        journal.order()
    except NotFound as error:
        return not isinstance(error.__cause__, OSError)
    return False


def _clear(journal: Journal, folders: Iterable[Path]) -> None:
    """Delete the staging folder of a job whose request is lost, unless it runs, and its journal a day later."""
    lock = None
    try:
        lock = acquire(journal)
        if lock is not None:
            end_group(journal)
            _log.warning("The request of the job %s is lost. Its staging folder is deleted.", journal.id)
            for folder in folders:
                _delete_staged(folder, journal)
            if time.time() - journal.folder.stat().st_mtime > _DAY:
                forget(journal)
    except (EnvKernelsError, OSError) as error:
        _log.warning("The staging folder of the job %s cannot be deleted: %s", journal.id, error)
    finally:
        if lock is not None:
            os.close(lock)


def _forget_replaced(job: Job, staging: Staging) -> None:
    try:
        forget_replaced(job.request.kind, staging, succeeded=job.state == "succeeded")
    except OSError as error:
        _log.warning("The version that the job %s has replaced cannot be deleted: %s", job.id, error)


def _delete_staged(folder: Path, journal: Journal) -> None:
    for path in siblings_of(folder, journal.id, journal.token(), "new"):
        remove_tree(path)
    for path in siblings_of(folder, journal.id, journal.token(), "was"):
        _log.warning("The environment before that job is kept in %s. Rename it to restore it.", path)
