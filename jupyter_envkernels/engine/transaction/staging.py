"""Where a transaction works before its result may be seen, and how to clean up after one that died.

An environment is linked into a hidden sibling of its final place, on the same file system, so that one ``rename`` puts
it there complete. What can only be done in the final place (pip, the check of the kernel) comes after the rename, under
a mark in ``conda-meta`` that discovery takes as "not there yet"; the commit turns it into a mark of what the job made.

An update is built the same way, and takes the place of the environment by an exchange: what was there before stands
beside it until the commit, and is put back where there is none.

All names derive from the prefix and from a token that only the job's journal holds, each in its own way. A process that
finds the journal knows what the job has left; other accounts, which may know the job's id, cannot put anything under a
name before it is used. What is staged bears the job's id, and is for its owner alone until it is published.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import stat
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from ...envs.discovery import SIBLING_NAME, kept_beside
from ...errors import Forbidden
from ...files import UnsafeFile, read_file
from ...models import COMMITTED_MARK, PENDING_MARK, UPDATE_MARK
from ...system import system
from ..link.folders import delete, remove_tree
from ..link.tree import dress

_WORD_LENGTH = 24
"""Hexadecimal digits: as many characters as the id of a job, which versions without tokens took for them."""

_ASIDE = re.compile(
    rf"\..*\.envkernels-(\d{{8}}-\d{{6}}-[0-9a-f]{{8}}|[0-9a-f]{{{_WORD_LENGTH}}})\.(old|kept)", re.DOTALL
)
_KEPT_SECONDS = 24 * 60 * 60.0


def secret_word(job_id: str, token: str, purpose: str) -> str:
    """Return the part of a name that other accounts cannot guess, not even from what is for another purpose.

    Args:
        job_id: what it is where there is no token.
        token: of the job; empty for jobs of versions without tokens.
        purpose: one of those that the token has.
    """
    return hashlib.sha256(f"{token} {purpose}".encode()).hexdigest()[:_WORD_LENGTH] if token else job_id


@dataclass(slots=True)
class Staging:
    """The places that one job uses for one prefix.

    Attributes:
        prefix: the final place.
        job_id: owner of the places.
        token: of the job; see :func:`secret_word`.
    """

    prefix: Path
    job_id: str
    token: str = ""
    _made: int | None = field(default=None, init=False, repr=False, compare=False)
    """Descriptor of the folder that :meth:`begin` has made: no other one can be taken for it while it is open."""

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
    def kept(self) -> Path:
        """Where the new version of an environment goes that was rolled back: others may have written into it."""
        return self._sibling("kept")

    def _sibling(self, suffix: str) -> Path:
        word = secret_word(self.job_id, self.token, suffix)
        return self.prefix.with_name(f".{self.prefix.name[:SIBLING_NAME]}.envkernels-{word}.{suffix}")

    def begin(self) -> None:
        """Make the folder where the environment is built, for its owner alone, with the pending mark in it.

        Raises:
            Forbidden: another account has put its own folder there meanwhile.
            OSError: it cannot be made, or something has its name, which stays as it is.
        """
        self.folder.mkdir(mode=0o700)
        self._made = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        (self.folder / PENDING_MARK).parent.mkdir()
        self.mark()
        # on file systems that name other owners than the process, as those of some networks, it is another one for both
        if (self.folder / PENDING_MARK).lstat().st_uid != os.fstat(self._made).st_uid:
            raise _exchanged(self.folder)

    def close(self) -> None:
        """Forget what :meth:`begin` has made."""
        if self._made is not None:
            os.close(self._made)
            self._made = None

    def check(self, place: Path) -> None:
        """Refuse to go on where a place does not hold what :meth:`begin` has made.

        Args:
            place: where it must be: :attr:`folder`, or the prefix after it was published.

        Raises:
            Forbidden: another program has put something else there.
        """
        with contextlib.suppress(OSError):
            if self._made is not None and os.path.samestat(os.fstat(self._made), place.lstat()):
                return
        raise _exchanged(place)

    def mark(self, *lines: str) -> None:
        """Write the pending mark into the staged environment. The rename takes it along."""
        mark = self.folder / PENDING_MARK
        mark.write_text("\n".join([self.job_id, self._signature, *lines]), encoding="ascii")
        _sync(mark)
        _sync(mark.parent)

    @property
    def _signature(self) -> str:
        """Return what stands in a mark beside the job's id, which other accounts may know."""
        return secret_word(self.job_id, self.token, "mark")

    def publish(self, like: Path | None = None) -> None:
        """Move the staged environment to its final place.

        Args:
            like: the environment whose group, mode and access control lists it gets; None for those of a new folder.

        Raises:
            FileExistsError: something is there already; nothing was changed.
            Forbidden: the staged environment is another one.
            OSError: it cannot be moved; nothing was changed.
        """
        self._open_up(like or (self.folder / PENDING_MARK).parent)
        system.rename_to_free(self.folder, self.prefix)

    def _open_up(self, like: Path) -> None:
        self.check(self.folder)
        if self._made is not None:
            dress(str(like), self._made, os.fstat(self._made).st_gid)

    def exchange(self) -> None:
        """Put the staged environment into the place of the one that is there, which goes to :attr:`previous`.

        Raises:
            Forbidden: the staged environment is another one.
            OSError: it cannot be done. :meth:`restore` brings back what was.
        """
        self._open_up(self.prefix)
        # so that what was there never has a name under which only what is being built is looked for
        system.rename_to_free(self.folder, self.previous)
        if not system.exchange(self.previous, self.prefix):
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
        elif not system.exchange(self.previous, self.prefix):
            self.prefix.rename(self.folder)
            self.previous.rename(self.prefix)

    def owns_previous(self) -> bool:
        """Return whether what stands in :attr:`previous` is not what was there before, but what this job made."""
        return self._is_ours(self.previous / PENDING_MARK)

    def note_registration(self) -> None:
        """Remember in the mark that this job adds the prefix to conda's list, so that a rollback takes it out again."""
        with (self.prefix / PENDING_MARK).open("a", encoding="ascii") as mark:
            mark.write(f"\n{_REGISTERED}")

    def commit(self) -> None:
        """Turn the pending mark into that of a commit: from now on the environment is there.

        Raises:
            OSError: it is not; nothing was changed.
        """
        (self.prefix / PENDING_MARK).replace(self.prefix / COMMITTED_MARK)

    def is_pending(self) -> bool:
        """Return whether the prefix stands in its final place, but this job has not committed it."""
        return self._is_ours(self.prefix / PENDING_MARK)

    def is_committed(self) -> bool:
        """Return whether the prefix is what this job has made of it, whatever became of the job."""
        return self._is_ours(self.prefix / COMMITTED_MARK)

    def has_registered(self) -> bool:
        """Return whether it is pending, and this job has added it to conda's list or was about to."""
        return self.is_pending() and _REGISTERED in _lines(self.prefix / PENDING_MARK)

    def _is_ours(self, mark: Path) -> bool:
        """Return whether a mark is of this job and by it: other accounts may know the job's id."""
        lines = _lines(mark)
        return lines[:1] == [self.job_id] and (not self.token or self._signature in lines)

    def exists(self) -> bool:
        """Return whether there is something that :meth:`discard` would take away."""
        return any(map(os.path.lexists, (self.folder, self.previous, self.trash))) or self.is_pending()

    def discard(self) -> None:
        """Put all that this job made and did not commit into the trash, by renames. Safe to repeat.

        The new version of an environment goes to :attr:`kept` instead once it was about to take its place. A prefix
        without this job's mark is never touched. What was there before an update is to be put back first.

        Raises:
            OSError: something stays where it was.
        """
        for place in (self.prefix, self.previous, self.folder):
            if self._is_ours(mark := place / PENDING_MARK) and UPDATE_MARK in _lines(mark):
                self._keep(place)
            elif place != self.folder and self._is_ours(mark):
                self.put_aside(place)
        if not self._has_begun():
            return
        if os.path.lexists(self.trash):
            remove_tree(self.folder)
        else:
            self.put_aside(self.folder)

    def _has_begun(self) -> bool:
        """There is a folder in which the environment was built, and this job has made it, or at least this account."""
        try:
            found = self.folder.lstat()
        except OSError as error:
            if error.errno in _ABSENT:
                return False
            raise
        is_own = found.st_uid == os.geteuid() or self._is_ours(self.folder / PENDING_MARK)
        return stat.S_ISDIR(found.st_mode) and is_own

    def put_aside(self, place: Path) -> None:
        """Put an environment into the trash, where only its owner can enter it.

        Raises:
            OSError: it stays where it was.
        """
        _close_off(place, self.trash)

    def _keep(self, place: Path) -> None:
        """Keep a version that was rolled back for a day from now, so that conda does not take it for an environment."""
        (place / "conda-meta" / "history").unlink(missing_ok=True)
        os.utime(place)
        _close_off(place, self.kept)

    def forget_previous(self) -> None:
        """After the commit, which is made to outlast a power cut first: put what was there before into the trash.

        Raises:
            OSError: it stays where it was.
        """
        if self.is_committed():
            _sync(self.prefix / COMMITTED_MARK.parent)
        if os.path.lexists(self.previous):
            self.put_aside(self.previous)

    def empty_trash(self) -> str:
        """Delete what was put into the trash.

        Returns:
            Why some of it stays, as a sentence for the log; empty where nothing does. :func:`sweep` tries it again.
        """
        return delete(self.trash) if os.path.lexists(self.trash) else ""


_MARK_BYTES = 1 << 12
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}
_REGISTERED = "registered"


def _lines(mark: Path) -> list[str]:
    """Return what a mark says. One that is there and cannot be read is a failure, and no mark of another job."""
    try:
        return read_file(mark, _MARK_BYTES).decode("ascii", "replace").splitlines()
    except UnsafeFile:  # which is none of ours
        return []
    except OSError as error:
        if error.errno in _ABSENT:
            return []
        raise


def _close_off(place: Path, target: Path) -> None:
    """Rename an environment, and let only its owner enter it."""
    place.rename(target)
    with contextlib.suppress(OSError):  # it belongs to another account
        system.set_mode(target, 0o700)


def _exchanged(place: Path) -> Forbidden:
    return Forbidden(
        f"{place} is not what this job has made: another program has put something in its place.",
        remedy="Choose a folder in which other accounts cannot replace what is yours.",
    )


def _sync(path: Path) -> None:
    """Make a file, or what a folder lists, outlast a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def siblings_of(folder: Path, job_id: str, token: str, suffix: str) -> list[Path]:
    """Return what a job has in a folder of prefixes, whatever their names: ``new`` or ``was``, and of this account."""
    found = folder.glob(f".*.envkernels-{secret_word(job_id, token, suffix)}.{suffix}")
    return [path for path in found if path.lstat().st_uid == os.geteuid()]


def sweep(folder: Path, unfinished: Collection[str] = ()) -> None:
    """Delete what removals and rollbacks of jobs could not delete when they ran, or have kept for a day.

    That is ``.*.envkernels-*.old`` and ``.kept`` in a folder. Nothing that has such a name is used any more. What still
    cannot be deleted, such as files that a running kernel holds open on NFS, stays for the next time; so does what
    belongs to other accounts, for their own jobs.

    Args:
        folder: where to look.
        unfinished: names of the trash of jobs that see to their own: that of a removal tells how far it came.
    """
    with contextlib.suppress(OSError):
        for path in list(folder.iterdir()):
            if _ASIDE.fullmatch(path.name) and path.name not in unfinished:
                with contextlib.suppress(OSError):
                    found = path.lstat()
                    is_due = path.suffix == ".old" or time.time() - found.st_mtime > _KEPT_SECONDS
                    if is_due and found.st_uid == os.geteuid():
                        remove_tree(path)


def delete_kept(prefix: Path) -> str:
    """Delete the versions of an environment that are kept.

    Returns:
        Why some of it stays, as sentences for the log.
    """
    return "\n".join(filter(None, (delete(Path(path)) for path in kept_beside(str(prefix)))))
