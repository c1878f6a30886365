"""Delete folders completely, and find unused names beside files."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
from pathlib import Path

from ...system import system

BESIDE = "before-update"
"""Part of the name of a user's file that an update has replaced."""


def remove_tree(folder: Path) -> None:
    """Delete a folder with its content, even if modes of sub-folders forbid that. It may not exist.

    Raises:
        OSError: a file could not be deleted; all others are.
    """
    if folder.is_symlink() or not folder.is_dir():
        return
    shutil.rmtree(folder, ignore_errors=True)
    if folder.is_dir():
        open_folders(folder)
        shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):  # another process may delete it at the same time
        if folder.is_dir():
            shutil.rmtree(folder)  # raises the error


def delete(trash: Path) -> str:
    """Delete a folder, which may not exist.

    Returns:
        Why some of it remains, as a sentence for the log, or empty.
    """
    try:
        remove_tree(trash)
    except OSError as error:
        return f"Not all files could be deleted: {error.strerror} ({error.filename}). The others are deleted later."
    return ""


def open_folders(folder: Path) -> None:
    """Allow the owner all access to a folder and its sub-folders, each before it is read."""
    with contextlib.suppress(OSError):
        system.set_mode(folder, 0o700)
    for _, names, _, descriptor in os.fwalk(folder):
        for name in names:
            with contextlib.suppress(OSError):  # a link, or of another account
                system.set_mode(name, 0o700, within=descriptor)


def name_beside(path: Path) -> Path:
    """Return an unused name beside a file, for a user's file that is replaced.

    ``notes.txt`` becomes ``notes.before-update.txt``, or ``notes.before-update-2.txt``.
    """
    words = itertools.chain([BESIDE], (f"{BESIDE}-{number}" for number in itertools.count(2)))
    names = (path.with_name(f"{path.stem}.{word}{path.suffix}") for word in words)
    return next(name for name in names if not os.path.lexists(name))
