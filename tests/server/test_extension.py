"""How the extension takes its place in a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp

from jupyter_envkernels.kernels.specmanager import EnvKernelSpecManager

from .conftest import Call


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


async def test_settings_of_nb_conda_kernels(
    jp_server_config: dict[str, Any],
    jp_configurable_serverapp: Callable[..., ServerApp],
    capfd: pytest.CaptureFixture[str],
) -> None:
    jp_server_config["CondaKernelSpecManager"] = {"name_format": "{0} [{1}]", "conda_only": True}
    app = jp_configurable_serverapp(config=jp_server_config)
    manager: Any = app.kernel_spec_manager
    assert manager.catalog.options.display_name == "{language} [{environment}]"
    lines = [line for line in capfd.readouterr().err.splitlines() if "jupyter_envkernels: " in line]
    assert ["conda_only" in lines[0], "name_format" in lines[1]] == [True, True]


class _Late(ExtensionApp):
    """An extension that is linked after ours."""

    name = "later_extension"

    def _link_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        super()._link_jupyter_server_extension(serverapp)
        serverapp.kernel_spec_manager_class = OtherManager


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": __name__, "app": _Late}]


async def test_an_extension_that_sets_another_manager_after_ours_is_named(
    jp_server_config: dict[str, Any],
    jp_configurable_serverapp: Callable[..., ServerApp],
    capfd: pytest.CaptureFixture[str],
) -> None:
    jp_server_config["ServerApp"]["jpserver_extensions"][__name__] = True
    app = jp_configurable_serverapp(config=jp_server_config)
    assert type(app.kernel_spec_manager) is OtherManager
    (line,) = [line for line in capfd.readouterr().err.splitlines() if "jupyter_envkernels: " in line]
    assert "Another extension makes" in line
    assert "OtherManager" in line


async def test_a_manager_that_is_replaced_while_the_server_starts_is_named(
    jp_serverapp: ServerApp, call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    jp_serverapp.kernel_spec_manager = OtherManager()
    assert (await call("GET", "doctor")).json["other_kernel_spec_manager"] == {
        "name": f"{__name__}.OtherManager",
        "source": "Another extension",
    }
    (app,) = jp_serverapp.extension_manager.extension_apps["jupyter_envkernels"]
    await app._start_jupyter_server_extension(jp_serverapp)
    try:
        assert [record.message for record in caplog.records if "OtherManager" in record.message]
    finally:
        await app.stop_extension()
