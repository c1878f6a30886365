"""Folders as a whole: moved and exchanged by one rename, deleted to the last file."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import itertools
import os
import shutil
from pathlib import Path


def remove_tree(folder: Path) -> None:
    """Delete a folder with all that is in it, also where its own sub-folders forbid that; absent is fine.

    Raises:
        OSError: something could not be deleted; all else is.
    """
    if folder.is_symlink() or not folder.is_dir():
        return
    shutil.rmtree(folder, ignore_errors=True)
    if folder.is_dir():
        open_folders(folder)
        shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):  # somebody else sweeps here, too
        if folder.is_dir():
            shutil.rmtree(folder)  # says what the matter is


def delete(trash: Path) -> str:
    """Delete a folder, which may be absent.

    Returns:
        Why some of it stays, as a sentence for the log; empty where nothing does.
    """
    try:
        remove_tree(trash)
    except OSError as error:
        return f"Not everything could be deleted: {error.strerror} ({error.filename}). What is left goes later."
    return ""


def open_folders(folder: Path) -> None:
    """Give the owner all rights on a folder and those in it: each before it is read, as it may forbid just that."""
    with contextlib.suppress(OSError):
        set_mode(folder, 0o700)
    for _, names, _, descriptor in os.fwalk(folder):
        for name in names:
            with contextlib.suppress(OSError):  # it is a link, or belongs to another account
                set_mode(name, 0o700, within=descriptor)


def set_mode(folder: Path | str, mode: int, *, within: int | None = None) -> None:
    """Set the mode of a folder, but of nothing that a link with its name leads to.

    Args:
        folder: the folder, which need not be readable.
        mode: its new mode.
        within: descriptor of the folder that the name is in.

    Raises:
        OSError: it is no folder, or its mode cannot be set.
    """
    flags = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(folder, flags, dir_fd=within)
    try:
        Path(by_descriptor(descriptor)).chmod(mode)
    finally:
        os.close(descriptor)


def by_descriptor(descriptor: int) -> str:
    """Return a path of an open file or folder, which leads to it whatever becomes of its name (proc(5))."""
    return f"/proc/self/fd/{descriptor}"


def rename_to_free(source: Path, target: Path) -> None:
    """Rename, but never replace: ``rename`` itself would silently take the place of an empty folder.

    Raises:
        FileExistsError: something has the target's name; nothing was changed.
        OSError: it cannot be renamed; nothing was changed.
    """
    error = _renameat2(source, target, _RENAME_NOREPLACE)
    if error in _UNSUPPORTED:
        error = errno.EEXIST if os.path.lexists(target) else _rename(source, target)
    if error:
        error = errno.EEXIST if error == errno.ENOTEMPTY else error
        raise OSError(error, os.strerror(error), str(target))


def free_name(path: Path, word: str) -> Path:
    """A name that nothing has, beside a file: ``notes.txt`` becomes ``notes.WORD.txt``, or ``notes.WORD-2.txt``."""
    words = itertools.chain([word], (f"{word}-{number}" for number in itertools.count(2)))
    names = (path.with_name(f"{path.stem}.{each}{path.suffix}") for each in words)
    return next(name for name in names if not os.path.lexists(name))


def exchange(left: Path, right: Path) -> bool:
    """Let two folders or files change places in one step; False where the system cannot.

    Raises:
        OSError: they cannot be renamed; nothing was changed.
    """
    error = _renameat2(left, right, _RENAME_EXCHANGE)
    if error and error not in _UNSUPPORTED:
        raise OSError(error, os.strerror(error), str(right))
    return not error


_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}
_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_RENAME_EXCHANGE = 2


def _renameat2(source: Path, target: Path, flags: int) -> int:
    """Linux's ``renameat2(2)``; 0 or the error number. Not every file system has every flag."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return errno.ENOSYS
    paths = (os.fsencode(source), os.fsencode(target))
    if renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], flags) == 0:
        return 0
    return ctypes.get_errno()


def _rename(source: Path, target: Path) -> int:
    """The ordinary rename; 0 or the error number."""
    try:
        source.rename(target)
    except OSError as error:
        return error.errno or errno.EIO
    return 0
