"""The fallback kernel, started by itself."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from jupyter_envkernels.kernels.kernelspecs import fallback_argv
from jupyter_envkernels.models import Problem

PROBLEM = Problem("x", 'It is "broken" in --many $(ways):\nline=2, {connection_file}.', "Repair 'it'.")
REASON = f"The kernel of the environment x (/envs/x) cannot start. {PROBLEM.message} {PROBLEM.remedy}"


class OneKernel(KernelSpecManager):
    """Knows the fallback kernel alone."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(argv=fallback_argv("x", Path("/envs/x"), PROBLEM), display_name=kernel_name, language="")


@asynccontextmanager
async def running() -> AsyncIterator[AsyncKernelClient]:
    manager = AsyncKernelManager(kernel_name="any", kernel_spec_manager=OneKernel())
    await manager.start_kernel(stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        yield client
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


async def test_each_cell_fails_with_the_reason() -> None:
    async with running() as client:
        expected = REASON.replace("{connection_file}", client.connection_file)
        for _ in range(2):
            shown: list[dict[str, object]] = []
            reply = await client.execute_interactive("1", timeout=30, output_hook=lambda m: shown.append(m["content"]))  # noqa: B023
            assert reply["content"]["status"] == "error"
            assert reply["content"]["evalue"] == expected
            assert [message["traceback"] for message in shown if "traceback" in message] == [[expected]]
        info = await client.kernel_info(reply=True, timeout=30)
        assert info["content"]["banner"] == expected
