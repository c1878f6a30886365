"""The kernelspec manager: every ordinary kernelspec, and every kernel of every environment."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from traitlets import Instance, default

from ..envs.catalog import Catalog
from ..models import CatalogOptions, Environment, Kernel
from .kernelspecs import kernelspec, resources


class SyncEnvKernelSpecManager(KernelSpecManager):
    """Kernelspecs of environments beside the ordinary ones, for programs that do not run an event loop."""

    catalog = Instance(Catalog, help="Knows the environments.")

    @default("catalog")
    def _default_catalog(self) -> Catalog:
        return Catalog(CatalogOptions(), os.environ)

    def find_kernel_specs(self) -> dict[str, str]:
        """Kernel name -> resource folder."""
        found: dict[str, str] = super().find_kernel_specs()
        found.update({kernel.id: str(kernel.resource_dir) for _, kernel in self._environment_kernels(found)})
        return found

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The kernelspec of that name.

        Raises:
            NoSuchKernel: there is none.
        """
        found = self.catalog.kernel(kernel_name)
        if found is None or not self._is_allowed(kernel_name):
            return super().get_kernel_spec(kernel_name)
        return self.kernel_spec_class(resource_dir=str(found[1].resource_dir), **kernelspec(*found))

    def get_all_specs(self) -> dict[str, Any]:
        """Kernel name -> ``{"name", "resource_dir", "spec", "resources"}``."""
        ordinary = super().find_kernel_specs()
        specs = {name: self._ordinary(name, folder) for name, folder in ordinary.items()}
        found: dict[str, Any] = {name: spec for name, spec in specs.items() if spec}
        found.update({kernel.id: self._model(env, kernel) for env, kernel in self._environment_kernels(ordinary)})
        return found

    def _environment_kernels(self, ordinary: dict[str, str]) -> list[tuple[Environment, Kernel]]:
        """The kernels to list: those with a usable kernelspec which no ordinary name stands for already."""
        folders = set(ordinary.values())
        return [
            (environment, kernel)
            for environment in self.catalog.environments()
            for kernel in environment.kernels
            if kernel.spec and self._is_allowed(kernel.id) and str(kernel.resource_dir) not in folders
        ]

    def _is_allowed(self, name: str) -> bool:
        return not self.allowed_kernelspecs or name in self.allowed_kernelspecs

    def _model(self, environment: Environment, kernel: Kernel) -> dict[str, Any]:
        return {
            "name": kernel.id,
            "resource_dir": str(kernel.resource_dir),
            "spec": kernelspec(environment, kernel),
            "resources": resources(kernel.id, kernel.resources, self._base_url),
        }

    def _ordinary(self, name: str, folder: str) -> dict[str, Any] | None:
        try:
            spec = self._get_kernel_spec_by_name(name, folder)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one kernelspec must not hide the others
            self.log.warning("Kernelspec %s in %s is left out: %s", name, folder, error)
            return None
        return {"resource_dir": folder, "spec": spec.to_dict()}

    @property
    def _base_url(self) -> str:
        return str(getattr(self.parent, "base_url", "/"))


class EnvKernelSpecManager(SyncEnvKernelSpecManager):
    """The same for jupyter_server: listing is awaited, and no file is read in the event loop's thread."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # One thread of its own: a network folder that hangs must not use up the server's threads.
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="envkernels")

    async def get_all_specs(self) -> dict[str, Any]:  # type: ignore[override]
        """Kernel name -> model, as the REST handler hands it out."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, super().get_all_specs)
