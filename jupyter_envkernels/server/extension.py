"""Define the server extension: build its parts, connect and register them, and stop them."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_core.paths import jupyter_data_dir
from jupyter_server.extension.application import ExtensionApp
from jupyter_server.gateway.gateway_client import GatewayClient

from ..config import EnvKernelsTraits
from ..envs.conda_config.condarc import load_settings
from ..envs.templates import Templates
from ..envs.usage import Footprints
from ..envs.usage_scanner import UsageScanner
from ..jobs.lint_client import LintClient
from ..jobs.manager import JobManager
from ..kernels.configured import OtherManager
from ..kernels.specmanager import EnvKernelSpecManager, SyncEnvKernelSpecManager
from .audit import AuditTrail
from .events import EventPublisher
from .handlers import routes
from .listing import Listing
from .metrics import JobMetrics, MeasuredCatalog
from .service import Service
from .watch import CatalogWatch, SizeWatch

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


class EnvKernels(EnvKernelsTraits, ExtensionApp):
    """Conda environments as kernels: discovery, and jobs that create, clone and remove environments."""

    name = "jupyter_envkernels"
    load_other_extensions = True

    _reported_manager: OtherManager | None = None

    def _link_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        """Set our kernelspec manager before the server creates one, unless another is configured."""
        super()._link_jupyter_server_extension(serverapp)
        has_gateway = GatewayClient.instance(parent=serverapp).gateway_enabled
        self._is_put_in = not has_gateway and not serverapp.trait_has_value("kernel_spec_manager_class")
        if self._is_put_in:
            serverapp.kernel_spec_manager_class = EnvKernelSpecManager

    def other_manager(self) -> OtherManager | None:
        """Return the kernelspec manager that the server now has instead of ours; None if it has ours."""
        server: Any = self.serverapp
        if GatewayClient.instance(parent=server).gateway_enabled:
            return OtherManager("the gateway", "The configuration of the server")
        found = type(server.kernel_spec_manager)
        if issubclass(found, SyncEnvKernelSpecManager):
            return None
        source = "Another extension" if self._is_put_in else "c.ServerApp.kernel_spec_manager_class"
        return OtherManager(f"{found.__module__}.{found.__qualname__}", source)

    def _report_other_manager(self) -> None:
        """Log once that the server has another kernelspec manager."""
        other = self.other_manager()
        if other and other != self._reported_manager:
            self.log.warning("jupyter_envkernels: %s", other.message)
        self._reported_manager = other

    def initialize_settings(self) -> None:
        """Build and connect the parts. Only conda's configuration is read from disk."""
        self._report_other_manager()
        for finding in self.former().findings:
            self.log.warning("jupyter_envkernels: %s", f"{finding.message} {finding.remedy}".rstrip())
        server: Any = self.serverapp
        folder = getattr(server.contents_manager, "root_dir", None)
        root = Path(folder) if folder else None
        catalog = MeasuredCatalog(self.catalog_options(root), os.environ)
        if isinstance(server.kernel_spec_manager, EnvKernelSpecManager):
            server.kernel_spec_manager.catalog = catalog
        self.manager = JobManager(self.manager_options(load_settings(os.environ), root))
        publisher = EventPublisher(server.event_logger)
        self.audit = AuditTrail(self.audit_logging(), catalog)
        self.manager.subscribe(publisher.job)
        self.manager.subscribe(self.audit.job)
        JobMetrics(self.manager)
        footprints = Footprints()
        self.watches = (
            CatalogWatch(catalog, publisher.environments, Path(jupyter_data_dir()), always=self.sync_kernelspecs),
            SizeWatch(catalog, UsageScanner(footprints)),
        )
        self.lint_client = LintClient(self.manager.options.engine)
        self.service = Service(
            catalog=catalog,
            jobs=self.manager,
            contents=server.contents_manager,
            lint_client=self.lint_client,
            listing=Listing(catalog, footprints),
            templates=Templates(self.template_folders(), catalog.trust),
            other_manager=self.other_manager,
            audit=self.audit,
            former=self.former().findings,
        )

    def initialize_handlers(self) -> None:
        """Register the routes."""
        self.handlers.extend(routes(self.service))

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:  # noqa: ARG002 - the hook's signature
        """Continue the jobs of earlier servers, and watch the environments, once the event loop runs."""
        self._report_other_manager()
        for watch in self.watches:
            watch.start()
        await self.manager.start()

    async def stop_extension(self) -> None:
        """Stop all parts. Running jobs continue; processes that only answer requests end."""
        await self.lint_client.stop()
        for watch in self.watches:
            await watch.stop()
        await self.manager.stop()
        await asyncio.to_thread(self.audit.close)
