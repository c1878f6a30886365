"""Build Environments, with ids and names, from what discovery found and what the prefixes contain."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from ..models import Environment, Kernel, Problem
from . import kernel_ids
from .discovery import FoundPrefix
from .kernel_ids import Naming
from .prefixes import Contents, RawKernel

_PIXI = "/.pixi/envs"


@dataclasses.dataclass(frozen=True, slots=True)
class EnvironmentBuilder:
    """Builds Environments.

    Attributes:
        naming: what ids depend on.
        template: of display names.
        home: the user's home folder, for short locations.
        running: the real paths of the prefix that Jupyter runs in, and of the one of its Python.
    """

    naming: Naming
    template: str
    home: str
    running: tuple[str, ...] = dataclasses.field(
        default_factory=lambda: (os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix))
    )

    def environment(self, found: FoundPrefix, contents: Contents) -> Environment:
        """Return one environment; its display names are made unique by :meth:`arrange`."""
        is_designated = found.real == self.naming.base
        name = "base" if is_designated else _name(found.path)
        is_closed = found.location.is_shared and not found.location.is_administered
        kernels = self._kernels(found, contents, name)
        return Environment(
            id=hashlib.sha256(os.fsencode(found.real)).hexdigest()[:12],
            name=name,
            prefix=Path(found.path),
            kernels=kernels,
            is_base=is_designated or contents.is_root or found.location.is_root,
            is_running=found.real in self.running,
            is_shared=found.location.is_shared or not (contents.is_writable or contents.is_absent),
            read_only=is_closed or not contents.is_writable or contents.is_frozen,
            is_trusted=contents.is_trusted,
            python=contents.python,
            problem=contents.problem or _common_problem(kernels),
        )

    def _kernels(self, found: FoundPrefix, contents: Contents, name: str) -> tuple[Kernel, ...]:
        if not contents.kernels:
            return ()
        slug = self.naming.slug(found.real if found.real == self.naming.base else found.identity)
        suffixes = kernel_ids.kernel_suffixes([raw.name for raw in contents.kernels])
        location = kernel_ids.short_location(found.path, self.home)
        kernels = [self._kernel(raw, f"conda-{slug}-{suffixes[raw.name]}", name, location) for raw in contents.kernels]
        return tuple(sorted(kernels, key=lambda kernel: kernel.id) if len(kernels) > 1 else kernels)

    def _kernel(self, raw: RawKernel, kernel_id: str, name: str, location: str) -> Kernel:
        spec = raw.spec or {}
        own = spec.get("display_name") or raw.name
        display_name = self.template.format(
            name=name,
            kernel=kernel_ids.short_kernel_name(own),
            language=kernel_ids.language_of(own),
            location=location,
            environment=name,
            display_name=own,
            kernel_name=raw.name,
            conda_kernel=kernel_id,
        )
        return Kernel(
            id=kernel_id,
            display_name=display_name,
            language=spec.get("language", "").lower(),
            raw_name=raw.name,
            problem=raw.problem,
            spec=spec,
            other_prefix=Path(raw.other_prefix) if raw.other_prefix else None,
        )

    def arrange(self, environments: Iterable[Environment]) -> tuple[Environment, ...]:
        """Sort by name, then prefix, and add the location to display names that are not unique."""
        ordered = sorted(environments, key=lambda environment: (environment.name.lower(), str(environment.prefix)))
        shared = kernel_ids.shared(kernel.display_name for environment in ordered for kernel in environment.kernels)
        return tuple(self._told_apart(environment, shared) if shared else environment for environment in ordered)

    def _told_apart(self, environment: Environment, shared: set[str]) -> Environment:
        if not any(kernel.display_name in shared for kernel in environment.kernels):
            return environment
        place = kernel_ids.short_location(str(environment.prefix), self.home)
        kernels = [
            dataclasses.replace(kernel, display_name=f"{kernel.display_name} in {place}")
            if kernel.display_name in shared
            else kernel
            for kernel in environment.kernels
        ]
        return dataclasses.replace(environment, kernels=tuple(kernels))


def _name(path: str) -> str:
    """Return the folder's name; an environment of a pixi project is named after the project."""
    folder, _, name = path.rpartition("/")
    if not folder.endswith(_PIXI):
        return name
    project = os.path.basename(folder.removesuffix(_PIXI))
    return project if name == "default" else f"{project}:{name}"


def _common_problem(kernels: tuple[Kernel, ...]) -> Problem | None:
    problems = [kernel.problem for kernel in kernels]
    return problems[0] if problems and all(problems) else None
