"""Where a transaction works before its result may be seen, and how to clean up after one that died.

An environment is linked into a hidden sibling of its final place, on the same file system, so that one ``rename`` puts
it there complete. What can only be done in the final place (pip, the check of the kernel) comes after the rename, under
a mark in ``conda-meta`` that discovery takes as "not there yet" and that is removed last.

All names derive from the prefix and the job's id, so that whoever finds the journal of a dead job knows what it left.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from ..models import PENDING_MARK


@dataclass(frozen=True, slots=True)
class Staging:
    """The places that one job uses for one prefix.

    Attributes:
        prefix: the final place.
        job_id: owner of the places.
    """

    prefix: Path
    job_id: str

    @property
    def folder(self) -> Path:
        """Where the environment is built."""
        return self.prefix.with_name(f".{self.prefix.name}.envkernels-{self.job_id}.new")

    @property
    def trash(self) -> Path:
        """Where a prefix goes that is being removed."""
        return self.prefix.with_name(f".{self.prefix.name}.envkernels-{self.job_id}.old")

    def mark(self) -> None:
        """Write the pending mark into the staged environment. The rename takes it along."""
        (self.folder / PENDING_MARK).write_text(self.job_id, encoding="ascii")

    def publish(self) -> None:
        """Move the staged environment to its final place.

        Raises:
            OSError: something not empty is there already; nothing was changed.
        """
        self.folder.rename(self.prefix)

    def commit(self) -> None:
        """Remove the pending mark: from now on the environment is there."""
        (self.prefix / PENDING_MARK).unlink()

    def is_pending(self) -> bool:
        """The prefix stands in its final place, but this job has not committed it."""
        with contextlib.suppress(OSError):
            return (self.prefix / PENDING_MARK).read_text(encoding="ascii") == self.job_id
        return False

    def exists(self) -> bool:
        """There is something that :meth:`discard` would take away."""
        return self.folder.exists() or self.trash.exists() or self.is_pending()

    def discard(self) -> None:
        """Take away all that this job made and did not commit. Safe to repeat.

        A prefix without this job's mark is never touched.
        """
        if self.is_pending():
            self.prefix.rename(self.trash)
        for folder in (self.folder, self.trash):
            remove_tree(folder)


def remove_tree(folder: Path) -> None:
    """Delete a folder with all that is in it, also where its own sub-folders forbid that; absent is fine.

    Raises:
        OSError: something could not be deleted.
    """
    if folder.is_symlink() or not folder.is_dir():
        return
    try:
        shutil.rmtree(folder)
    except PermissionError:
        for parent, _, _ in os.walk(folder):
            Path(parent).chmod(0o700)
        shutil.rmtree(folder)
