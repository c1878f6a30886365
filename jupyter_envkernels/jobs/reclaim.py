"""Find files that take disk space without need, and delete them: caches, old journals, versions after a rollback."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ..engine.fetch.cache_lock import held, mark_file, packages_in, take_out
from ..engine.link.folders import remove_tree
from ..engine.transaction.staging import kept_versions
from ..envs.disk_usage import DiskUsage
from ..errors import NotFound
from ..models import Job, Reclaimable, ReclaimKind
from .journal.reader import Journal, job_ids
from .retention import discard, superfluous


class Reclaimer:
    """Finds and deletes files of one user. All methods block.

    Args:
        package_cache: folder of packages and repodata.
        journal_dir: the folder of all journals.
        folders: folders of environments; those of known jobs are searched as well.
    """

    def __init__(self, package_cache: Path, journal_dir: Path, folders: Iterable[Path]) -> None:
        self.packages = package_cache / "pkgs"
        self._repodata = package_cache / "repodata"
        self._journal_dir = journal_dir
        self._jobs = list(_jobs(journal_dir))
        self._folders = sorted({*folders, *(job.request.prefix.parent for job in self._jobs)})

    def find(self, kind: ReclaimKind) -> list[Reclaimable]:
        """Return what can be deleted."""
        find = {
            "packages": self._unused_packages,
            "index_cache": self._index_files,
            "jobs": self._old_journals,
            "rolled_back": self._kept_versions,
        }
        return list(find[kind]())

    def delete(self, kind: ReclaimKind, items: Sequence[Reclaimable]) -> list[Reclaimable]:
        """Delete what :meth:`find` has returned, unless it is used by now. Links are not followed.

        Waits for installations that use the package cache.

        Returns:
            What was deleted.
        """
        delete = {
            "packages": self._delete_packages,
            "index_cache": _delete_files,
            "jobs": self._delete_journals,
            "rolled_back": _delete_folders,
        }
        delete[kind]([item.path for item in items])
        return [item for item in items if not os.path.lexists(item.path)]

    def _unused_packages(self) -> Iterator[Reclaimable]:
        for entry in packages_in(self.packages):
            usage = _usage(entry)
            if not usage.is_shared and _is_own(entry):
                yield Reclaimable(entry, usage.own)

    def _delete_packages(self, entries: Iterable[Path]) -> None:
        if not self.packages.is_dir():
            return
        with held(self.packages):
            for entry in entries:
                with suppress(OSError):
                    if not _usage(entry).is_shared:  # an installation may have linked its files since
                        take_out(entry)
                        mark_file(entry).unlink(missing_ok=True)

    def _index_files(self) -> Iterator[Reclaimable]:
        for folder, _, names in os.walk(self._repodata):
            for name in names:
                # a job may be writing the temporary files, and hold the locks
                if not name.startswith(".tmp") and not name.endswith(".lock"):
                    path = Path(folder, name)
                    yield Reclaimable(path, _usage(path).own)

    def _old_journals(self) -> Iterator[Reclaimable]:
        jobs = {job.id: job for job in self._jobs}
        for job_id in superfluous(self._jobs, 0, time.time()):
            journal = Journal(self._journal_dir, job_id)
            with suppress(OSError):  # folders of the job cannot be read, or its journal is gone by now
                has_folders = journal.staging(jobs[job_id].request.prefix).exists()  # which only the journal names
                if not has_folders and _is_own(journal.folder):
                    yield Reclaimable(journal.folder, _usage(journal.folder).own)

    def _delete_journals(self, folders: Iterable[Path]) -> None:
        for folder in folders:
            discard(Journal(self._journal_dir, folder.name))

    def _kept_versions(self) -> Iterator[Reclaimable]:
        for path in (path for folder in self._folders for path in kept_versions(folder)):
            yield Reclaimable(path, _usage(path).own)


def _jobs(journal_dir: Path) -> Iterator[Job]:
    """Yield the jobs that can be read, newest first."""
    for job_id in reversed(job_ids(journal_dir)):
        with suppress(NotFound, OSError):
            yield Journal(journal_dir, job_id).job()


def _delete_files(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink()


def _delete_folders(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            remove_tree(path)


def _is_own(path: Path) -> bool:
    with suppress(OSError):  # it is gone by now
        return path.lstat().st_uid == os.geteuid()
    return False


def _usage(path: Path) -> DiskUsage:
    usage = DiskUsage(str(path))
    for _ in usage.steps():
        pass
    return usage
