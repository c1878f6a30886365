"""Kernelspecs as files, for programs that read nothing else.

They stand alone: a program needs nothing of ours to start such a kernel, because its activation is written into the
``env`` of its kernel.json. What is ours there is marked, and nothing else is ever changed or removed.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..envs.activation import activated_environ, deactivated_environ
from ..envs.catalog import Catalog
from ..envs.condarc import Settings
from ..envs.prefixes import resource_files
from ..errors import OperationFailed
from ..models import Environment, Kernel
from .kernelspecs import environment_metadata, resource_dir


@dataclass(frozen=True, slots=True)
class SyncReport:
    """Kernel names, by what was done with their kernelspec.

    Attributes:
        written: new or changed.
        unchanged: true already.
        removed: of environments that are gone, or of all.
        skipped: not written, because another kernelspec has the name or the environment cannot be activated.
    """

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


def sync(catalog: Catalog, data_dir: Path, environ: Mapping[str, str] = os.environ) -> SyncReport:
    """Make the kernelspecs in Jupyter's data folder those of the environments that there are now.

    Args:
        catalog: knows the environments.
        data_dir: the user's Jupyter data folder.
        environ: the variables of this process.
    """
    settings = catalog.settings()
    clean = deactivated_environ(environ, settings, Path(sys.prefix))
    ours = dict(_ours(data_dir))
    written, unchanged, skipped = [], [], []
    for environment, kernel in _startable(catalog):
        folder = data_dir / "kernels" / kernel.id.lower()
        try:
            spec = standalone_kernelspec(environment, kernel, clean, settings)
        except OperationFailed:
            skipped.append(kernel.id)
            continue
        if folder.exists() and folder.name not in ours:
            skipped.append(kernel.id)
        elif ours.pop(folder.name, None) == spec:
            unchanged.append(kernel.id)
        else:
            _write(folder, spec, Path(resource_dir(environment, kernel)))
            written.append(kernel.id)
    for name in ours:
        _remove(data_dir / "kernels" / name)
    return SyncReport(tuple(written), tuple(unchanged), tuple(sorted(ours)), tuple(skipped))


def refresh(catalog: Catalog, data_dir: Path, environ: Mapping[str, str] = os.environ) -> SyncReport | None:
    """Sync again, if it was ever asked for; None if it was not."""
    return sync(catalog, data_dir, environ) if any(_ours(data_dir)) else None


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


def standalone_kernelspec(
    environment: Environment, kernel: Kernel, environ: Mapping[str, str], settings: Settings
) -> dict[str, Any]:
    """A kernel.json that starts the kernel in its environment without any help of ours.

    Raises:
        OperationFailed: the activation scripts of the environment cannot be run.
    """
    activated = activated_environ(environment.prefix, environ, settings=settings)
    changed = {name: value for name, value in activated.items() if environ.get(name) != value}
    path = changed.pop("PATH", "").removesuffix(environ.get("PATH", ""))
    variables = {name: value.replace("$", "$$") for name, value in changed.items()}
    metadata = environment_metadata(environment, kernel)
    return {
        **kernel.spec,
        "display_name": kernel.display_name,
        "env": {"PATH": path.replace("$", "$$") + "${PATH}", **variables, **kernel.spec.get("env", {})},
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
            spec = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(spec, dict) and isinstance(spec.get("metadata"), dict) and is_synced(spec):
            yield file.parent.name, spec


def _write(folder: Path, spec: dict[str, Any], source: Path) -> None:
    """Put kernel.json in its place last and at once: a folder without it is no kernelspec."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in resource_files(str(source)):
        shutil.copyfile(source / name, folder / name)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, delete=False) as file:
        json.dump(spec, file, indent=1)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(folder / "kernel.json")


def _remove(folder: Path) -> None:
    """What we wrote goes; the folder as well, unless something else lies in it."""
    for name in ("kernel.json", *resource_files(str(folder))):
        (folder / name).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
