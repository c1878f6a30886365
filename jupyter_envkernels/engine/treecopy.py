"""Copies of prefixes, which share by hard links what they can: for a clone at another place, and for an update.

Files are shared as environments share them with the package cache: whatever changes one puts a new file in its place.
What somebody has changed since its package brought it may be changed in place again, so that a clone gets its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from ..errors import Forbidden, LinkFailed
from .fitting import PLACEHOLDER, Fitter
from .ownership import Owned, owned_files

_NOT_CLONED = {"envs", "pkgs"}
_CLONED_META = {"state", "pinned"}

_TEXT_SIZE = 8 << 20
"""Bytes up to which a file of nobody knows whom is looked at as text that may hold the prefix."""

_BLOCK = 1 << 16

_SMALL = 4 << 20
"""Bytes up to which a file that no package owns is copied for an update."""


Seen = Mapping[str, tuple[int, int]]
"""Files and links of a prefix by their paths in it: inode and time of each when it was looked at."""


def twin(source: Path, copy: Path) -> Seen:
    """Make a second prefix of the same files, to be changed while the first one stays as it is.

    What is written in place would be written in both: the records are copied, because the engine and conda write into
    them, and so are small files that no package owns, into which scripts of packages may write. Sockets, pipes and
    devices are left out.

    Args:
        source: the prefix; it is only read.
        copy: where the second one goes; nothing may be there.

    Returns:
        What there was, for :func:`catch_up`.

    Raises:
        Forbidden: a part of the source may not be read.
        InvalidSpec: a record of the source is unreadable.
        OSError: a file or folder cannot be made.
    """
    owned = owned_files(source)
    seen: dict[str, tuple[int, int]] = {}

    def bring_file(path: Path, target: Path) -> None:
        is_small = path.stat().st_size <= _SMALL
        is_owned = path.relative_to(source).as_posix() in owned or path.suffix == ".pyc"
        if path.parent == source / "conda-meta" or (is_small and not is_owned):
            shutil.copy2(path, target)
        else:
            _share(path, target)

    try:
        for folder, target, names in _walk(source, copy, lambda _: True):
            for name in names:
                path = folder / name
                with suppress(FileNotFoundError):  # a file of a moment
                    seen[path.relative_to(source).as_posix()] = _look(path)
                    _bring(path, target / name, bring_file)
    except PermissionError as error:
        raise _unreadable(error, source) from error
    return seen


def catch_up(source: Path, copy: Path, seen: Seen) -> int:
    """Bring into a twin what was written into its source since.

    Not records, not bytecode, and not what packages have put into the twin.

    Args:
        source: the prefix.
        copy: its twin, whose packages may be others by now.
        seen: what :func:`twin` returned.

    Returns:
        How many files and links that were.

    Raises:
        OSError: one cannot be brought over.
    """
    owned = owned_files(copy)
    count = 0
    for path, folders, names in os.walk(source):
        if Path(path) == source:
            folders[:] = [name for name in folders if name != "conda-meta"]
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in [*names, *(name for name in folders if Path(path, name).is_symlink())]:
            old = Path(path, name)
            place = old.relative_to(source).as_posix()
            with suppress(FileNotFoundError):
                if _look(old) != seen.get(place) and (place not in owned or _is_of(copy / place, seen.get(place))):
                    count += _replace(old, copy / place)
    return count


def _is_of(target: Path, look: tuple[int, int] | None) -> bool:
    """It is still the file that the twin shared, and not one that a package has put there since."""
    with suppress(FileNotFoundError):
        return _look(target) == look
    return False


def _replace(path: Path, target: Path) -> bool:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir() and not target.is_symlink():
        return False
    target.unlink(missing_ok=True)
    return _bring(path, target, shutil.copy2)


def _look(path: Path) -> tuple[int, int]:
    found = path.lstat()
    return found.st_ino, found.st_mtime_ns


def clone(source: Path, copy: Path, prefix: Path) -> tuple[Path, ...]:
    """Copy an environment, fitted to another place: its packages, those of pip, and whatever else it holds.

    Environments nested in it are left out, and so is its history.

    Args:
        source: the prefix; it is only read.
        copy: where the files go; nothing may be there.
        prefix: where they will stand.

    Returns:
        What was left out: sockets, pipes and devices.

    Raises:
        LinkFailed: the new prefix is longer than packages allow.
        Forbidden: a part of the source may not be read.
        InvalidSpec: a record of the source is unreadable.
        OSError: a file or folder cannot be made.
    """
    if len(os.fsencode(prefix)) > PLACEHOLDER:
        raise LinkFailed(f"The path {prefix} is longer than {PLACEHOLDER} bytes.", remedy="Choose a shorter one.")
    try:
        return _Clone(source, copy, prefix).run()
    except PermissionError as error:
        raise _unreadable(error, source) from error


class _Clone:
    """One run of :func:`clone`."""

    def __init__(self, source: Path, copy: Path, prefix: Path) -> None:
        self._source = source
        self._copy = copy
        self._prefix = prefix
        self._fitter = Fitter(source, prefix)
        self._owned = owned_files(source)
        self._fitted: dict[str, str] = {}
        self._rewritten: set[str] = set()

    def run(self) -> tuple[Path, ...]:
        skipped: list[Path] = []
        for folder, target, names in _walk(self._source, self._copy, self._is_part):
            if folder == self._source / "conda-meta":
                self._bring_records(folder, target, names)
                continue
            bring = [(folder / name, target / name) for name in names]
            skipped += [path for path, new in bring if not _bring(path, new, self._bring_file, self._link)]
        self._note_hashes()
        return tuple(skipped)

    def _is_part(self, folder: Path) -> bool:
        if folder.parent == self._source and folder.name in _NOT_CLONED:
            return False
        return not (folder / "conda-meta").is_dir()

    def _bring_records(self, folder: Path, target: Path, names: list[str]) -> None:
        for name in names:
            if name.endswith(".json") or name in _CLONED_META:
                _bring(folder / name, target / name, shutil.copy2)

    def _bring_file(self, path: Path, target: Path) -> None:
        place = path.relative_to(self._source).as_posix()
        owned = self._owned.get(place)
        if path.suffix == ".pyc" and path.parent.name == "__pycache__":
            self._bring_bytecode(path, target)
        elif owned and owned.is_fitted:
            self._fit(path, target, place)
        elif owned and not owned.may_hold_prefix and _is_unchanged(path, owned):
            _share(path, target)
        elif (text := self._own_text(path)) is not None:
            _write(path, target, text)
            self._rewritten.add(place)
        elif owned and _is_unchanged(path, owned):
            _share(path, target)
        else:
            shutil.copy2(path, target)

    def _bring_bytecode(self, path: Path, target: Path) -> None:
        """It holds what its source holds, which comes first; of another prefix, Python would take it all the same."""
        source = path.parent.parent / f"{path.name.split('.', 1)[0]}.py"
        if source.relative_to(self._source).as_posix() not in self._rewritten:
            _share(path, target)

    def _fit(self, path: Path, target: Path, place: str) -> None:
        data = path.read_bytes()
        fitted = self._fitter.binary(data) if b"\0" in data else self._fitter.text(data) or data
        _write(path, target, fitted)
        self._fitted[place] = hashlib.sha256(fitted).hexdigest()
        self._rewritten.add(place)

    def _own_text(self, path: Path) -> bytes | None:
        """A text file that speaks of its new prefix; None for one that does not hold the old one, or is not text."""
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > _TEXT_SIZE:
                return None
            data = file.read(_BLOCK)
            if b"\0" in data:
                return None
            data += file.read()
        return None if b"\0" in data else self._fitter.text(data)

    def _link(self, path: Path) -> Path:
        link = path.readlink()
        return self._prefix / link.relative_to(self._source) if link.is_relative_to(self._source) else link

    def _note_hashes(self) -> None:
        """Records tell the hashes of files with the prefix in them."""
        for record in (self._copy / "conda-meta").glob("*.json"):
            content = json.loads(record.read_bytes())
            entries = [e for e in (content.get("paths_data") or {}).get("paths") or () if e["_path"] in self._fitted]
            for entry in entries:
                key = "sha256_in_prefix" if "sha256_in_prefix" in entry or "prefix_placeholder" in entry else "sha256"
                entry[key] = self._fitted[entry["_path"]]
            if entries:
                times = record.stat()
                record.write_text(json.dumps(content, indent=2), encoding="utf-8")
                os.utime(record, ns=(times.st_atime_ns, times.st_mtime_ns))  # by which edited files are known


def _walk(source: Path, copy: Path, is_part: Callable[[Path], bool]) -> Iterator[tuple[Path, Path, list[str]]]:
    """Each folder, its copy, which is made, and the names of files and links in it."""
    try:
        for path, subfolders, names in os.walk(source, onerror=_raise):
            folder = Path(path)
            links = [name for name in subfolders if (folder / name).is_symlink()]
            subfolders[:] = [name for name in subfolders if name not in links and is_part(folder / name)]
            target = copy / folder.relative_to(source)
            target.mkdir()
            yield folder, target, names + links
            there = folder.stat()
            with suppress(PermissionError):  # a group shares it
                os.chown(target, -1, there.st_gid)
            target.chmod(stat.S_IMODE(there.st_mode) | stat.S_IRWXU)
    except PermissionError as error:
        raise _unreadable(error, source) from error


def _raise(error: OSError) -> None:
    """For ``os.walk``, which would pass over what it cannot read; what is gone meanwhile may be passed over."""
    if not isinstance(error, FileNotFoundError):
        raise error


def _unreadable(error: PermissionError, source: Path) -> Exception:
    if error.filename and Path(error.filename).is_relative_to(source):
        message = f"{source} cannot be copied: you may not read {error.filename}."
        return Forbidden(message, remedy="Ask its owner to allow it.")
    return error


def _bring(
    path: Path,
    target: Path,
    bring_file: Callable[[Path, Path], object],
    read_link: Callable[[Path], Path] = Path.readlink,
) -> bool:
    """Copy a file or a link in a given way; False for what is neither."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return True  # a file of a moment, such as those by which Python writes bytecode
    if stat.S_ISLNK(mode):
        target.symlink_to(read_link(path))
    elif stat.S_ISREG(mode):
        bring_file(path, target)
    else:
        return False
    return True


def _share(path: Path, target: Path) -> None:
    """A hard link; a copy where the system allows none, as for files of others."""
    try:
        os.link(path, target)
    except OSError:
        shutil.copy2(path, target)


def _write(path: Path, target: Path, data: bytes) -> None:
    target.write_bytes(data)
    shutil.copystat(path, target)


def _is_unchanged(path: Path, owned: Owned) -> bool:
    return path.lstat().st_mtime_ns <= owned.since
