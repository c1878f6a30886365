"""Manage the folders in which a transaction works, and the marks by which a crash is recognized.

An environment is linked into a hidden sibling of its final prefix, on the same file system, so that one ``rename``
makes it appear complete. Steps that need the final prefix (pip, the check of the kernel) come after the rename, with a
pending mark in ``conda-meta``: discovery ignores prefixes that have one. The commit turns it into a committed mark.

An update is built in the same way, and exchanged with the environment: the previous version stays beside it until the
commit, and is swapped back if there is none.

All names derive from the prefix and from a token that only the job's journal contains. So a process that reads the
journal finds the folders of the job, and other accounts, even if they know the job's id, cannot create something under
these names in advance. Staged files contain the job's id, and only their owner can read them until they are published.
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
"""Number of hexadecimal digits: the length of a job's id, which versions without tokens used instead."""

_ASIDE = re.compile(
    rf"\..*\.envkernels-(\d{{8}}-\d{{6}}-[0-9a-f]{{8}}|[0-9a-f]{{{_WORD_LENGTH}}})\.(old|kept)", re.DOTALL
)
_KEPT_SECONDS = 24 * 60 * 60.0


def secret_word(job_id: str, token: str, purpose: str) -> str:
    """Return the secret part of a name, which cannot be derived from that for another purpose.

    Args:
        job_id: used if there is no token.
        token: of the job; empty for jobs of versions without tokens.
        purpose: what the name is for.
    """
    return hashlib.sha256(f"{token} {purpose}".encode()).hexdigest()[:_WORD_LENGTH] if token else job_id


@dataclass(slots=True)
class Staging:
    """The folders that one job uses for one prefix.

    Attributes:
        prefix: the final prefix.
        job_id: id of the job.
        token: of the job; see :func:`secret_word`.
    """

    prefix: Path
    job_id: str
    token: str = ""
    _made: int | None = field(default=None, init=False, repr=False, compare=False)
    """Descriptor of the folder that :meth:`begin` has created, which identifies it while it is open."""

    @property
    def folder(self) -> Path:
        """Return the staging prefix, where the environment is built."""
        return self._sibling("new")

    @property
    def previous(self) -> Path:
        """Return the path of the previous version while an update is not committed."""
        return self._sibling("was")

    @property
    def trash(self) -> Path:
        """Return the path to which a prefix is renamed before it is deleted."""
        return self._sibling("old")

    @property
    def kept(self) -> Path:
        """Return the path of a version that was rolled back; it is kept because programs may have written into it."""
        return self._sibling("kept")

    def _sibling(self, suffix: str) -> Path:
        word = secret_word(self.job_id, self.token, suffix)
        return self.prefix.with_name(f".{self.prefix.name[:SIBLING_NAME]}.envkernels-{word}.{suffix}")

    def begin(self) -> None:
        """Create the staging prefix with a pending mark, for its owner only.

        Raises:
            Forbidden: another account has replaced it.
            OSError: it cannot be created, or its name exists.
        """
        self.folder.mkdir(mode=0o700)
        self._made = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        (self.folder / PENDING_MARK).parent.mkdir()
        self.mark()
        # compare both owners, because network file systems may map the account to another one
        if (self.folder / PENDING_MARK).lstat().st_uid != os.fstat(self._made).st_uid:
            raise _exchanged(self.folder)

    def close(self) -> None:
        """Close the descriptor of the staging prefix."""
        if self._made is not None:
            os.close(self._made)
            self._made = None

    def check(self, place: Path) -> None:
        """Check that a path is still the folder that :meth:`begin` has created.

        Args:
            place: :attr:`folder`, or the final prefix after :meth:`publish`.

        Raises:
            Forbidden: another program has replaced it.
        """
        with contextlib.suppress(OSError):
            if self._made is not None and os.path.samestat(os.fstat(self._made), place.lstat()):
                return
        raise _exchanged(place)

    def mark(self, *lines: str) -> None:
        """Write the pending mark into the staging prefix, with which it is renamed."""
        mark = self.folder / PENDING_MARK
        mark.write_text("\n".join([self.job_id, self._signature, *lines]), encoding="ascii")
        _sync(mark)
        _sync(mark.parent)

    @property
    def _signature(self) -> str:
        """Return the line of a mark that other accounts cannot know."""
        return secret_word(self.job_id, self.token, "mark")

    def publish(self, like: Path | None = None) -> None:
        """Rename the staging prefix to the final prefix.

        Args:
            like: the environment whose group, mode and access control lists it gets; None for those of a new folder.

        Raises:
            FileExistsError: the final prefix exists; nothing was changed.
            Forbidden: another program has replaced the staging prefix.
            OSError: it cannot be renamed; nothing was changed.
        """
        self._open_up(like or (self.folder / PENDING_MARK).parent)
        system.rename_to_free(self.folder, self.prefix)

    def _open_up(self, like: Path) -> None:
        self.check(self.folder)
        if self._made is not None:
            dress(str(like), self._made, os.fstat(self._made).st_gid)

    def exchange(self) -> None:
        """Exchange the staging prefix with the environment, which goes to :attr:`previous`.

        Raises:
            Forbidden: another program has replaced the staging prefix.
            OSError: it failed. :meth:`restore` undoes it.
        """
        self._open_up(self.prefix)
        # rename first, so that the environment is never under the name of the staging prefix, which may be deleted
        system.rename_to_free(self.folder, self.previous)
        if not system.exchange(self.previous, self.prefix):
            self.previous.rename(self.folder)
            self.prefix.rename(self.previous)
            self.folder.rename(self.prefix)

    def restore(self) -> None:
        """Undo :meth:`exchange`, even if it was interrupted. Safe to repeat.

        Raises:
            OSError: it failed.
        """
        if not os.path.lexists(self.previous) or self.owns_previous():
            return
        if not os.path.lexists(self.prefix):
            self.previous.rename(self.prefix)
        elif not self.is_pending():
            raise OSError(errno.EEXIST, "The previous version is kept, because its path is in use", str(self.previous))
        elif not system.exchange(self.previous, self.prefix):
            self.prefix.rename(self.folder)
            self.previous.rename(self.prefix)

    def owns_previous(self) -> bool:
        """Return whether the folder at :attr:`previous` is the new version, which this job made."""
        return self._is_ours(self.previous / PENDING_MARK)

    def note_registration(self) -> None:
        """Note in the mark that this job adds the prefix to ``environments.txt``, so that a rollback removes it."""
        with (self.prefix / PENDING_MARK).open("a", encoding="ascii") as mark:
            mark.write(f"\n{_REGISTERED}")

    def commit(self) -> None:
        """Rename the pending mark to the committed mark, which makes the environment visible.

        Raises:
            OSError: it failed; nothing was changed.
        """
        (self.prefix / PENDING_MARK).replace(self.prefix / COMMITTED_MARK)

    def is_pending(self) -> bool:
        """Return whether this job has put the prefix in place, but not committed it."""
        return self._is_ours(self.prefix / PENDING_MARK)

    def is_committed(self) -> bool:
        """Return whether this job has committed the prefix."""
        return self._is_ours(self.prefix / COMMITTED_MARK)

    def has_registered(self) -> bool:
        """Return whether the prefix is pending, and this job has added it to ``environments.txt``, or was about to."""
        return self.is_pending() and _REGISTERED in _lines(self.prefix / PENDING_MARK)

    def _is_ours(self, mark: Path) -> bool:
        """Return whether a mark was written by this job, by its secret line: other accounts may know the job's id."""
        lines = _lines(mark)
        return lines[:1] == [self.job_id] and (not self.token or self._signature in lines)

    def exists(self) -> bool:
        """Return whether there is anything for :meth:`discard`."""
        return any(map(os.path.lexists, (self.folder, self.previous, self.trash))) or self.is_pending()

    def discard(self) -> None:
        """Rename all that this job made and did not commit into the trash. Safe to repeat.

        An update goes to :attr:`kept` instead, if it may have been in place. A prefix without this job's mark is never
        touched. Call :meth:`restore` first.

        Raises:
            OSError: a folder cannot be renamed.
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
        """Return whether there is a staging prefix that this job, or at least this account, has created."""
        try:
            found = self.folder.lstat()
        except OSError as error:
            if error.errno in _ABSENT:
                return False
            raise
        is_own = found.st_uid == os.geteuid() or self._is_ours(self.folder / PENDING_MARK)
        return stat.S_ISDIR(found.st_mode) and is_own

    def put_aside(self, place: Path) -> None:
        """Rename an environment into the trash, where only its owner can enter it.

        Raises:
            OSError: it cannot be renamed.
        """
        _close_off(place, self.trash)

    def _keep(self, place: Path) -> None:
        """Keep a version that was rolled back for a day, without a history, so that conda does not list it."""
        (place / "conda-meta" / "history").unlink(missing_ok=True)
        os.utime(place)
        _close_off(place, self.kept)

    def forget_previous(self) -> None:
        """Rename the previous version into the trash, after the commit mark is durable.

        Raises:
            OSError: it cannot be renamed.
        """
        if self.is_committed():
            _sync(self.prefix / COMMITTED_MARK.parent)
        if os.path.lexists(self.previous):
            self.put_aside(self.previous)

    def empty_trash(self) -> str:
        """Delete the trash.

        Returns:
            Why some of it remains, as a sentence for the log, or empty. :func:`sweep` deletes it later.
        """
        return delete(self.trash) if os.path.lexists(self.trash) else ""


_MARK_BYTES = 1 << 12
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}
_REGISTERED = "registered"


def _lines(mark: Path) -> list[str]:
    """Return the lines of a mark; none if it does not exist. An unreadable mark raises: it may be of this job."""
    try:
        return read_file(mark, _MARK_BYTES).decode("ascii", "replace").splitlines()
    except UnsafeFile:  # not of this job
        return []
    except OSError as error:
        if error.errno in _ABSENT:
            return []
        raise


def _close_off(place: Path, target: Path) -> None:
    """Rename an environment, and allow only its owner to enter it."""
    place.rename(target)
    with contextlib.suppress(OSError):  # it belongs to another account
        system.set_mode(target, 0o700)


def _exchanged(place: Path) -> Forbidden:
    return Forbidden(
        f"Another program has replaced {place} while this job was using it.",
        remedy="Choose a folder in which other accounts cannot replace your files.",
    )


def _sync(path: Path) -> None:
    """Make a file or the entries of a folder durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def siblings_of(folder: Path, job_id: str, token: str, suffix: str) -> list[Path]:
    """Return the folders that a job has for any prefix in a folder, if this account owns them.

    Args:
        folder: of prefixes.
        job_id: of the job.
        token: of the job.
        suffix: ``new`` for staging prefixes, ``was`` for previous versions.
    """
    found = folder.glob(f".*.envkernels-{secret_word(job_id, token, suffix)}.{suffix}")
    return [path for path in found if path.lstat().st_uid == os.geteuid()]


def sweep(folder: Path, unfinished: Collection[str] = ()) -> None:
    """Delete trash that jobs could not delete when they ran, and versions that were kept for a day.

    These are ``.*.envkernels-*.old`` and ``.kept`` in a folder. Files that cannot be deleted yet, such as open ones on
    NFS, are deleted the next time. Those of other accounts are left to their jobs.

    Args:
        folder: of prefixes.
        unfinished: names of the trash of unfinished jobs, which need it to find out how far a removal came.
    """
    with contextlib.suppress(OSError):
        for path in list(folder.iterdir()):
            if _ASIDE.fullmatch(path.name) and path.name not in unfinished:
                with contextlib.suppress(OSError):
                    found = path.lstat()
                    is_due = path.suffix == ".old" or time.time() - found.st_mtime > _KEPT_SECONDS
                    if is_due and found.st_uid == os.geteuid():
                        remove_tree(path)


def kept_versions(folder: Path) -> list[Path]:
    """Return the versions in a folder of prefixes that this account's jobs have rolled back and kept for a day."""
    try:
        found = [path for path in folder.iterdir() if _ASIDE.fullmatch(path.name) and path.suffix == ".kept"]
        return sorted(path for path in found if _is_own_folder(path.lstat()))
    except OSError:
        return []


def _is_own_folder(found: os.stat_result) -> bool:
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()


def delete_kept(prefix: Path) -> str:
    """Delete the kept versions of an environment.

    Returns:
        Why some of them remain, as sentences for the log.
    """
    return "\n".join(filter(None, (delete(Path(path)) for path in kept_beside(str(prefix)))))
