"""Read the records of packages in a prefix, ``conda-meta/NAME-VERSION-BUILD.json``; see conda's ``PrefixData``.

This is the only reader of records. Other accounts may have written them, so reads are bounded and do not block. Callers
pass the type to decode, with only the fields that they need: most of a record are paths and hashes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from ..errors import InvalidSpec
from ..files import read_file

MAX_RECORD_BYTES = 64 << 20
"""Largest record that is read; one with a hundred thousand files has some ten million bytes."""

_MAX_RECORDS_BYTES = 128 << 20
"""Limit for all records of a prefix; a large environment of a thousand packages has some ten million bytes."""

OF_A_PREFIX = {
    *("files", "paths_data", "link", "extracted_package_dir", "package_tarball_full_path"),
    *("requested_spec", "requested_specs"),
}
"""Fields of a record in a prefix that the index of a channel does not have."""

T = TypeVar("T")


class PrefixRecord(msgspec.Struct, frozen=True):
    """A record without its files; see conda's ``PrefixRecord``."""

    name: str
    version: str
    build: str = ""
    channel: str | None = None  # rattler may not know it
    subdir: str = ""
    url: str | None = None
    md5: str | None = None
    sha256: str | None = None
    size: int | None = None
    files: tuple[str, ...] = ()
    requested_spec: str | None = None
    requested_specs: tuple[str, ...] = ()
    python_site_packages_path: str | None = None


class PathData(msgspec.Struct, gc=False):
    """One of ``paths_data.paths``; see conda's ``PathDataV1``."""

    path: str = msgspec.field(name="_path")
    path_type: str | None = None
    prefix_placeholder: str | None = None
    original_path: str | None = None


P = TypeVar("P", bound=PathData)


class PathsData(msgspec.Struct, Generic[P]):
    """The member ``paths_data`` of a record."""

    paths: list[P] | None = None


class FilesRecord(msgspec.Struct, Generic[P]):
    """The files of a record."""

    name: str = ""
    files: list[str] | None = None
    paths_data: PathsData[P] | None = None

    @property
    def paths(self) -> list[P]:
        """Return ``paths_data.paths``."""
        return (self.paths_data and self.paths_data.paths) or []


def record_path(prefix: Path, name: str, version: str, build: str) -> Path:
    """Return the path of the record of a package."""
    return prefix / "conda-meta" / f"{name}-{version}-{build}.json"


def record_paths(prefix: Path) -> list[Path]:
    """Return the paths of all records of a prefix, by name; none if there is no such prefix."""
    return sorted((prefix / "conda-meta").glob("*.json"))


def read_record(path: Path, kind: type[T]) -> T:
    """Read one record.

    Args:
        path: of the record.
        kind: the type to decode.

    Raises:
        InvalidSpec: it is damaged, or cannot be read.
    """
    return decode_record(path, _content(path, MAX_RECORD_BYTES), kind)


def read_records(prefix: Path, kind: type[T]) -> Iterator[tuple[Path, T]]:
    """Yield all records of a prefix with their paths, by name; see :func:`read_record`."""
    for path, data in record_contents(prefix):
        yield path, decode_record(path, data, kind)


def record_contents(prefix: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield the contents of all records of a prefix with their paths, by name, for :func:`decode_record`.

    Raises:
        InvalidSpec: one cannot be read, or they are too large.
    """
    left = _MAX_RECORDS_BYTES
    for path in record_paths(prefix):
        data = _content(path, min(left, MAX_RECORD_BYTES))
        left -= len(data)
        yield path, data


def decode_record(path: Path, data: bytes, kind: type[T]) -> T:
    """Decode the content of a record.

    Raises:
        InvalidSpec: it is damaged.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (ValueError, RecursionError) as error:
        raise damaged_record(path, error) from error


def _content(path: Path, limit: int) -> bytes:
    try:
        return read_file(path, limit)
    except OSError as error:
        raise damaged_record(path, error) from error


def damaged_record(path: Path, error: Exception) -> InvalidSpec:
    """Return the error for a record that cannot be read."""
    return InvalidSpec(
        f"The package record {path} cannot be read: {str(error).rstrip('.')}.",
        remedy=f"Delete this file, and install {path.stem.rsplit('-', 2)[0]} again.",
    )


def is_in_records(prefix: Path, path: str) -> bool:
    """Return whether a record names a file of its prefix. Records are not decoded; unreadable ones are skipped.

    Args:
        prefix: of the environment.
        path: of the file, relative to the prefix.
    """
    mark = msgspec.json.encode(path)
    for record in record_paths(prefix):
        with suppress(OSError):
            if mark in read_file(record, MAX_RECORD_BYTES):
                return True
    return False
