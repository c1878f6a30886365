"""Provide the kernelspec manager, which lists the ordinary kernelspecs and the kernels of all environments."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Container, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from traitlets import Instance, default

from ..envs.catalog import Catalog
from ..envs.prefixes import KERNELS, resource_files
from ..errors import Forbidden
from ..models import CatalogOptions, Environment, Kernel, environment_id
from .aliases import Meant, resolve
from .kernelspecs import environment_metadata, kernelspec, missing_kernelspec, resource_dir, resources
from .other_kernelspecs import OtherKernelSpecs
from .sync import is_synced

_T = TypeVar("_T")
_PREFIX = "conda-"
_OVERRIDABLE = ("find_kernel_specs", "get_kernel_spec")
_Pair: TypeAlias = "tuple[Environment, Kernel]"
_State: TypeAlias = "tuple[tuple[Environment, ...], dict[str, Any], dict[str, str]]"


class SyncEnvKernelSpecManager(KernelSpecManager):
    """A kernelspec manager with the kernels of environments, for programs without an event loop.

    A kernel that Jupyter finds by itself, because it is in the prefix that runs Jupyter, keeps its ordinary name and is
    not listed twice.
    """

    catalog = Instance(Catalog, help="The environments.")

    @default("catalog")
    def _default_catalog(self) -> Catalog:
        return Catalog(CatalogOptions(), os.environ)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._ordinary = OtherKernelSpecs(self._get_kernel_spec_by_name, self.log)
        self._listing: tuple[_State, dict[str, Any]] | None = None
        self._known: dict[str, dict[str, Any]] = {}

    def find_kernel_specs(self) -> dict[str, str]:
        """Return the resource folder of each kernel, by name."""
        found, _ = self._ordinary_specs()
        environments = self.catalog.environments()
        ours = self._listed(environments, self._twins(environments, found))
        return found | {kernel.id: resource_dir(environment, kernel) for environment, kernel in ours}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the kernelspec of a name, listed or not, such as one given by nb_conda_kernels.

        For a kernel that cannot start, it is that of the fallback kernel.

        Raises:
            NoSuchKernel: there is none, or the name is ambiguous.
        """
        found = self._environment_kernel(kernel_name)
        if found is None:
            return super().get_kernel_spec(kernel_name)
        environment, kernel, raw_name = found
        spec = kernelspec(environment, kernel) if kernel else missing_kernelspec(environment, raw_name)
        # the server serves any file in this folder as its own page, and others may have written into an unused one
        folder = resource_dir(environment, kernel) if kernel and kernel.spec else os.devnull
        return self.kernel_spec_class(resource_dir=folder, **spec)

    def get_all_specs(self) -> dict[str, Any]:
        """Return ``{"resource_dir", "spec"}`` by name; if a subclass overrides the other methods, by these."""
        if any(getattr(type(self), name) is not getattr(SyncEnvKernelSpecManager, name) for name in _OVERRIDABLE):
            return dict(super().get_all_specs())
        folders, ordinary = self._ordinary_specs()
        state = (self.catalog.environments(), ordinary, folders)
        if self._listing is None or not _same(self._listing[0], state):
            self._listing = (state, self._models(*state))
        return dict(self._listing[1])

    def remove_kernel_spec(self, name: str) -> str:
        """Delete an ordinary kernelspec, and return its folder.

        Raises:
            Forbidden: it is part of an environment.
        """
        found = self.catalog.kernel(name) if name.startswith(_PREFIX) else None
        if found:
            raise Forbidden(
                f"The kernelspec {name} is part of the environment {found[0].prefix}.",
                remedy="Remove the environment, or the kernel's package from it.",
            )
        return str(super().remove_kernel_spec(name))

    def _ordinary_specs(self) -> tuple[dict[str, str], dict[str, Any]]:
        """Return folders and kernelspecs that Jupyter finds by itself, without those that :mod:`.sync` wrote."""
        folders: dict[str, str] = super().find_kernel_specs()
        specs = self._ordinary.read(folders)
        synced = {name for name, spec in specs.items() if is_synced(spec)}
        if not synced:
            return folders, specs
        return _but(folders, synced), _but(specs, synced)

    def _environment_kernel(self, name: str) -> Meant | None:
        """Return the environment and kernel that a name means; None if it means an ordinary kernelspec, or nothing.

        Raises:
            NoSuchKernel: the kernel is not allowed.
        """
        if not name.lower().startswith(_PREFIX):
            return None
        found: Meant | None
        if known := self.catalog.kernel(name):
            found = *known, known[1].raw_name
        else:
            found = None if self._is_ordinary(name) else resolve(name, self.catalog.environments())
        if found and not self._is_allowed(found[1].id if found[1] else name):
            raise NoSuchKernel(name)
        return found

    def _is_ordinary(self, name: str) -> bool:
        try:
            return not is_synced(super().get_kernel_spec(name).to_dict())
        except NoSuchKernel:
            return False

    def _listed(self, environments: Iterable[Environment], twins: Container[str]) -> list[_Pair]:
        """Return the kernels with a usable kernelspec that are not already found under an ordinary name."""
        return [
            (environment, kernel)
            for environment in environments
            for kernel in environment.kernels
            if kernel.spec and kernel.id not in twins and self._is_allowed(kernel.id)
        ]

    def _twins(self, environments: Iterable[Environment], ordinary: Mapping[str, str]) -> dict[str, tuple[str, _Pair]]:
        """Return kernel id -> the ordinary name of the same kernelspec, and its environment and kernel."""
        suffix = f"/{KERNELS}"
        searched = {
            environment_id(Path(folder[: -len(suffix)])) for folder in self.kernel_dirs if folder.endswith(suffix)
        }
        pairs = [(env, kernel) for env in environments if env.id in searched for kernel in env.kernels]
        names = {os.path.realpath(folder): name for name, folder in ordinary.items()} if pairs else {}
        found = ((pair, names.get(os.path.realpath(resource_dir(*pair)))) for pair in pairs)
        return {pair[1].id: (name, pair) for pair, name in found if name}

    def _is_allowed(self, name: str) -> bool:
        return not self.allowed_kernelspecs or name in self.allowed_kernelspecs

    def _models(
        self, environments: tuple[Environment, ...], ordinary: dict[str, Any], folders: dict[str, str]
    ) -> dict[str, Any]:
        twins = self._twins(environments, folders)
        metadata = {name: environment_metadata(*pair) for name, pair in twins.values()}
        models: dict[str, Any] = {
            name: {"resource_dir": folders[name], "spec": _with_metadata(spec, metadata.get(name))}
            for name, spec in ordinary.items()
        }
        unchanged = set(map(id, self._listing[0][0])) if self._listing else set()
        known = self._known
        self._known = {
            kernel.id: (id(environment) in unchanged and known.get(kernel.id)) or self._model(environment, kernel)
            for environment, kernel in self._listed(environments, twins)
        }
        return models | self._known

    def _model(self, environment: Environment, kernel: Kernel) -> dict[str, Any]:
        """Return the entry of one kernel for :meth:`get_all_specs`, which is cached until the environment changes."""
        return {"resource_dir": resource_dir(environment, kernel), "spec": kernelspec(environment, kernel)}


class EnvKernelSpecManager(SyncEnvKernelSpecManager):
    """A kernelspec manager for jupyter_server: listing is awaited, and reads no file in the event loop's thread.

    Its entries are ready for REST, so that the server's handler need not list the files of each kernelspec.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Its own thread: a network folder that hangs must not block the threads of the server.
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="envkernels")

    async def get_all_specs(self) -> dict[str, Any]:  # type: ignore[override]
        """Return models by name, with ``name``, ``spec`` and ``resources``, as in the REST API of jupyter_server."""
        found = await asyncio.get_running_loop().run_in_executor(self._executor, super().get_all_specs)
        await asyncio.sleep(0)  # let other requests run first: the handler will take a while to encode this
        return found

    def _model(self, environment: Environment, kernel: Kernel) -> dict[str, Any]:
        files = resource_files(resource_dir(environment, kernel))
        return {
            "name": kernel.id,
            "spec": kernelspec(environment, kernel),
            "resources": resources(kernel.id, files, str(getattr(self.parent, "base_url", "/"))),
        }


def _with_metadata(spec: dict[str, Any], more: dict[str, Any] | None) -> dict[str, Any]:
    return {**spec, "metadata": {**spec["metadata"], **more}} if more else spec


def _same(old: _State, new: _State) -> bool:
    return old[0] is new[0] and old[1:] == new[1:]


def _but(found: dict[str, _T], names: set[str]) -> dict[str, _T]:
    return {name: value for name, value in found.items() if name not in names}
