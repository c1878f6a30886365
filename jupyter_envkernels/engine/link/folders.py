"""Folders as a whole: deleted to the last file; and names that are free."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
from pathlib import Path

from ...system import system

BESIDE = "before-update"
"""Part of the name of a person's file whose place another one has taken."""


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
        system.set_mode(folder, 0o700)
    for _, names, _, descriptor in os.fwalk(folder):
        for name in names:
            with contextlib.suppress(OSError):  # it is a link, or belongs to another account
                system.set_mode(name, 0o700, within=descriptor)


def name_beside(path: Path) -> Path:
    """Return a free name beside a file, for a person's file whose place another one takes.

    ``notes.txt`` becomes ``notes.before-update.txt``, or ``notes.before-update-2.txt``.
    """
    words = itertools.chain([BESIDE], (f"{BESIDE}-{number}" for number in itertools.count(2)))
    names = (path.with_name(f"{path.stem}.{word}{path.suffix}") for word in words)
    return next(name for name in names if not os.path.lexists(name))
