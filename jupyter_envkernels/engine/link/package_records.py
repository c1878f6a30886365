"""Correct package records, ``conda-meta/NAME-VERSION-BUILD.json``, so that they are as conda writes them.

conda finds changed files by ``sha256_in_prefix``. The engine gives softlinks the hash of their text, but conda hashes
their targets, and writes none; for files without the prefix the engine writes none, but conda that of the package.
conda also lists bytecode among the files of a package (``pyc_file``), so that a removal, which uses only the record,
deletes it. See conda's ``core/path_actions.py``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from ...envs.prefix_data import (
    MAX_RECORD_BYTES,
    FilesRecord,
    PathData,
    decode_record,
    read_record,
    record_contents,
)
from ...errors import InvalidSpec
from ...files import read_with_status
from ...specs.redact import without_credentials
from ...specs.secrets import Secrets
from ...system import system
from .tree import CACHE, list_bytecode

_NO_SECRETS = Secrets()
_BYTECODE = "pyc_file"
_SOURCES = ("url", "channel", "requested_spec", "requested_specs")
"""Keys of a record that may contain URLs."""


def complete_records(prefix: Path, secrets: Secrets = _NO_SECRETS) -> None:
    """Correct the package records of a staging prefix.

    Credentials and values of variables are removed, and modes are set by the umask, because the engine writes records
    that only the owner can read.

    Args:
        prefix: the staging prefix.
        secrets: values of variables, which are replaced by their names.

    Raises:
        InvalidSpec: a record cannot be read.
        OSError: a record cannot be written.
    """
    umask = os.umask(0)
    os.umask(umask)
    for unfinished in (prefix / "conda-meta").glob(".*.json.*"):  # of a process killed in enter_bytecode
        unfinished.unlink()
    for record, data in record_contents(prefix):
        if corrected := _corrected(prefix, record, data, secrets):
            record.write_bytes(corrected)
        record.chmod(0o666 & ~umask)


def enter_bytecode(prefix: Path, record: Path) -> None:
    """Add existing bytecode to a package record of an environment in use.

    The record is replaced atomically, unless another program has removed or changed it. It keeps its time, by which
    changed files are recognized. A crash leaves only a hidden file.

    Args:
        prefix: the environment.
        record: in its ``conda-meta``.

    Raises:
        InvalidSpec: the record is damaged.
        OSError: it does not exist, or cannot be read or written.
    """
    data, seen = read_with_status(record, MAX_RECORD_BYTES)
    if corrected := _corrected(prefix, record, data, _NO_SECRETS):
        _replace(record, corrected, seen)


def enter_hashes(record: Path, hashes: Mapping[str, str]) -> None:
    """Set the hashes of relocated files in the record of their package, which keeps its time.

    Args:
        record: in a staging prefix.
        hashes: path -> sha256.

    Raises:
        InvalidSpec: the record cannot be read.
        OSError: it cannot be written.
    """
    content = read_record(record, dict[str, Any])
    for entry in content["paths_data"]["paths"]:
        if entry["_path"] in hashes:
            is_built = "sha256_in_prefix" in entry or "prefix_placeholder" in entry
            entry["sha256_in_prefix" if is_built else "sha256"] = hashes[entry["_path"]]
    times = record.stat()
    record.write_bytes(_text(content))
    os.utime(record, ns=(times.st_atime_ns, times.st_mtime_ns))


def modules_of(record: Path) -> list[str]:
    """Return the Python modules of a package; none if its record cannot be read."""
    with suppress(InvalidSpec):
        files = read_record(record, FilesRecord[PathData]).files or []
        return [name for name in files if name.endswith(".py")]
    return []


def _replace(record: Path, data: bytes, seen: os.stat_result) -> None:
    """Replace a record, unless it has changed since it was read."""
    fresh = record.with_name(f".{record.name}.{os.getpid()}")
    try:
        with fresh.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(seen.st_mode & 0o777)
        os.utime(fresh, ns=(seen.st_atime_ns, seen.st_mtime_ns))
        if system.exchange(fresh, record):  # fails if the record was removed
            if not _is_same(fresh, seen):
                system.exchange(fresh, record)
        elif _is_same(record, seen):
            fresh.replace(record)
    finally:
        fresh.unlink(missing_ok=True)


def _is_same(record: Path, seen: os.stat_result) -> bool:
    now = record.stat()
    return (now.st_ino, now.st_mtime_ns, now.st_size) == (seen.st_ino, seen.st_mtime_ns, seen.st_size)


class _Path(PathData, gc=False):
    sha256: str | None = None
    sha256_in_prefix: str | None = None

    @property
    def is_as_conda_writes(self) -> bool:
        """Return whether :func:`_as_conda_writes` would not change it."""
        if self.path_type == "softlink":
            return self.sha256_in_prefix is None
        return self.path_type != "hardlink" or bool(self.sha256_in_prefix or self.prefix_placeholder or not self.sha256)


class _Record(FilesRecord[_Path]):
    url: Any = None
    channel: Any = None
    requested_spec: Any = None
    requested_specs: Any = None


def _corrected(prefix: Path, path: Path, data: bytes, secrets: Secrets) -> bytes | None:
    """Return the corrected content of a record; None if it is correct."""
    record = decode_record(path, data, _Record)
    named = {key: value for key in _SOURCES if (value := getattr(record, key)) is not None}
    clean = {key: _clean(value, secrets) for key, value in named.items()}
    files = record.files or []
    entered = {entry.path for entry in record.paths if entry.path_type == _BYTECODE}
    there = set(_bytecode_of(prefix, files)) - (set(files) - entered)
    if clean == named and entered == there and all(entry.is_as_conda_writes for entry in record.paths):
        return None
    content = {**decode_record(path, data, dict[str, Any]), **clean}
    fresh = sorted(there - entered)
    if files:
        content["files"] = [*(name for name in files if name not in entered or name in there), *fresh]
    if record.paths:
        kept = (_as_conda_writes(entry) for entry in content["paths_data"]["paths"] if _stays(entry, there))
        content["paths_data"]["paths"] = [*kept, *({"_path": name, "path_type": _BYTECODE} for name in fresh)]
    return _text(content)


def _text(content: Mapping[str, Any]) -> bytes:
    """Return a record in conda's format."""
    return msgspec.json.format(msgspec.json.encode(content), indent=2)


def _stays(path: dict[str, Any], there: set[str]) -> bool:
    return path.get("path_type") != _BYTECODE or path.get("_path") in there


def _as_conda_writes(path: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of ``paths_data.paths`` with conda's hashes."""
    if path.get("path_type") == "softlink":
        path.pop("sha256_in_prefix", None)
    elif path.get("path_type") == "hardlink" and not path.get("prefix_placeholder") and path.get("sha256"):
        path["sha256_in_prefix"] = path.get("sha256_in_prefix") or path["sha256"]
    return path


def _bytecode_of(prefix: Path, files: Sequence[str]) -> Iterator[str]:
    """Yield the existing bytecode of modules of a package."""
    modules: dict[str, set[str]] = {}
    for name in files:
        if name.endswith(".py"):
            folder, _, module = name.rpartition("/")
            modules.setdefault(folder, set()).add(module[:-3])
    for folder, stems in modules.items():
        cache = f"{folder}/{CACHE}" if folder else CACHE
        for name in list_bytecode(f"{prefix}/{cache}"):
            if name.split(".", 1)[0] in stems and name.isprintable():
                yield f"{cache}/{name}"


def _clean(value: object, secrets: Secrets) -> object:
    if isinstance(value, list):
        return [_clean(item, secrets) for item in value]
    return secrets.hide_in_url(without_credentials(value)) if isinstance(value, str) else value
