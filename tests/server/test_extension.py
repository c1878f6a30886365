"""How the extension takes its place in a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_server.serverapp import ServerApp

from jupyter_envkernels.kernels.specmanager import EnvKernelSpecManager


class OtherManager(KernelSpecManager):
    """What an administrator may have chosen."""


async def test_the_kernelspec_manager_is_ours_and_knows_the_configuration(jp_serverapp: ServerApp) -> None:
    manager = jp_serverapp.kernel_spec_manager
    assert isinstance(manager, EnvKernelSpecManager)
    assert manager.catalog.options.roots


@pytest.mark.parametrize("chosen", [f"{__name__}.OtherManager"])
async def test_another_kernelspec_manager_stays_and_is_named(
    jp_server_config: dict[str, Any],
    jp_configurable_serverapp: Callable[..., ServerApp],
    capfd: pytest.CaptureFixture[str],
    chosen: str,
) -> None:
    jp_server_config["ServerApp"]["kernel_spec_manager_class"] = chosen
    app = jp_configurable_serverapp(config=jp_server_config)
    assert type(app.kernel_spec_manager).__name__ == "OtherManager"
    (line,) = [line for line in capfd.readouterr().err.splitlines() if "jupyter_envkernels: " in line]
    assert "OtherManager" in line
    assert "sync" in line
