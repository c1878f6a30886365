"""How long a kernel takes to start in its activated environment, beside a plain kernel of the same Python.

    python -m benchmarks.kernel_start [--runs 9]

Makes two environments from the test channel: one as it comes, and one with activation scripts. From ``start_kernel``
to the answer to ``kernel_info``, in milliseconds; the kinds take turns. ``plain`` is the environment's own kernel.json
without activation. The first start with scripts runs them; the later ones remember what they changed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.kernels.specmanager import EnvKernelSpecManager
from jupyter_envkernels.models import CatalogOptions
from tests.channel.build import ensure_channel
from tests.channel.install import create_environment

_SPECS = {"without": ["python", "ipykernel"], "scripts": ["python", "ipykernel", "activate-demo"]}


class Plain(KernelSpecManager):
    """Knows the kernel of one environment as its kernel.json has it."""

    def __init__(self, prefix: Path) -> None:
        super().__init__()
        self._prefix = prefix

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002 - there is but one
        return KernelSpec.from_resource_dir(str(self._prefix / "share/jupyter/kernels/python3"))


async def start(manager: KernelSpecManager, name: str) -> float:
    """Milliseconds from the request to a kernel that answers."""
    started = time.perf_counter()
    kernel = AsyncKernelManager(kernel_name=name, kernel_spec_manager=manager)
    await kernel.start_kernel(stderr=subprocess.DEVNULL)
    client = kernel.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    elapsed = (time.perf_counter() - started) * 1000
    client.stop_channels()
    await kernel.shutdown_kernel(now=True)
    return elapsed


async def measure(envs: Path, runs: int) -> None:
    """Measure and print."""
    ours = EnvKernelSpecManager(catalog=Catalog(CatalogOptions(roots=(envs,))))
    await ours.get_all_specs()
    ways = {
        "plain": (Plain(envs / "without"), "plain"),
        "ours": (ours, "conda-env-without-py"),
        "plain beside scripts": (Plain(envs / "scripts"), "plain"),
        "ours with scripts": (ours, "conda-env-scripts-py"),
    }
    first = {title: await start(*way) for title, way in ways.items()}
    times: dict[str, list[float]] = {title: [] for title in ways}
    for _ in range(runs):
        for title, way in ways.items():
            times[title].append(await start(*way))
    reference = 0.0
    for title, measured in times.items():
        median = statistics.median(measured)
        reference = median if title.startswith("plain") else reference
        print(f"{title:22} first {first[title]:7.1f}  median {median:7.1f}  x{median / reference:.3f}")


def main() -> None:
    """Make the environments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    channels = [(ensure_channel() / "main").as_uri()]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        envs = Path(folder, "envs")
        for name, specs in _SPECS.items():
            create_environment(envs / name, channels=channels, specs=specs, cache=Path(folder, "cache"))
        asyncio.run(measure(envs, runs))


if __name__ == "__main__":
    main()
