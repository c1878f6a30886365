"""Read what is installed in a prefix: the packages of conda and pip, and what was requested.

Only files are read. pip's packages are merged over conda's as conda does (``PrefixData`` with ``interoperability``): a
conda package whose metadata pip has removed is gone, and its replacement is a pip package.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from ..errors import NotFound
from ..files import read_file
from ..models import InstalledPackage, InstalledState, Inventory, PlannedPackage, packed_bytes
from ..specs import conda_name, without_credentials
from .history import read_history, requested_specs
from .prefix_data import (
    OF_A_PREFIX,
    FilesRecord,
    PathData,
    PrefixRecord,
    damaged_record,
    decode_record,
    read_records,
    record_contents,
)
from .site_packages import pip_packages

_MAX_BYTES = 1 << 20
_UNSET = "***unset***"  # CONDA_ENV_VARS_UNSET_VAR of conda
_INFO = ".dist-info/METADATA"
_METADATA = re.compile(rf".*/site-packages/[^/]+{re.escape(_INFO)}")


def read_inventory(prefix: Path) -> Inventory:
    """Read the packages, the requested specs and the variables of an environment.

    Raises:
        NotFound: the environment no longer exists.
        InvalidSpec: a record is unreadable.
    """
    _check_there(prefix)
    records = [_checked(path, record) for path, record in read_records(prefix, PrefixRecord)]
    kept = [record for record in records if not _is_replaced(prefix, record)]
    requested = _requested(prefix, kept)
    asked = {conda_name(text) for text in requested}
    conda = [_package(record, requested=record.name in asked) for record in kept]
    packages = (*sorted(conda, key=lambda p: p.name), *_pip(prefix, records))
    return Inventory(packages, requested, _variables(prefix))


def read_installed(prefix: Path) -> InstalledState:
    """Read what is installed in an environment, with the records of its conda packages.

    Raises:
        NotFound: the environment no longer exists.
        InvalidSpec: a record is unreadable.
    """
    _check_there(prefix)
    records: list[PrefixRecord] = []
    conda: list[PlannedPackage] = []
    for path, data in record_contents(prefix):
        record = _checked(path, decode_record(path, data, PrefixRecord))
        records.append(record)
        conda.append(_planned(path, data, record))
    kept = [record for record in records if not _is_replaced(prefix, record)]
    return InstalledState(
        conda=tuple(sorted(conda, key=lambda p: p.name)),
        pip=_pip(prefix, records),
        replaced=frozenset(record.name for record in records).difference(record.name for record in kept),
        requested=_requested(prefix, kept),
        variables=_variables(prefix),
    )


def _check_there(prefix: Path) -> None:
    if not (prefix / "conda-meta").is_dir():
        raise NotFound(f"The environment {prefix} no longer exists.")


def _pip(prefix: Path, records: Sequence[PrefixRecord]) -> tuple[InstalledPackage, ...]:
    """Return the pip packages, by name."""
    folder = _site_packages(records)
    if not folder:
        return ()
    owned = {path for record in records for path in record.files}
    return tuple(sorted(pip_packages(str(prefix), folder, owned), key=lambda p: p.name.lower()))


def read_pins(prefix: Path) -> dict[str, str]:
    """Return the match specs of ``conda-meta/pinned``, which every solve must satisfy, each with its file and line.

    See conda's documentation, "Preventing packages from updating (pinning)".
    """
    path = prefix / "conda-meta" / "pinned"
    try:
        text = read_file(path, _MAX_BYTES).decode(errors="replace")
    except OSError:
        return {}
    lines = ((line.partition("#")[0].strip(), number) for number, line in enumerate(text.splitlines(), 1))
    return {line: f"{path}, line {number}" for line, number in lines if line}


def _checked(path: Path, record: PrefixRecord) -> PrefixRecord:
    """Refuse a record with a line break in a text: these texts go into files that are read line by line."""
    texts = (record.name, record.version, record.build, record.channel, record.subdir, record.url)
    if not "".join(filter(None, texts)).isprintable():
        raise damaged_record(path, ValueError("it has a line break or a control character"))
    return record


def _is_replaced(prefix: Path, record: PrefixRecord) -> bool:
    """Return whether pip has removed metadata that the package installed."""
    # the suffix first: the expression is slow for thousands of paths
    metadata = [path for path in record.files if path.endswith(_INFO) and _METADATA.fullmatch(path)]
    return any(not os.path.exists(f"{prefix}/{path}") for path in metadata)


def _site_packages(records: Sequence[PrefixRecord]) -> str:
    """Return site-packages of the prefix's python, relative to the prefix; empty if it has no python."""
    python = next((record for record in records if record.name == "python"), None)
    if python is None:
        return ""
    minor = ".".join(python.version.split(".")[:2])
    return python.python_site_packages_path or f"lib/python{minor}/site-packages"


def _package(record: PrefixRecord, *, requested: bool) -> InstalledPackage:
    return InstalledPackage(
        "conda",
        record.name,
        record.version,
        record.build,
        _channel(record),
        record.subdir,
        without_credentials(record.url or ""),
        record.md5 or "",
        record.sha256 or "",
        requested,
    )


def _channel(record: PrefixRecord) -> str:
    url = without_credentials(record.url or "")
    place = f"/{record.subdir}/{url.rpartition('/')[2]}"
    channel = url.removesuffix(place) if url.endswith(place) else without_credentials(record.channel or "").rstrip("/")
    return channel.removesuffix(f"/{record.subdir}")


def _planned(path: Path, data: bytes, record: PrefixRecord) -> PlannedPackage:
    """Return a package as plans have it; its record is reduced to what the index of a channel has."""
    content = decode_record(path, data, dict[str, msgspec.Raw])
    text = msgspec.json.encode({key: value for key, value in content.items() if key not in OF_A_PREFIX}).decode()
    return PlannedPackage(
        name=record.name,
        version=record.version,
        build=record.build,
        channel=_channel(record),
        subdir=record.subdir,
        url=record.url or "",
        sha256=record.sha256,
        size=record.size or _archive_size(path, data),
        cached=True,
        record=text,
    )


def _archive_size(path: Path, data: bytes) -> int:
    """Estimate the size of an archive by its files, for a record without a size."""
    entries = decode_record(path, data, FilesRecord[_SizedPath]).paths
    return packed_bytes(sum(entry.size_in_bytes or 0 for entry in entries))


class _SizedPath(PathData, gc=False):
    size_in_bytes: int | None = None


def _requested(prefix: Path, records: Sequence[PrefixRecord]) -> tuple[str, ...]:
    """Return the requested specs of installed packages, by the history, or else by the records."""
    names = {record.name for record in records}
    in_history = [text for name, text in requested_specs(read_history(prefix)).items() if name in names]
    said = [text for record in records for text in (record.requested_specs or (record.requested_spec,))]
    in_records = [text for text in said if text and text != "None"]  # conda writes this for a dependency
    return tuple(without_credentials(text) for text in dict.fromkeys(in_history or sorted(in_records)))


def _variables(prefix: Path) -> dict[str, str]:
    """Return the variables of ``conda env config vars``; unset ones are marked in the file, not deleted."""
    try:
        state = json.loads(read_file(prefix / "conda-meta" / "state", _MAX_BYTES))
        found = state.get("env_vars", {})
        return {str(name): str(value) for name, value in found.items() if value != _UNSET}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}
