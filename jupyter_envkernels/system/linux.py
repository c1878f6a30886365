"""Implement the system interface with features of Linux."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from contextlib import suppress
from functools import cache
from pathlib import Path

from .posix import Posix

_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}
_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_RENAME_EXCHANGE = 2
_IN_MODIFY = 2

_ACL = "system.posix_acl_access"
_ACL_USER, _ACL_GROUP, _ACL_WRITE = 0x02, 0x08, 0x02
_ACL_ENTRY = struct.Struct("<HHI")
_ACL_HEADER_BYTES = 4

_FLOCK = struct.Struct("hhqqi4x")
"""``struct flock``: type, whence, start, length, process."""

_DELETED = " (deleted)"


class Linux(Posix):
    """Linux, of any version and with any file system."""

    can_count_locks = hasattr(fcntl, "F_OFD_SETLK")

    def exchange(self, left: Path, right: Path) -> bool:
        """Exchange two folders or files by ``renameat2(2)``."""
        error = _renameat2(left, right, _RENAME_EXCHANGE)
        if error and error not in _UNSUPPORTED:
            raise OSError(error, os.strerror(error), str(right))
        return not error

    def rename_to_free(self, source: Path, target: Path) -> None:
        """Rename without replacing by ``renameat2(2)``."""
        error = _renameat2(source, target, _RENAME_NOREPLACE)
        if error in _UNSUPPORTED:
            super().rename_to_free(source, target)
        elif error:
            raise OSError(error, os.strerror(error), str(target))

    def set_mode(self, folder: Path | str, mode: int, *, within: int | None = None) -> None:
        """Set the mode of a folder by way of ``/proc``: before glibc 2.32, ``chmod`` follows links."""
        flags = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(folder, flags, dir_fd=within)
        try:
            os.chmod(f"/proc/self/fd/{descriptor}", mode)
        finally:
            os.close(descriptor)

    def copy_attributes(self, source: str, target: str | int) -> None:
        """Copy extended attributes: see xattr(7)."""
        try:
            names = os.listxattr(source)
        except OSError:  # not every file system supports them
            return
        for name in names:
            with suppress(OSError):  # some can be set by the system only
                os.setxattr(target, name, os.getxattr(source, name))

    def acl_writers(self, path: str) -> tuple[list[int], list[int]]:
        """Read an access control list in the format of ``linux/posix_acl_xattr.h``."""
        try:
            data = os.getxattr(path, _ACL)
        except OSError:  # it has none, or its file system does not support them
            return [], []
        entries = [entry for entry in _ACL_ENTRY.iter_unpack(data[_ACL_HEADER_BYTES:]) if entry[1] & _ACL_WRITE]
        users, groups = ([number for tag, _, number in entries if tag == kind] for kind in (_ACL_USER, _ACL_GROUP))
        return users, groups

    def unmapped_root(self) -> int | None:
        """Return the overflow user id if root is not mapped: see user_namespaces(7)."""
        return _unmapped_root()

    def process_space(self) -> str:
        """Return the id of the boot and the number of the namespace: see pid_namespaces(7)."""
        try:
            boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
            return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
        except OSError:
            return super().process_space()

    def program(self, pid: int) -> str:
        """Return the target of one link in ``/proc``, 14 times as fast as psutil."""
        try:
            return os.readlink(f"/proc/{pid}/exe").removesuffix(_DELETED)
        except OSError:
            return ""

    def offer_to_oom_killer(self) -> None:
        """Raise the score of this process: see proc_pid_oom_score_adj(5)."""
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")

    def watch(self, file: Path) -> int | None:
        """Watch by inotify(7), of which a user may have a limited number; changes by other hosts are not reported."""
        import ctypes  # noqa: PLC0415 - takes longer than most of what needs this module

        system = ctypes.CDLL(None, use_errno=True)
        try:
            descriptor = int(system.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        except AttributeError:
            return None
        if descriptor >= 0 and system.inotify_add_watch(descriptor, os.fsencode(file), _IN_MODIFY) < 0:
            os.close(descriptor)
            return None
        return descriptor if descriptor >= 0 else None

    def lock_byte(self, descriptor: int, place: int) -> bool:
        """Lock a byte by the open file description: see fcntl_locking(2)."""
        try:
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, place, 1, 0))
        except (BlockingIOError, PermissionError):
            return False
        return True

    def locked_range(self, descriptor: int, start: int, end: int) -> tuple[int, int] | None:
        """Test for write locks only: read locks can be taken by everyone who can read the file."""
        wanted = _FLOCK.pack(fcntl.F_RDLCK, os.SEEK_SET, start, end - start, 0)
        kind, _, first, length, _ = _FLOCK.unpack(fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, wanted))
        return None if kind == fcntl.F_UNLCK else (first, first + length if length else end)


@cache
def _unmapped_root() -> int | None:
    try:
        rows = Path("/proc/self/uid_map").read_text(encoding="utf-8").splitlines()
        if any(row.split()[1] == "0" for row in rows):
            return None
        return int(Path("/proc/sys/kernel/overflowuid").read_text(encoding="utf-8"))
    except OSError:
        return None


def _renameat2(source: Path, target: Path, flags: int) -> int:
    """Call ``renameat2(2)``; 0 or the error number. Not every file system has every flag."""
    import ctypes  # noqa: PLC0415 - takes longer than most of what needs this module

    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return errno.ENOSYS
    paths = (os.fsencode(source), os.fsencode(target))
    if renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], flags) == 0:
        return 0
    return ctypes.get_errno()
