"""What the server keeps true beside."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from jupyter_core.paths import jupyter_data_dir
from jupyter_server.serverapp import ServerApp

from jupyter_envkernels.server import watch
from tests.prefixes import make_prefix


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any]) -> dict[str, Any]:
    jp_server_config["EnvKernels"]["sync_kernelspecs"] = True
    return jp_server_config


async def test_kernelspecs_in_files_where_that_is_configured(
    jp_serverapp: ServerApp, envs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_INTERVAL", 0.1)
    extensions: Any = jp_serverapp.extension_manager
    await extensions.start_all_extensions()
    try:
        make_prefix(envs / "lesson", "python3")
        file = Path(jupyter_data_dir(), "kernels", "conda-env-lesson-py", "kernel.json")
        for _ in range(200):
            if file.exists():
                break
            await asyncio.sleep(0.05)
        assert file.exists()
    finally:
        await extensions.stop_all_extensions()
