"""Provision a kernel in its activated environment, as a child of this process like any local kernel."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

from jupyter_client.connect import KernelConnectionInfo, LocalPortCache
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from ..envs.catalog import Catalog
from ..envs.trust import Trust
from ..envs.usage import record_start
from ..models import CatalogOptions
from .kernelspecs import fallback_argv, fallback_metadata
from .start import prepare


class EnvKernelProvisioner(LocalProvisioner):
    """A local provisioner that gives a kernel the variables of its activated environment.

    The environment is read each time the kernel starts, so that a restart notices repairs. If the kernel cannot start,
    the fallback kernel is started.
    """

    _started_prefix: Path | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Read and activate the environment, then continue as for any local kernel."""
        given = kwargs.get("env", os.environ)
        metadata = self.kernel_spec.metadata
        prefix, raw_name = str(metadata["conda_env_path"]), str(metadata["conda_raw_kernel_name"])
        start = await asyncio.to_thread(prepare, prefix, raw_name, given, self._trust)
        for script_problem in start.script_problems:
            self.log.warning("The kernel of %s starts nevertheless: %s", prefix, script_problem.message)
        if start.problem:
            self.log.warning("The fallback kernel replaces that of %s: %s", prefix, start.problem.message)
            self._started_prefix = None
            self.kernel_spec.argv = fallback_argv(str(metadata["conda_env_name"]), prefix, start.problem)
            self.kernel_spec.metadata = {**metadata, "supported_encryption": None, **fallback_metadata()}
        else:
            self._started_prefix = Path(prefix)
            self.kernel_spec.argv = start.argv
            self.kernel_spec.env = start.variables
            kwargs["env"] = start.environ
        self._replace_taken_ports()
        launch: dict[str, Any] = await super().pre_launch(**kwargs)
        return launch

    def _replace_taken_ports(self) -> None:
        """Choose all ports again if another program uses one; jupyter_client would keep the first choice."""
        manager: Any = self.parent
        if not self.ports_cached or all(_is_free(manager.ip, port) for port in manager.ports):
            return
        for port in manager.ports:
            LocalPortCache.instance().return_port(port)
        manager.cleanup_connection_file()
        self.ports_cached = False

    def _trust(self) -> Trust:
        """Return the rule that decides whose files may be used, by the settings of the kernelspec manager."""
        manager = getattr(self.parent, "kernel_spec_manager", None)
        catalog = getattr(manager, "catalog", None) or Catalog(CatalogOptions())
        return catalog.trust()

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel, and record the use of the environment in a thread, without waiting for it."""
        connection = await super().launch_kernel(cmd, **kwargs)
        if self._started_prefix:
            with suppress(RuntimeError):  # no thread can be started
                Thread(target=record_start, args=(self._started_prefix,), daemon=True).start()
        return connection


def _is_free(ip: str, port: int) -> bool:
    """Return whether a kernel could listen on a port, which includes one in TIME_WAIT."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ip, port))
            probe.listen()
        except OSError:
            return False
    return True
