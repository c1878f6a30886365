"""Where a transaction works before its result may be seen, and how to clean up after one that died.

An environment is linked into a hidden sibling of its final place, on the same file system, so that one ``rename`` puts
it there complete. What can only be done in the final place (pip, the check of the kernel) comes after the rename, under
a mark in ``conda-meta`` that discovery takes as "not there yet"; the commit turns it into a mark of what the job made.

An update is built the same way, and takes the place of the environment by an exchange: what was there before stands
beside it until the commit, and is put back where there is none.

All names derive from the prefix and the job's id, so that whoever finds the journal of a dead job knows what it left.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ..models import COMMITTED_MARK, PENDING_MARK, UPDATE_MARK
from .folders import delete, exchange, remove_tree, rename_to_free

_TRASH = re.compile(r"\..*\.envkernels-(\d{8}-\d{6}-[0-9a-f]{8})\.old", re.DOTALL)
_NAME_LENGTH = 50
"""Characters of a prefix's name that go into ours: with what is added, no more than the 255 bytes of a file name."""


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
        return self._sibling("new")

    @property
    def previous(self) -> Path:
        """Where an environment stands while its update is not committed."""
        return self._sibling("was")

    @property
    def trash(self) -> Path:
        """Where a prefix goes that is being removed."""
        return self._sibling("old")

    @property
    def spent(self) -> Path:
        """Where the copy goes on which scripts of packages ran before a removal."""
        return self.trash.with_name(f".copy{self.trash.name}")

    def _sibling(self, suffix: str) -> Path:
        return self.prefix.with_name(f".{self.prefix.name[:_NAME_LENGTH]}.envkernels-{self.job_id}.{suffix}")

    def mark(self, *lines: str) -> None:
        """Write the pending mark into the staged environment. The rename takes it along."""
        mark = self.folder / PENDING_MARK
        mark.write_text("\n".join([self.job_id, *lines]), encoding="ascii")
        _sync(mark)
        _sync(mark.parent)

    def publish(self) -> None:
        """Move the staged environment to its final place.

        Raises:
            FileExistsError: something is there already; nothing was changed.
            OSError: it cannot be moved; nothing was changed.
        """
        rename_to_free(self.folder, self.prefix)

    def exchange(self) -> None:
        """Put the staged environment into the place of the one that is there, which goes to :attr:`previous`.

        Raises:
            OSError: it cannot be done. :meth:`restore` brings back what was.
        """
        # so that what was there never has a name under which only what is being built is looked for
        self.folder.rename(self.previous)
        if not exchange(self.previous, self.prefix):
            self.previous.rename(self.folder)
            self.prefix.rename(self.previous)
            self.folder.rename(self.prefix)

    def restore(self) -> None:
        """Put back what was there before :meth:`exchange`, however far that has come. Safe to repeat.

        Raises:
            OSError: it cannot be done.
        """
        if not os.path.lexists(self.previous) or self.owns_previous():
            return
        if not os.path.lexists(self.prefix):
            self.previous.rename(self.prefix)
        elif not self.is_pending():
            raise OSError(errno.EEXIST, "The environment as it was has been put aside", str(self.previous))
        elif not exchange(self.previous, self.prefix):
            self.prefix.rename(self.folder)
            self.previous.rename(self.prefix)

    def owns_previous(self) -> bool:
        """What stands in :attr:`previous` is not what was there before, but what this job made."""
        return self._owner(self.previous / PENDING_MARK) == self.job_id

    def note_registration(self) -> None:
        """Remember in the mark that this job adds the prefix to conda's list, so that a rollback takes it out again."""
        with (self.prefix / PENDING_MARK).open("a", encoding="ascii") as mark:
            mark.write(f"\n{_REGISTERED}")

    def let_others_in(self, *, with_pip: bool) -> None:
        """Note in the mark, and by its time, that what now comes into an updated prefix may be the work of others.

        Args:
            with_pip: or that of pip.
        """
        with (self.prefix / PENDING_MARK).open("a", encoding="ascii") as mark:
            mark.write(f"\n{_OTHERS}\n{_PIP if with_pip else ''}")

    def has_let_others_in(self) -> bool:
        """What is in the trash is an update of this job, and :meth:`let_others_in` was called in it."""
        lines = _lines(self.trash / PENDING_MARK)
        return lines[:1] == [self.job_id] and UPDATE_MARK in lines and _OTHERS in lines

    def has_let_pip_in(self) -> bool:
        """What has come into it since may be the work of pip as well."""
        return _PIP in _lines(self.trash / PENDING_MARK)

    def commit(self) -> None:
        """Turn the pending mark into that of a commit: from now on the environment is there.

        Raises:
            OSError: it is not; nothing was changed.
        """
        (self.prefix / PENDING_MARK).replace(self.prefix / COMMITTED_MARK)

    def is_pending(self) -> bool:
        """The prefix stands in its final place, but this job has not committed it."""
        return self._owner(self.prefix / PENDING_MARK) == self.job_id

    def is_committed(self) -> bool:
        """The prefix is what this job has made of it, whatever became of the job."""
        return self._owner(self.prefix / COMMITTED_MARK) == self.job_id

    def is_marked(self) -> bool:
        """The prefix bears a mark of this job."""
        with contextlib.suppress(OSError):
            return self.is_pending() or self.is_committed()
        return False

    def has_registered(self) -> bool:
        """It is pending, and this job has added it to conda's list or was about to."""
        return self.is_pending() and _REGISTERED in _lines(self.prefix / PENDING_MARK)

    @staticmethod
    def _owner(mark: Path) -> str:
        return next(iter(_lines(mark)), "")

    def exists(self) -> bool:
        """There is something that :meth:`discard` would take away."""
        return any(map(os.path.lexists, (self.folder, self.previous, self.trash, self.spent))) or self.is_pending()

    def discard(self) -> None:
        """Put all that this job made and did not commit into the trash, by renames. Safe to repeat.

        A prefix without this job's mark is never touched. What was there before an update is to be put back first.

        Raises:
            OSError: something stays where it was.
        """
        for place in (self.prefix, self.previous):
            if self._owner(place / PENDING_MARK) == self.job_id:
                place.rename(self.trash)
        if not os.path.lexists(self.folder):
            return
        if os.path.lexists(self.trash):
            remove_tree(self.folder)
        else:
            self.folder.rename(self.trash)

    def forget_previous(self) -> None:
        """After the commit, which is made to outlast a power cut first: put what was there before into the trash.

        Raises:
            OSError: it stays where it was.
        """
        if self.is_committed():
            _sync(self.prefix / COMMITTED_MARK.parent)
        if os.path.lexists(self.previous):
            self.previous.rename(self.trash)

    def empty_trash(self) -> str:
        """Delete what was put into the trash.

        Returns:
            Why some of it stays, as a sentence for the log; empty where nothing does. :func:`sweep` tries it again.
        """
        return "\n".join(filter(None, map(delete, filter(os.path.lexists, (self.trash, self.spent)))))


_REGISTERED = "registered"
_OTHERS = "others"
_PIP = "pip"


def _lines(mark: Path) -> list[str]:
    """What a mark says. One that is there and cannot be read is no mark of somebody else: it is a failure."""
    try:
        return mark.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}:
            return []
        raise


def _sync(path: Path) -> None:
    """Make a file, or what a folder lists, outlast a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def touched_by(folder: Path, job_id: str) -> list[Path]:
    """The prefixes in a folder that bear the traces of a job, for one whose order cannot be read any more.

    Where only a shortened name is left of a prefix that has been put aside, it stays where it is.
    """
    found = set()
    siblings = re.compile(rf"\.(.*)\.envkernels-{re.escape(job_id)}\.(new|was|old)", re.DOTALL)
    with contextlib.suppress(OSError):
        for path in list(folder.iterdir()):
            name = siblings.fullmatch(path.name)
            if name and (len(name[1]) < _NAME_LENGTH or name[2] != "was"):
                found.add(folder / name[1])
            elif Staging(path, job_id).is_marked():
                found.add(path)
    return sorted(found, key=lambda prefix: (not Staging(prefix, job_id).is_marked(), prefix))


def sweep(folder: Path, unfinished: Collection[str] = ()) -> None:
    """Delete what removals and rollbacks of jobs could not delete when they ran: ``.*.envkernels-*.old`` in a folder.

    Nothing that has such a name is used any more. What still cannot be deleted, such as files that a running kernel
    holds open on NFS, stays for the next time.

    Args:
        folder: where to look.
        unfinished: ids of jobs that see to their own: that of a removal tells how far it came.
    """
    with contextlib.suppress(OSError):
        for path in list(folder.iterdir()):
            name = _TRASH.fullmatch(path.name)
            if name and name[1] not in unfinished:
                with contextlib.suppress(OSError):
                    remove_tree(path)
