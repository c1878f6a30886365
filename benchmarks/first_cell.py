"""How soon after the commit of a new environment its first cell has run.

    python -m benchmarks.first_cell [--runs 5]

A worker creates python, ipykernel and numpy from the test channel; the moment that its journal says so, the kernel is
asked for by its name, as JupyterLab does, and runs a cell that imports numpy. Seconds from the time of that entry to
the answer. ``new``: no environment of the packages was ever made. ``again``: there is one already.
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

from jupyter_client.manager import AsyncKernelManager

from jupyter_envkernels.engine.operations import Create
from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.jobs.journal.reader import JobSpec
from jupyter_envkernels.jobs.journal.writer import create_journal
from jupyter_envkernels.jobs.worker_process import spawn
from jupyter_envkernels.kernels.specmanager import EnvKernelSpecManager
from jupyter_envkernels.models import CatalogOptions, EngineOptions, EnvSpec
from tests.channel.build import ensure_channel

_PACKAGES = ("python", "ipykernel", "numpy")


async def first_cell(folder: Path, name: str, cache: Path, channel: str) -> float:
    """Create an environment and run a cell in it; the seconds between."""
    prefix = folder / "envs" / name
    request = Create(name, prefix, spec=EnvSpec(dependencies=_PACKAGES))
    journal = create_journal(folder / "jobs", JobSpec(request, EngineOptions((channel,), cache), time.time()))
    worker = spawn(journal)
    assert worker is not None
    await asyncio.to_thread(worker.wait)
    job = journal.job()
    assert job.state == "succeeded", job.message
    assert job.finished is not None
    manager = EnvKernelSpecManager(catalog=Catalog(CatalogOptions(roots=(folder / "envs",))))
    kernel = AsyncKernelManager(kernel_name=f"conda-env-{name}-py", kernel_spec_manager=manager)
    await kernel.start_kernel(stderr=subprocess.DEVNULL)
    client = kernel.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    reply = await client.execute_interactive("import numpy", timeout=60)
    elapsed = time.time() - job.finished
    assert reply["content"]["status"] == "ok"
    client.stop_channels()
    await kernel.shutdown_kernel(now=True)
    return elapsed


async def measure(folder: Path, runs: int, channel: str) -> None:
    """Measure and print."""
    new = [await first_cell(folder, f"new{n}", folder / f"cache{n}", channel) for n in range(runs)]
    again = [await first_cell(folder, f"again{n}", folder / "cache0", channel) for n in range(runs)]
    for title, seconds in (("new", new), ("again", again)):
        print(f"{title}: {statistics.median(seconds):.2f} s ({min(seconds):.2f}-{max(seconds):.2f})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    channel = (ensure_channel() / "main").as_uri()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # few people set it
        asyncio.run(measure(Path(folder), runs, channel))


if __name__ == "__main__":
    main()
