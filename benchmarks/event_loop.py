"""How long the server's event loop stands still while an environment is created.

    python -m benchmarks.event_loop [--runs 5]

Runs a Jupyter server with the extension in this process, beside a task that wants to wake up every few milliseconds,
and creates an environment with python, numpy, ipykernel and a pip line through REST. Prints, for an idle server and
for one that creates, the longest time that the task overslept, in milliseconds: the maximum of each run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

from jupyter_server.serverapp import ServerApp
from tornado.httpclient import AsyncHTTPClient, HTTPResponse
from traitlets.config import Config

from tests.channel.build import ensure_channel
from tests.channel.server import ChannelServer

_NAP = 0.002
_TOKEN = "benchmark"


class Watch:
    """Measures how much later than asked for the event loop wakes a task up."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._task = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(_NAP)
            self.longest = max(self.longest, time.perf_counter() - asked - _NAP)

    def stop(self) -> float:
        """The longest delay in milliseconds."""
        self._task.cancel()
        return self.longest * 1000


async def fetch(app: ServerApp, method: str, path: str, body: object = None) -> HTTPResponse:
    """One request to the server in this process."""
    return await AsyncHTTPClient().fetch(
        f"{app.connection_url}{path}",
        method=method,
        headers={"Authorization": f"token {_TOKEN}"},
        body=json.dumps(body) if body is not None else None,
    )


async def run_job(app: ServerApp, body: object) -> None:
    """Start a job and wait until it has succeeded."""
    job = json.loads((await fetch(app, "POST", "envkernels/jobs", body)).body)
    while job["state"] in {"queued", "running"}:
        await asyncio.sleep(0.1)
        job = json.loads((await fetch(app, "GET", f"envkernels/jobs/{job['id']}")).body)
    if job["state"] != "succeeded":
        raise SystemExit(f"The job did not succeed: {job}")


async def measure(app: ServerApp, runs: int) -> None:
    """Measure and print."""
    await fetch(app, "GET", "envkernels/environments")
    idle, creating = [], []
    for number in range(runs):
        watch = Watch()
        await asyncio.sleep(3)
        idle.append(watch.stop())
        text = f"name: bench-{number}\ndependencies: [python, numpy, ipykernel, {{pip: [envkernels-demo-pip]}}]\n"
        watch = Watch()
        await run_job(app, {"kind": "create", "text": text})
        creating.append(watch.stop())
    for name, figures in (("idle", idle), ("creating", creating)):
        shown = " ".join(f"{figure:.1f}" for figure in figures)
        print(f"{name:9} longest stall, ms: {shown} (median {statistics.median(figures):.1f}, max {max(figures):.1f})")


def main() -> None:
    """Set the server up in a home of its own, measure, and stop."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    channel = ensure_channel()
    with tempfile.TemporaryDirectory() as home, ChannelServer(channel) as server:
        os.environ |= {"HOME": home, "PIP_INDEX_URL": f"{server.url}/simple", "PIP_CONFIG_FILE": os.devnull}
        os.chdir(home)
        config = {
            "ServerApp": {"jpserver_extensions": {"jupyter_envkernels": True}, "open_browser": False, "port": 0},
            "IdentityProvider": {"token": _TOKEN},
            "EnvKernels": {"default_channels": [f"{server.url}/main"], "roots": [str(Path(home, "envs"))]},
        }
        app = ServerApp(config=Config(config), log_level="ERROR", allow_root=True)
        app.initialize(argv=[], find_extensions=False)

        async def measure_and_stop() -> None:
            try:
                await measure(app, runs)
            finally:
                app.stop()

        app.io_loop.add_callback(measure_and_stop)
        app.start()


if __name__ == "__main__":
    main()
