"""What a plan costs on a channel as big as those that people use.

    python -m benchmarks.big_channel [--records 300000] [--runs 5]

A made-up channel over local HTTP, not sharded, so that the whole of it is fetched and read. The worker of a plan job is
asked for 50 of its packages. ``cold``: nothing of the channel is on disk; ``warm``: it is. ``bare`` is py-rattler's own
``solve`` of the same in a process of its own. Seconds of the whole process, and the most memory that it took.
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
from pathlib import Path

from benchmarks.check import write_channel
from jupyter_envkernels.engine.operations import Create, PlanOnly
from jupyter_envkernels.jobs.journal.reader import JobSpec
from jupyter_envkernels.jobs.journal.writer import create_journal
from jupyter_envkernels.jobs.worker_process import spawn
from jupyter_envkernels.models import EngineOptions, EnvSpec
from tests.channel.server import ChannelServer

_BARE = """
import asyncio, os, sys, rattler
async def main(channel, cache, *packages):
    client = rattler.Client.default_client()
    gateway = rattler.Gateway(cache_dir=cache + "/repodata", client=client)
    specs = [rattler.MatchSpec(text, strict=False) for text in packages]
    virtual = rattler.VirtualPackage.detect(overrides=rattler.VirtualPackageOverrides.from_env())
    await rattler.solve([rattler.Channel(channel)], specs, gateway=gateway, virtual_packages=virtual)
asyncio.run(main(*sys.argv[1:]))
os._exit(0)
"""

Start = Callable[[Path], "subprocess.Popen[bytes]"]


def measure(start: Start, cache: Path, runs: int, *, warm: bool) -> tuple[list[float], float]:
    """Seconds of each run, and megabytes at most."""
    seconds, memory = [], 0.0
    for number in range(runs + warm):
        if not warm:
            shutil.rmtree(cache, ignore_errors=True)
        started = time.perf_counter()
        process = start(cache)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        assert status == 0
        if number >= warm:
            seconds.append(time.perf_counter() - started)
            memory = max(memory, usage.ru_maxrss / 1000)
    return seconds, memory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=300_000)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ["HOME"] = name
        folder = Path(name)
        names = write_channel(folder / "channel", arguments.records)
        packages = tuple(names[:: len(names) // 50])
        with ChannelServer(folder) as server:
            channel = f"{server.url}/channel"

            def bare(cache: Path) -> subprocess.Popen[bytes]:
                return subprocess.Popen([sys.executable, "-c", _BARE, channel, str(cache), *packages])

            def job(cache: Path) -> subprocess.Popen[bytes]:
                request = PlanOnly(Create("big", folder / "big", spec=EnvSpec(dependencies=packages)))
                order = JobSpec(request, EngineOptions((channel,), cache), time.time())
                worker = spawn(create_journal(folder / "jobs", order))
                assert worker is not None
                return worker

            for warm in (False, True):
                took = {}
                for title, start in (("bare", bare), ("job", job)):
                    seconds, memory = measure(start, folder / title, arguments.runs, warm=warm)
                    took[title] = statistics.median(seconds)
                    times = f"{took[title]:.2f} s ({min(seconds):.2f}-{max(seconds):.2f})"
                    print(f"{'warm' if warm else 'cold'} {title}: {times}, {memory:.0f} MB")
                print(f"ratio {took['job'] / took['bare']:.2f}")


if __name__ == "__main__":
    main()
