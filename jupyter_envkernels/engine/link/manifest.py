"""Which files of a prefix packages have brought, and whether they are still as they were brought."""

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
    """Files that a package has brought.

    Attributes:
        since: when, in nanoseconds: a file whose time is later was changed by somebody.
        record: name of the file in which conda records them; empty for packages of pip.
        is_fitted: their content depends on the prefix.
        may_hold_prefix: nobody knows whether it does.
    """

    since: int
    record: str = ""
    is_fitted: bool = False
    may_hold_prefix: bool = False


def owned_files(prefix: Path) -> dict[str, Owned]:
    """Read which files belong to packages of conda and of pip, by their paths relative to the prefix.

    Names that lead out of the prefix are not taken for files of it.

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
    """What the record of a package tells."""
    since = path.stat().st_mtime_ns
    plain, fitted = Owned(since, path.name), Owned(since, path.name, is_fitted=True)
    found = dict.fromkeys(record.files or (), plain)
    for entry in record.paths:
        found[entry.path] = fitted if entry.prefix_placeholder or entry.path_type == _GENERATED else plain
    return {name: owned for name, owned in found.items() if _is_inside(name)}


def _add_of_pip(owned: dict[str, Owned], prefix: Path, record: Path) -> None:
    """What a ``RECORD`` tells. That of a package of conda tells no more than conda knows.

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
                owned.setdefault(name, ours)  # which conda may know without '..'


def _is_inside(name: str) -> bool:
    if ".." in name and ".." in name.split("/"):
        return False
    return name not in {"", "."} and name[0] != "/" and "\0" not in name
