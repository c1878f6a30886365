"""Store size, age and last use of environments on disk, in one private folder.

``sizes.json`` has the results of :mod:`.usage_scanner`. The other files are named after an environment's id: the mtime
of ``ID`` is the last start of a kernel, and ``ID.scripts`` has the scripts that failed when they last ran. All can be
deleted at any time. Files are renamed into the folder, so its time stamp tells whether anything has changed.
"""

from __future__ import annotations

import logging
import os
import re
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec
from jupyter_core.paths import jupyter_data_dir

from ..files import read_file
from ..models import Environment, Footprint, Problem, Usage, environment_id
from .fingerprints import Stamp, stamp_of

_SIZES = "sizes.json"
_ID = re.compile(r"[0-9a-f]{12}")
_SCRIPTS = ".scripts"
_DAY = 86400.0
_KEPT_DAYS = 365
MAX_TIME = 253402214399
"""The latest time that is a valid date in every time zone: one day before the end of the year 9999."""

_Bytes = Annotated[int, msgspec.Meta(ge=0, le=1 << 53)]
_Time = Annotated[float, msgspec.Meta(ge=0, le=MAX_TIME)]

_log = logging.getLogger(__name__)


class UsageRecord(msgspec.Struct, frozen=True):
    """The measured size and age of one environment.

    Attributes:
        prefix: its real path, as bytes, because it need not be Unicode.
        folders: relative to it, those whose time stamps tell whether it has changed.
        stamp: these time stamps, as :mod:`.usage_scanner` writes them.
        created: in seconds since the epoch; None if unknown.
    """

    prefix: bytes
    folders: tuple[str, ...]
    stamp: str
    own_bytes: _Bytes
    shared_bytes: _Bytes
    charged_bytes: _Bytes
    measured: _Time
    created: _Time | None = None


_MAX_BYTES = 64 << 20
_MAX_SCRIPTS_BYTES = 1 << 20

_Records = dict[str, UsageRecord]
_decoder = msgspec.json.Decoder(_Records)
_problems_decoder = msgspec.json.Decoder(tuple[Problem, ...])


@dataclass(frozen=True, slots=True)
class _State:
    """The folder at a time; immutable, so that it can be read without a lock."""

    stamp: Stamp | None = None
    records: Mapping[str, UsageRecord] = field(default_factory=dict)
    footprints: Mapping[str, Footprint] = field(default_factory=dict)


class Footprints:
    """The stored data, read again only when it has changed. Damaged files count as empty.

    Several processes may write at once: a measurement that one overwrites is made again. What cannot be written, such
    as into a read-only home, is kept in this object.

    Args:
        folder: by default one in Jupyter's data folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or _default_folder()
        self._unwritten: _Records = {}
        self._state = _State()

    def read(self) -> Mapping[str, Footprint]:
        """Return size, age and last use by the environment's id. Reads one time stamp while nothing has changed."""
        return self._current().footprints

    def records(self) -> Mapping[str, UsageRecord]:
        """Return the measurements by the environment's id."""
        return self._current().records

    def save(self, records: Mapping[str, UsageRecord], listed: Collection[Environment]) -> None:
        """Add measurements, and drop those of environments that no longer exist.

        Args:
            records: by the environment's id.
            listed: the existing environments.
        """
        self._unwritten.update(records)
        present = {environment.id for environment in listed}
        kept = {
            key: record
            for key, record in {**self._read_sizes(), **self._unwritten}.items()
            if key in present or os.path.isdir(os.path.join(record.prefix, b"conda-meta"))
        }
        try:
            _write(self._folder, _SIZES, msgspec.json.encode(kept))
            self._unwritten.clear()
            self._sweep({*kept, *present})
        except OSError as error:
            _log.debug("The sizes of environments cannot be stored: %s", error)
        self._state = _State()

    def _current(self) -> _State:
        state = self._state
        stamp = stamp_of(str(self._folder), time.time_ns())
        if stamp is None or state.stamp != stamp:
            records = {**self._read_sizes(), **self._unwritten}
            state = self._state = _State(stamp, records, _joined(records, *self._read_uses()))
        return state

    def _read_sizes(self) -> _Records:
        try:
            return _decoder.decode(read_file(self._folder / _SIZES, _MAX_BYTES))
        except (OSError, ValueError, RecursionError):
            return {}

    def _read_uses(self) -> tuple[dict[str, float], dict[str, tuple[Problem, ...]]]:
        """Return the last start of a kernel, and the scripts that failed, by the environment's id."""
        try:
            with os.scandir(self._folder) as entries:
                times = {entry.name: entry.stat().st_mtime for entry in entries if _id_of(entry.name)}
        except OSError:
            return {}, {}
        starts = {name: seconds for name, seconds in times.items() if _ID.fullmatch(name) and 0 <= seconds <= MAX_TIME}
        failed = {_id_of(name): self._read_problems(name) for name in times if name.endswith(_SCRIPTS)}
        return starts, failed

    def _read_problems(self, name: str) -> tuple[Problem, ...]:
        try:
            return _problems_decoder.decode(read_file(self._folder / name, _MAX_SCRIPTS_BYTES))
        except (OSError, ValueError, RecursionError):
            return ()

    def _sweep(self, known: Collection[str]) -> None:
        """Delete files of environments that were removed long ago, and temporary files of crashed processes."""
        with os.scandir(self._folder) as entries:
            for entry in entries:
                age = time.time() - entry.stat(follow_symlinks=False).st_mtime
                key = _id_of(entry.name)
                is_old_use = key and key not in known and age > _KEPT_DAYS * _DAY
                if is_old_use or (entry.name.startswith(".") and age > _DAY):
                    os.unlink(entry.path)


def record_start(prefix: Path, folder: Path | None = None) -> None:
    """Store that a kernel of an environment starts now. Errors are only logged.

    Args:
        prefix: of the environment.
        folder: by default one in Jupyter's data folder.
    """
    try:
        _write(folder or _default_folder(), environment_id(prefix), b"")
    except OSError as error:
        _log.debug("The start of a kernel cannot be stored: %s", error)


def record_activation(problems: Mapping[Path, Sequence[Problem]], folder: Path | None = None) -> None:
    """Store which scripts of environments have failed just now. Errors are only logged.

    Args:
        problems: by the prefix of each environment whose scripts ran; empty if all succeeded.
        folder: by default one in Jupyter's data folder.
    """
    folder = folder or _default_folder()
    for prefix, failed in problems.items():
        name = f"{environment_id(prefix)}{_SCRIPTS}"
        try:
            if failed:
                _write(folder, name, msgspec.json.encode(failed))
            else:
                (folder / name).unlink(missing_ok=True)
        except OSError as error:
            _log.debug("Scripts that failed cannot be stored: %s", error)


def _id_of(name: str) -> str:
    """Return the id of the environment that a file belongs to; empty for other files."""
    key = name.removesuffix(_SCRIPTS)
    return key if _ID.fullmatch(key) else ""


def _default_folder() -> Path:
    return Path(jupyter_data_dir(), "envkernels", "usage")


def _write(folder: Path, name: str, data: bytes) -> None:
    """Write a private file atomically."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, draft = tempfile.mkstemp(dir=folder, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(draft, folder / name)
    except OSError:
        os.unlink(draft)
        raise


def _joined(
    records: Mapping[str, UsageRecord], starts: Mapping[str, float], failed: Mapping[str, tuple[Problem, ...]]
) -> dict[str, Footprint]:
    footprints = {}
    for key in {*records, *starts, *failed}:
        record, started = records.get(key), starts.get(key)
        created = record.created if record else None
        if started and created and started < created - _DAY:  # a day: histories have no time zone
            started = None  # it was another environment at the same prefix
        usage = Usage(record.own_bytes, record.shared_bytes, record.charged_bytes, record.measured) if record else None
        footprints[key] = Footprint(usage, created, started, failed.get(key, ()))
    return footprints
