"""Kernelspecs as files, for programs that read nothing else.

They hold nothing that is computed: :mod:`.launch` looks at the environment and activates it when the kernel starts. So
keeping them true reads files and runs nothing. What is ours there is marked, and nothing else is ever changed or
removed.
"""

from __future__ import annotations

import json
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
from .kernelspecs import environment_metadata, launch_argv, resource_dir

_MAX_BYTES = 4 << 20
"""Of one file of a kernelspec."""

_MAX_RESOURCES = 20
"""Files that are copied of one kernelspec, at most."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """Kernel names, by what was done with their kernelspec.

    Attributes:
        written: new or changed.
        unchanged: true already.
        removed: of environments that are gone, or of all.
        skipped: not written, because another kernelspec has the name.
    """

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


def sync(catalog: Catalog, data_dir: Path) -> SyncReport:
    """Make the kernelspecs in Jupyter's data folder those of the environments that there are now.

    Args:
        catalog: knows the environments.
        data_dir: the user's Jupyter data folder.
    """
    ours = dict(_ours(data_dir))
    written, unchanged, skipped = [], [], []
    for environment, kernel in _startable(catalog):
        folder = data_dir / "kernels" / kernel.id.lower()
        spec = synced_kernelspec(environment, kernel)
        if os.path.lexists(folder) and folder.name not in ours:
            skipped.append(kernel.id)
        elif ours.pop(folder.name, None) == spec:
            unchanged.append(kernel.id)
        else:
            _write(folder, spec, Path(resource_dir(environment, kernel)))
            written.append(kernel.id)
    for name in ours:
        _remove(data_dir / "kernels" / name)
    return SyncReport(tuple(written), tuple(unchanged), tuple(sorted(ours)), tuple(skipped))


def refresh(catalog: Catalog, data_dir: Path) -> SyncReport | None:
    """Sync again, if it was ever asked for; None if it was not."""
    return sync(catalog, data_dir) if any(_ours(data_dir)) else None


def remove(data_dir: Path) -> SyncReport:
    """Take away what :func:`sync` has written, and nothing else."""
    names = sorted(name for name, _ in _ours(data_dir))
    for name in names:
        _remove(data_dir / "kernels" / name)
    return SyncReport(removed=tuple(names))


def is_synced(spec: Mapping[str, Any]) -> bool:
    """The kernelspec was written by :func:`sync`."""
    mark = spec.get("metadata", {}).get("envkernels")
    return isinstance(mark, dict) and mark.get("synced") is True


def synced_kernelspec(environment: Environment, kernel: Kernel) -> dict[str, Any]:
    """Return the kernel.json that starts a kernel by the launcher."""
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


def _startable(catalog: Catalog) -> Iterator[tuple[Environment, Kernel]]:
    seen = set()
    for environment in catalog.environments():
        for kernel in environment.kernels:
            if kernel.spec and not kernel.problem and kernel.id.lower() not in seen:
                seen.add(kernel.id.lower())
                yield environment, kernel


def _ours(data_dir: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted((data_dir / "kernels").glob("conda-*/kernel.json")):
        try:
            spec = json.loads(read_file(file, _MAX_BYTES))
        except (OSError, ValueError):
            continue
        is_spec = isinstance(spec, dict) and isinstance(spec.get("metadata"), dict)
        if is_spec and is_synced(spec) and not file.parent.is_symlink():
            yield file.parent.name, spec


def _write(folder: Path, spec: dict[str, Any], source: Path) -> None:
    """Put kernel.json in its place last: a folder without it is no kernelspec."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in resource_files(str(source))[:_MAX_RESOURCES]:
        if (data := _resource(source / name)) is not None:
            _put(folder / name, data)
    _put(folder / "kernel.json", json.dumps(spec, indent=1).encode())


def _resource(path: Path) -> bytes | None:
    """Return the content of a file that others may have made; None if it is no regular file, or too large."""
    with suppress(OSError):
        data, status = read_with_status(path, _MAX_BYTES)
        return data if os.path.samestat(status, path.lstat()) else None  # not what a link leads to
    return None


def _put(file: Path, data: bytes) -> None:
    """Write a file at once, in the place of what has its name: be that a link, it is not followed."""
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as draft:
        draft.write(data)
    Path(draft.name).chmod(0o644)
    Path(draft.name).replace(file)


def _remove(folder: Path) -> None:
    """What we wrote goes; the folder as well, unless something else lies in it."""
    for name in ("kernel.json", *resource_files(str(folder))):
        (folder / name).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
