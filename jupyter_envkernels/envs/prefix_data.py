"""The records of packages in a prefix, ``conda-meta/NAME-VERSION-BUILD.json``; see conda's ``core/prefix_data.py``.

Everything that reads records reads them here. Other accounts may have made them: they are read bounded and without
blocking. A caller gives the type to decode, which names only what it needs: most of a record are paths and hashes.
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
"""Of one record; those of packages with a hundred thousand files have some ten million."""

_MAX_RECORDS_BYTES = 128 << 20
"""Of all records of a prefix; a large environment of some thousand packages has some ten million."""

OF_A_PREFIX = {
    *("files", "paths_data", "link", "extracted_package_dir", "package_tarball_full_path"),
    *("requested_spec", "requested_specs"),
}
"""What a record has only in a prefix, and not in the index of its channel."""

T = TypeVar("T")


class PrefixRecord(msgspec.Struct, frozen=True):
    """What a record tells of its package; see conda's ``PrefixRecord``."""

    name: str
    version: str
    build: str = ""
    channel: str | None = None  # which rattler may not know
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
    """What a record tells of the files of its package."""

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
    """Return the paths of all records of a prefix, by name; none where there is no such prefix."""
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
    """Yield all records of a prefix with their paths, by name, for :func:`decode_record`.

    Raises:
        InvalidSpec: one cannot be read, or is too large, or all together are.
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
    """Return the failure that a record cannot be read."""
    return InvalidSpec(
        f"The package record {path} cannot be read: {str(error).rstrip('.')}.",
        remedy=f"Delete this file, and install {path.stem.rsplit('-', 2)[0]} again.",
    )


def is_in_records(prefix: Path, path: str) -> bool:
    """Return whether a record names a file of its prefix; nothing is decoded, and what cannot be read names none.

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
