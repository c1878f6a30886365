"""Starts a kernel inside its activated environment, as a child of this process like any other kernel."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from ..envs.activation import activated_environ
from ..envs.condarc import load_settings
from ..envs.footprints import record_start
from ..envs.prefixes import NotAnEnvironment, RawKernel, read_prefix
from ..errors import OperationFailed
from ..models import Problem
from .kernelspecs import fallback_argv


@dataclass(frozen=True, slots=True)
class Start:
    """How a kernel starts: its command and its variables, or why it cannot."""

    argv: list[str] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)
    problem: Problem | None = None


class EnvKernelProvisioner(LocalProvisioner):
    """A local provisioner that gives a kernel the variables of its activated environment.

    It looks at the environment each time the kernel starts, so that a restart finds what was repaired, and starts the
    fallback kernel where the real one cannot start.
    """

    _started_prefix: Path | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Look, activate, then go on as for a plain kernel."""
        given = kwargs.get("env", os.environ)
        metadata = self.kernel_spec.metadata
        prefix, raw_name = str(metadata["conda_env_path"]), str(metadata["conda_raw_kernel_name"])
        start = await asyncio.to_thread(prepare, prefix, raw_name, given)
        if start.problem:
            self.log.warning("The fallback kernel takes the place of that of %s: %s", prefix, start.problem.message)
            self._started_prefix = None
            self.kernel_spec.argv = fallback_argv(str(metadata["conda_env_name"]), prefix, start.problem)
        else:
            self._started_prefix = Path(prefix)
            self.kernel_spec.argv = start.argv
            kwargs["env"] = start.environ
        launch: dict[str, Any] = await super().pre_launch(**kwargs)
        return launch

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start it; that the environment was used is kept in mind beside, by a thread that nobody waits for."""
        connection = await super().launch_kernel(cmd, **kwargs)
        if self._started_prefix:
            with suppress(RuntimeError):  # no thread is to be had
                Thread(target=record_start, args=(self._started_prefix,), daemon=True).start()
        return connection


def prepare(prefix: str, raw_name: str, environ: Mapping[str, str]) -> Start:
    """Find out how the kernel of an environment starts; reads files, and may run activation scripts.

    Args:
        prefix: of the environment.
        raw_name: of the kernel's folder.
        environ: the variables of this process.
    """
    try:
        contents = read_prefix(prefix)
    except NotAnEnvironment as absence:
        return Start(problem=absence.problem)
    kernel = next((kernel for kernel in contents.kernels if kernel.name == raw_name), None)
    problem = _problem(kernel, contents.problem)
    if problem or kernel is None or kernel.spec is None:
        return Start(problem=problem)
    try:
        settings = load_settings(environ)
        variables = activated_environ(Path(prefix), environ, settings=settings, server=Path(sys.prefix))
    except OperationFailed as failure:
        return Start(problem=Problem(failure.code, failure.message, failure.remedy))
    return Start(kernel.spec["argv"], variables)


def _problem(kernel: RawKernel | None, of_environment: Problem | None) -> Problem | None:
    if kernel is not None:
        return kernel.problem
    return of_environment or Problem(
        "no-kernel", "The environment does not have this kernel any more.", "Add it again."
    )
