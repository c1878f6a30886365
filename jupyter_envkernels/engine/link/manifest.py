"""Read which package owns each file of a prefix, and when it was installed."""

from __future__ import annotations

import csv
import io
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ...envs.prefix_data import MAX_RECORD_BYTES, FilesRecord, PathData, read_records
from ...files import read_file

_GENERATED = "unix_python_entry_point"


@dataclass(frozen=True, slots=True)
class Owned:
    """A file that a package owns.

    Attributes:
        since: when it was installed, in nanoseconds; a file with a later time was changed.
        record: name of the package's conda record; empty for pip packages.
        is_fitted: whether it contains the prefix.
        may_hold_prefix: whether that is unknown.
    """

    since: int
    record: str = ""
    is_fitted: bool = False
    may_hold_prefix: bool = False


def owned_files(prefix: Path) -> dict[str, Owned]:
    """Return the files of conda and pip packages, by paths relative to the prefix.

    Paths that lead out of the prefix are ignored.

    Raises:
        InvalidSpec: a record of conda cannot be read.
    """
    owned: dict[str, Owned] = {}
    for path, content in read_records(prefix, FilesRecord[PathData]):
        owned.update(_of_conda(path, content))
    for record in prefix.glob("lib/python3.*/site-packages/*.dist-info/RECORD"):
        _add_of_pip(owned, prefix, record)
    return owned


def _of_conda(path: Path, record: FilesRecord[PathData]) -> dict[str, Owned]:
    """Return the files in a conda record."""
    since = path.stat().st_mtime_ns
    plain, fitted = Owned(since, path.name), Owned(since, path.name, is_fitted=True)
    found = dict.fromkeys(record.files or (), plain)
    for entry in record.paths:
        found[entry.path] = fitted if entry.prefix_placeholder or entry.path_type == _GENERATED else plain
    return {name: owned for name, owned in found.items() if _is_inside(name)}


def _add_of_pip(owned: dict[str, Owned], prefix: Path, record: Path) -> None:
    """Add the files in a ``RECORD``, unless it belongs to a conda package.

    Format: https://packaging.python.org/en/latest/specifications/recording-installed-packages
    """
    site = record.parents[1].relative_to(prefix).as_posix()
    of_conda = owned.get(f"{site}/{record.parent.name}/{record.name}")
    with suppress(OSError, csv.Error):
        since = record.stat().st_mtime_ns
        if of_conda and since <= of_conda.since:
            return
        data = read_file(record, MAX_RECORD_BYTES)
        ours = Owned(since, may_hold_prefix=True)
        for row in csv.reader(io.StringIO(data.decode(errors="surrogateescape"), newline="")):
            name = f"{site}/{row[0]}" if row and row[0] else ""
            if name not in owned and _is_inside(name := os.path.normpath(name)):
                owned.setdefault(name, ours)  # conda may list it without '..'


def _is_inside(name: str) -> bool:
    if ".." in name and ".." in name.split("/"):
        return False
    return name not in {"", "."} and name[0] != "/" and "\0" not in name
