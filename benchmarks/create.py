"""What a job adds to the bare work of py-rattler when it creates an environment.

    python -m benchmarks.create [--runs 5] [--folder /dev/shm]

All solve for python 3.12, ipykernel, numpy and pip over HTTP from the test channel and link into a fresh prefix, in
turn, each in a process of its own: ``bare`` calls ``rattler.solve`` and ``rattler.install`` and nothing else; ``job``
is the worker of jupyter-envkernels, ``prepared`` one that waits for it, ``command`` the whole command
``jupyter-envkernels create``. Cold: no repodata and no package is cached. Warm: all is. Prints the median of the
seconds that each process took, smallest and largest, the ratio of the medians, and how the time of a job divides into
phases.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from jupyter_envkernels.engine.operations import Create
from jupyter_envkernels.jobs.journal.reader import JobSpec, Journal
from jupyter_envkernels.jobs.journal.writer import create_journal
from jupyter_envkernels.jobs.prefork import PreforkedWorker
from jupyter_envkernels.jobs.worker_process import spawn
from jupyter_envkernels.models import EngineOptions, EnvSpec
from tests.channel.build import ensure_channel
from tests.channel.server import ChannelServer

_PACKAGES = ("python=3.12", "ipykernel", "numpy", "pip")

_BARE = """
import asyncio, os, sys, rattler
async def main(channel, cache, prefix, *packages):
    client = rattler.Client.default_client()
    gateway = rattler.Gateway(cache_dir=cache + "/repodata", client=client)
    specs = [rattler.MatchSpec(text, strict=False) for text in packages]
    virtual = rattler.VirtualPackage.detect(overrides=rattler.VirtualPackageOverrides.from_env())
    records = await rattler.solve([rattler.Channel(channel)], specs, gateway=gateway, virtual_packages=virtual)
    await rattler.install(
        records, prefix, package_cache=rattler.PackageCache(cache + "/pkgs"), client=client, show_progress=False
    )
asyncio.run(main(*sys.argv[1:]))
os._exit(0)
"""

TYPING = 1.0
"""Seconds before each run; by then a worker that waits has loaded all that it needs."""

CreateFunction = Callable[[Path, Path], None]


def bare(channel: str) -> CreateFunction:
    """Create with py-rattler alone."""

    def create(cache: Path, prefix: Path) -> None:
        command = [sys.executable, "-c", _BARE, channel, str(cache), str(prefix), *_PACKAGES]
        subprocess.run(command, check=True)

    return create


def job(channel: str, journals: Path, spare: PreforkedWorker | None = None) -> CreateFunction:
    """Create with a worker."""

    def create(cache: Path, prefix: Path) -> None:
        request = Create(prefix.name, prefix, spec=EnvSpec(dependencies=_PACKAGES))
        journal = create_journal(journals, JobSpec(request, EngineOptions((channel,), cache), time.time()))
        worker = spawn(journal, spare)
        assert worker is not None
        assert worker.wait() == 0
        assert journal.job().state == "succeeded", journal.log_file.read_text()

    return create


def command(channel: str, folder: Path) -> CreateFunction:
    """Create with the command line, from a spec as people write it."""
    spec = folder / "environment.yml"
    lines = [f"channels:\n  - {channel}\ndependencies:", *(f"  - {name}" for name in _PACKAGES)]
    spec.write_text("\n".join(lines) + "\n")
    config = folder / ".jupyter" / "jupyter_server_config.py"
    config.parent.mkdir()

    def create(cache: Path, prefix: Path) -> None:
        config.write_text(f"c.EnvKernels.package_cache = {str(cache)!r}\n")
        words = ["create", "-f", str(spec), "-p", str(prefix)]
        subprocess.run([sys.executable, "-m", "jupyter_envkernels", *words], check=True, capture_output=True)

    return create


def measure(
    ways: dict[str, CreateFunction], folder: Path, runs: int, prepare: Callable[[], None], *, warm: bool
) -> dict[str, list[float]]:
    """Seconds of each run of each way, the ways in turn, after what is prepared for each."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(runs + warm):
        for name, create in ways.items():
            cache, prefix = folder / f"cache-{name}", folder / f"{name}-{number}"
            if not warm:
                shutil.rmtree(cache, ignore_errors=True)
            prepare()
            started = time.perf_counter()
            create(cache, prefix)
            if not warm or number > 0:  # the first fills the cache
                seconds[name].append(time.perf_counter() - started)
            # to rename it ends the compilation that begins after a job
            trash = prefix.rename(folder / f"trash-{prefix.name}")
            shutil.rmtree(trash, ignore_errors=True)
    return seconds


def phases(journal: Journal) -> dict[str, float]:
    """Seconds that a job spent in each phase."""
    events = list(journal.read_events(0)[0])
    spent: dict[str, float] = {}
    for event, following in pairwise(events):
        name = event.phase or "starting"
        spent[name] = spent.get(name, 0.0) + following.time - event.time
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"), help="where to work; a tmpfs is quiet")
    arguments = parser.parse_args()
    root = ensure_channel()
    with ChannelServer(root) as server, tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        os.environ["HOME"] = name  # environments.txt is not the person's own
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # few people set it
        folder, channel = Path(name), f"{server.url}/main"
        spare = PreforkedWorker()

        def prepare() -> None:
            spare.prepare()
            time.sleep(TYPING)

        journals = folder / "jobs"
        ways = {
            "bare": bare(channel),
            "job": job(channel, journals),
            "prepared": job(channel, journals, spare),
            "command": command(channel, folder),
        }
        for warm in (False, True):
            seconds = measure(ways, folder, arguments.runs, prepare, warm=warm)
            middle = {way: statistics.median(s) for way, s in seconds.items()}
            ratios = ", ".join(f"{way} {middle[way] / middle['bare']:.2f}" for way in ways if way != "bare")
            told = ", ".join(
                f"{way} {statistics.median(s):.2f} s ({min(s):.2f}-{max(s):.2f})" for way, s in seconds.items()
            )
            print(f"{'warm' if warm else 'cold'}: {told}; ratios: {ratios}")
        spare.dismiss()
        latest = max((folder / "jobs").iterdir())
        spent = phases(Journal(latest.parent, latest.name))
        print("the last job: " + ", ".join(f"{phase} {s:.2f} s" for phase, s in spent.items()))


if __name__ == "__main__":
    main()
