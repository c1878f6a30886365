"""Write kernelspecs of environments as files, for programs that do not use the kernelspec manager.

They contain no variables of an activated environment: :mod:`.launcher` activates it when the kernel starts. So updating
them reads files and runs nothing. Our kernelspecs are marked; others are never changed or removed.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..envs.catalog import Catalog
from ..envs.prefixes import resource_files
from ..files import read_file, read_with_status
from ..models import Environment, Kernel
from .kernelspecs import environment_metadata, hashed_id, launch_argv, resource_dir

_log = logging.getLogger(__name__)

_MAX_BYTES = 4 << 20
"""Largest file of a kernelspec that is read."""

_MAX_RESOURCES = 20
"""Largest number of files that are copied with one kernelspec."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """Names of kernels by what was done with their kernelspec.

    Attributes:
        written: new or changed.
        unchanged: already up to date.
        removed: of environments that no longer exist, or of all.
        skipped: not written, because another kernelspec has the name.
    """

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


def sync(catalog: Catalog, data_dir: Path) -> SyncReport:
    """Update the kernelspecs in Jupyter's data folder to the current environments.

    Args:
        catalog: the environments.
        data_dir: the user's Jupyter data folder.
    """
    if not _mark(data_dir).exists():
        _mark(data_dir).parent.mkdir(parents=True, exist_ok=True)
        _mark(data_dir).touch()
    ours = dict(_ours(data_dir))
    written, unchanged, skipped = [], [], []
    for name, (environment, kernel) in _targets(catalog).items():
        folder = data_dir / "kernels" / name
        spec = synced_kernelspec(environment, kernel)
        if os.path.lexists(folder) and folder.name not in ours:
            skipped.append(kernel.id)
        elif ours.pop(folder.name, None) == spec:
            unchanged.append(kernel.id)
        else:
            _write(folder, spec, Path(resource_dir(environment, kernel)))
            written.append(kernel.id)
    for name in ours:
        remove_folder(data_dir / "kernels" / name)
    return SyncReport(tuple(written), tuple(unchanged), tuple(sorted(ours)), tuple(skipped))


def refresh(catalog: Catalog, data_dir: Path, *, always: bool) -> SyncReport | None:
    """Sync if ``sync`` was called before without a later ``remove``, or always.

    Returns:
        None if it is not wanted or failed; a failure is logged, because the change to an environment has succeeded.
    """
    try:
        if always or _mark(data_dir).exists() or any(_ours(data_dir)):
            return sync(catalog, data_dir)
    except OSError as error:
        _log.warning("The kernelspecs for other programs cannot be written: %s", error)
    return None


def remove(data_dir: Path) -> SyncReport:
    """Remove what :func:`sync` has written, and nothing else."""
    _mark(data_dir).unlink(missing_ok=True)
    names = sorted(name for name, _ in _ours(data_dir))
    for name in names:
        remove_folder(data_dir / "kernels" / name)
    return SyncReport(removed=tuple(names))


def is_synced(spec: Mapping[str, Any]) -> bool:
    """Return whether the kernelspec was written by :func:`sync`."""
    mark = spec.get("metadata", {}).get("envkernels")
    return isinstance(mark, dict) and mark.get("synced") is True


def synced_kernelspec(environment: Environment, kernel: Kernel) -> dict[str, Any]:
    """Return the kernel.json that starts a kernel with the launcher."""
    metadata = environment_metadata(environment, kernel)
    return {
        **kernel.spec,
        "argv": launch_argv(environment.prefix, kernel.raw_name),
        "env": {},
        "display_name": kernel.display_name,
        "metadata": {
            **kernel.spec.get("metadata", {}),
            **metadata,
            "envkernels": {**metadata["envkernels"], "synced": True},
        },
    }


def _mark(data_dir: Path) -> Path:
    """Return the file that says that kernelspecs are to be kept up to date, even while there are none."""
    return data_dir / "envkernels" / "sync"


def _targets(catalog: Catalog) -> dict[str, tuple[Environment, Kernel]]:
    """Return the kernels that can start, by the name of their folder.

    jupyter_client converts names to lower case. Of kernels whose names differ only by case, the lower-case one, or else
    the first, has the plain name; the names of the others end with a hash.
    """
    pairs = [
        (environment, kernel)
        for environment in catalog.environments()
        for kernel in environment.kernels
        if kernel.spec and not kernel.problem
    ]
    found: dict[str, tuple[Environment, Kernel]] = {}
    for environment, kernel in sorted(pairs, key=lambda pair: (pair[1].id != pair[1].id.lower(), pair[1].id)):
        plain = kernel.id.lower()
        found[hashed_id(environment, kernel).lower() if plain in found else plain] = environment, kernel
    return found


def _ours(data_dir: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted((data_dir / "kernels").glob("conda-*/kernel.json")):
        try:
            spec = json.loads(read_file(file, _MAX_BYTES))
        except (OSError, ValueError, RecursionError):
            continue
        is_spec = isinstance(spec, dict) and isinstance(spec.get("metadata"), dict)
        if is_spec and is_synced(spec) and not file.parent.is_symlink():
            yield file.parent.name, spec


def _write(folder: Path, spec: dict[str, Any], source: Path) -> None:
    """Write a kernelspec, kernel.json last: a folder without it is not a kernelspec."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in resource_files(str(source))[:_MAX_RESOURCES]:
        if (data := _resource(source / name)) is not None:
            _put(folder / name, data)
    _put(folder / "kernel.json", json.dumps(spec, indent=1).encode())


def _resource(path: Path) -> bytes | None:
    """Read a file that others may have written; None if it is a link, not a regular file, or too large."""
    with suppress(OSError):
        data, status = read_with_status(path, _MAX_BYTES)
        return data if os.path.samestat(status, path.lstat()) else None  # links are not followed
    return None


def _put(file: Path, data: bytes) -> None:
    """Write a file atomically. An existing file is replaced; a link is not followed."""
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as draft:
        draft.write(data)
    Path(draft.name).chmod(0o644)
    Path(draft.name).replace(file)


def remove_folder(folder: Path) -> None:
    """Delete a kernelspec with its resources, and the folder if it is empty then."""
    for name in ("kernel.json", *resource_files(str(folder))):
        (folder / name).unlink(missing_ok=True)
    with suppress(FileNotFoundError):  # another process has deleted it
        if not any(folder.iterdir()):
            folder.rmdir()
