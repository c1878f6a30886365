"""Which files of a prefix packages have brought, and whether they are still as they were brought."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import InvalidSpec

_GENERATED = "unix_python_entry_point"


@dataclass(frozen=True, slots=True)
class Owned:
    """A file that a package has brought.

    Attributes:
        since: when, in nanoseconds: a file whose time is later was changed by somebody.
        is_fitted: its content depends on the prefix.
        may_hold_prefix: nobody knows whether it does.
    """

    since: int
    is_fitted: bool = False
    may_hold_prefix: bool = False


def owned_files(prefix: Path) -> dict[str, Owned]:
    """Read which files belong to packages of conda and of pip, by their paths relative to the prefix.

    Names that lead out of the prefix are not taken for files of it.

    Raises:
        OSError: a record cannot be read.
        InvalidSpec: a record of conda is not one.
    """
    owned = dict(_of_pip(prefix))
    for record in (prefix / "conda-meta").glob("*.json"):
        since = record.stat().st_mtime_ns
        owned.update((name, Owned(since, fitted)) for name, fitted in record_paths(record) if _is_inside(name))
    return owned


def record_paths(record: Path) -> list[tuple[str, bool]]:
    """The paths of one record of conda, and whether their content depends on the prefix.

    Raises:
        InvalidSpec: it is none.
    """
    try:
        content = json.loads(record.read_bytes())
        entries = (content.get("paths_data") or {}).get("paths") or ()
        named = [(str(name), False) for name in content.get("files") or ()]
        return named + [(str(entry["_path"]), _depends_on_prefix(entry)) for entry in entries]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidSpec(f"The package record {record} cannot be read: {error!r}.") from error


def _depends_on_prefix(entry: Mapping[str, Any]) -> bool:
    return bool(entry.get("prefix_placeholder")) or entry.get("path_type") == _GENERATED


def _of_pip(prefix: Path) -> Iterator[tuple[str, Owned]]:
    """What ``RECORD`` files tell (https://packaging.python.org/en/latest/specifications/recording-installed-packages)."""
    for record in prefix.glob("lib/python3.*/site-packages/*.dist-info/RECORD"):
        with suppress(OSError, csv.Error), record.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
            since = os.fstat(file.fileno()).st_mtime_ns
            site = record.parents[1].relative_to(prefix)
            for row in csv.reader(file):
                name = os.path.normpath(f"{site}/{row[0]}") if row and row[0] else ""
                if _is_inside(name):
                    yield name, Owned(since, may_hold_prefix=True)


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\0" not in name
