"""Define the interface to the operating system, and implement it for every POSIX system."""

from __future__ import annotations

import errno
import os
import signal
from contextlib import suppress
from pathlib import Path


class Posix:
    """Any POSIX system."""

    can_count_locks = False
    """Whether :meth:`lock_byte` and :meth:`locked_range` work."""

    def exchange(self, left: Path, right: Path) -> bool:  # noqa: ARG002
        """Exchange two folders or files atomically.

        Returns:
            False if the system cannot; nothing was changed. The caller then renames twice, under its lock.

        Raises:
            OSError: they cannot be renamed; nothing was changed.
        """
        return False

    def rename_to_free(self, source: Path, target: Path) -> None:
        """Rename without replacing: ``rename`` itself would silently replace an empty folder.

        Raises:
            FileExistsError: something has the target's name; nothing was changed.
            OSError: it cannot be renamed; nothing was changed.
        """
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        source.rename(target)

    def set_mode(self, folder: Path | str, mode: int, *, within: int | None = None) -> None:
        """Set the mode of a folder without following a link of its name.

        Args:
            folder: the folder, which need not be readable.
            mode: its new mode.
            within: descriptor of the folder that the name is in.

        Raises:
            OSError: it is a link, or its mode cannot be set.
        """
        try:
            os.chmod(folder, mode, dir_fd=within, follow_symlinks=False)
        except (NotImplementedError, ValueError):  # raised for a link where links have no modes
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(folder)) from None

    def copy_attributes(self, source: str, target: str | int) -> None:
        """Copy extended attributes, including access control lists, as far as they can be set.

        Args:
            source: path of a folder.
            target: path or descriptor of another one.
        """

    def acl_writers(self, path: str) -> tuple[list[int], list[int]]:  # noqa: ARG002
        """Return the ids of users and of groups to which an access control list gives write permission."""
        return [], []

    def unmapped_root(self) -> int | None:
        """Return the user id shown for root if this user namespace does not map root; else None."""
        return None

    def process_space(self) -> str:
        """Return an identifier of the boot and the namespace in which process ids are unique."""
        return os.uname().nodename

    def program(self, pid: int) -> str:
        """Return the file that a process runs, even if it was deleted; empty if access is denied."""
        import psutil  # noqa: PLC0415 - takes longer than most of what needs this module

        try:
            return psutil.Process(pid).exe()
        except psutil.Error:
            return ""

    def sign(self, path: Path) -> bool:  # noqa: ARG002
        """Sign a changed program again; return whether that was necessary."""
        return False

    def offer_to_oom_killer(self) -> None:
        """Make this process the first to be killed when memory runs out."""

    def watch(self, file: Path) -> int | None:  # noqa: ARG002
        """Return a new descriptor that can be read after each change of a file; None if changes are not reported."""
        return None

    def lock_byte(self, descriptor: int, place: int) -> bool:  # noqa: ARG002
        """Lock one byte of a file for writing, until all copies of the descriptor are closed; False if it is locked.

        Raises:
            OSError: it cannot be locked.
        """
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    def locked_range(self, descriptor: int, start: int, end: int) -> tuple[int, int] | None:  # noqa: ARG002
        """Return start and end of a write lock that others hold in a range of a file; None if there is none."""
        return None


def kill_group(leader: int) -> None:
    """Kill all processes of a group, which may be empty, or zombies, for which macOS raises PermissionError."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
