"""What every POSIX system has, and the interface for what some do better."""

from __future__ import annotations

import errno
import os
import signal
from contextlib import suppress
from pathlib import Path


class Posix:
    """A system of which no more is known than that it is POSIX."""

    can_count_locks = False
    """Whether :meth:`lock_byte` and :meth:`locked_range` work."""

    def exchange(self, left: Path, right: Path) -> bool:  # noqa: ARG002
        """Let two folders or files change places in one step.

        Returns:
            False where it cannot be done in one step; nothing was changed. The caller renames twice, under its lock.

        Raises:
            OSError: they cannot be renamed; nothing was changed.
        """
        return False

    def rename_to_free(self, source: Path, target: Path) -> None:
        """Rename, but never replace: ``rename`` itself would silently take the place of an empty folder.

        Raises:
            FileExistsError: something has the target's name; nothing was changed.
            OSError: it cannot be renamed; nothing was changed.
        """
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        source.rename(target)

    def set_mode(self, folder: Path | str, mode: int, *, within: int | None = None) -> None:
        """Set the mode of a folder, but of nothing that a link with its name leads to.

        Args:
            folder: the folder, which need not be readable.
            mode: its new mode.
            within: descriptor of the folder that the name is in.

        Raises:
            OSError: it is a link, or its mode cannot be set.
        """
        try:
            os.chmod(folder, mode, dir_fd=within, follow_symlinks=False)
        except (NotImplementedError, ValueError):  # Python's word for a link, where links have no modes
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(folder)) from None

    def copy_attributes(self, source: str, target: str | int) -> None:
        """Copy extended attributes, of which access control lists are some, as far as they can be set.

        Args:
            source: path of a folder.
            target: path or descriptor of another one.
        """

    def acl_writers(self, path: str) -> tuple[list[int], list[int]]:  # noqa: ARG002
        """Return ids of the users, and of the groups, that an access control list names and lets write."""
        return [], []

    def unmapped_root(self) -> int | None:
        """Return the user id as which root is seen where this process's user namespace lacks it; None elsewhere."""
        return None

    def process_space(self) -> str:
        """Return what tells the boot and the space in which the number of a process means something."""
        return os.uname().nodename

    def program(self, pid: int) -> str:
        """Return the file that a process runs, also when it is there no more; empty where we may not know."""
        import psutil  # noqa: PLC0415 - takes longer than most of what needs this module

        try:
            return psutil.Process(pid).exe()
        except psutil.Error:
            return ""

    def sign(self, path: Path) -> bool:  # noqa: ARG002
        """Sign a program again whose content was changed; return whether that was needed."""
        return False

    def offer_to_oom_killer(self) -> None:
        """Let this process be the first to be ended where memory runs out."""

    def lock_byte(self, descriptor: int, place: int) -> bool:  # noqa: ARG002
        """Write-lock one byte of a file, until all copies of the descriptor are closed; False where it is locked.

        Raises:
            OSError: it cannot be locked.
        """
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    def locked_range(self, descriptor: int, start: int, end: int) -> tuple[int, int] | None:  # noqa: ARG002
        """Return start and end of one write lock that others hold in a part of a file; None where there is none."""
        return None


def kill_group(leader: int) -> None:
    """Kill all processes of a group. One without any is fine, as is one of zombies, to which macOS forbids signals."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
