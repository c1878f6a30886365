"""Starts a kernel inside its activated environment, as a child of this process like any other kernel."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from ..envs.activation import activated_environ
from ..envs.condarc import load_settings


class EnvKernelProvisioner(LocalProvisioner):
    """A local provisioner that gives the kernel the variables of its activated environment."""

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Activate, then go on as for a plain kernel."""
        given = kwargs.get("env", os.environ)
        kwargs["env"] = await asyncio.to_thread(self._activated, given)
        launch: dict[str, Any] = await super().pre_launch(**kwargs)
        return launch

    def _activated(self, environ: Mapping[str, str]) -> dict[str, str]:
        prefix = Path(self.kernel_spec.metadata["conda_env_path"])
        return activated_environ(prefix, environ, settings=load_settings(environ))
