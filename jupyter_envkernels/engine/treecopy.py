"""Copies of prefixes by hard links: of one that is to be updated, and of packages that are nowhere else any more."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from ..errors import Forbidden, LinkFailed
from .overlay import own_path, raise_error, tracked_paths

_PLACEHOLDER = 255
"""Length of the prefix for which packages are built: no other one can be longer (conda-build's documentation)."""


def twin(source: Path, copy: Path) -> None:
    """Make a second prefix of the same files, to be changed while the first one stays as it is.

    Files are shared by hard links, as with the package cache: whatever changes one puts a new file in its place. The
    records are copied, because the engine and conda write into them. Sockets, pipes and devices are left out.

    Args:
        source: the prefix; it is only read.
        copy: where the second one goes; nothing may be there.

    Raises:
        Forbidden: a part of the source may not be read.
        OSError: a file or folder cannot be made.
    """
    for folder, target, names in _walk(source, copy):
        share = _copy_file if target == copy / "conda-meta" else _share
        for name in names:
            _bring(folder / name, target / name, share)
        shutil.copystat(folder, target)


def copy_packages(source: Path, copy: Path, prefix: Path) -> None:
    """Copy what the packages of a prefix have brought, fitted to another place, and their records.

    Args:
        source: the prefix; it is only read.
        copy: where the files go; nothing may be there.
        prefix: where they will stand.

    Raises:
        LinkFailed: the new prefix is longer than packages allow.
        Forbidden: a part of the source may not be read.
        OSError: a file or folder cannot be made.
    """
    if len(os.fsencode(prefix)) > _PLACEHOLDER:
        raise LinkFailed(f"The path {prefix} is longer than {_PLACEHOLDER} bytes.", remedy="Choose a shorter one.")
    tracked = tracked_paths(source)
    for folder, target, names in _walk(source, copy):
        for name in names:
            path = folder / name
            place = path.relative_to(source).as_posix()
            if folder == source / "conda-meta" and name.endswith(".json"):
                _bring(path, target / name, _copy_file)
            elif place in tracked.rewritten:
                _bring(path, target / name, lambda old, new: _fit(old, new, source, prefix))
            elif place in tracked.paths and not path.is_symlink():  # links are brought by the overlay, which fits them
                _bring(path, target / name, _share)


def _walk(source: Path, copy: Path) -> Iterator[tuple[Path, Path, list[str]]]:
    """Each folder, its copy, which is made, and the names of files and links in it."""
    try:
        for path, subfolders, names in os.walk(source, onerror=raise_error):
            folder = Path(path)
            links = [name for name in subfolders if (folder / name).is_symlink()]
            subfolders[:] = [name for name in subfolders if name not in links]
            target = copy / folder.relative_to(source)
            target.mkdir()
            yield folder, target, names + links
    except PermissionError as error:
        if error.filename and Path(error.filename).is_relative_to(source):
            raise Forbidden(f"You may not read {error.filename}.", remedy="Ask its owner to allow it.") from error
        raise


def _bring(path: Path, target: Path, share: Callable[[Path, Path], None]) -> None:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        target.symlink_to(path.readlink())
    elif stat.S_ISREG(mode):
        share(path, target)


def _share(path: Path, target: Path) -> None:
    """A hard link; a copy where the system allows none, as for files of others."""
    try:
        os.link(path, target)
    except OSError:
        shutil.copy2(path, target)


def _copy_file(path: Path, target: Path) -> None:
    shutil.copy2(path, target)


def _fit(path: Path, target: Path, source: Path, prefix: Path) -> None:
    """A file that holds its prefix, with the new one in place of it."""
    data = path.read_bytes()
    old, new = os.fsencode(source), os.fsencode(prefix)
    fitted = in_binary(data, old, new) if b"\0" in data else own_path(source).sub(lambda _: new, data)
    target.write_bytes(fitted)
    shutil.copystat(path, target)


def in_binary(data: bytes, old: bytes, new: bytes) -> bytes:
    """Exchange a path in strings that end with NUL, so that nothing behind them moves.

    There is room: each string was written for a placeholder of :data:`_PLACEHOLDER` bytes, and filled up with NULs.
    """
    parts = []
    rest = 0
    while (found := data.find(old, rest)) >= 0:
        end = data.find(b"\0", found)
        end = len(data) if end < 0 else end
        text = data[found:end]
        filling = text.count(old) * (_PLACEHOLDER - len(old))
        if data[end : end + filling] != b"\0" * filling:
            filling = 0
        fitted = text.replace(old, new)
        if len(fitted) > len(text) + filling:
            raise LinkFailed("A program of it has no room for the longer path.", remedy="Choose a shorter one.")
        parts += [data[rest:found], fitted.ljust(len(text) + filling, b"\0")]
        rest = end + filling
    return b"".join([*parts, data[rest:]])
