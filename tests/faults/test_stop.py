"""A server that stops ends nothing that shall live, and leaves nothing that shall not."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_server.serverapp import ServerApp

from jupyter_envkernels.jobs.journal.reader import Journal
from jupyter_envkernels.jobs.worker_process import scratch
from tests.channel.server import ChannelServer
from tests.jobs.conftest import Place, until
from tests.server.conftest import Call, call, envs, finish, jp_server_config

from .server import RealServer
from .test_kills import damage

__all__ = ["call", "envs", "finish", "jp_server_config"]

SPEC = "name: lesson\ndependencies: [big-demo]\n"


@pytest.mark.parametrize("sign", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.soak)])
async def test_a_running_job_goes_on_when_its_server_stops(
    place: Place, channel_server: ChannelServer, sign: signal.Signals
) -> None:
    server = RealServer(place, max_concurrent_jobs=1)
    await server.start()
    checked = await server.ask("POST", "specs/check", {"text": SPEC, "channels": True})
    assert checked == (200, {**checked[1], "diagnostics": []})
    channel_server.add_rule("big-demo", throttle=8_000_000)
    job = await server.job({"kind": "create", "text": SPEC})
    waiting = await server.job({"kind": "create", "text": "name: next\ndependencies: [prio-demo]\n"})

    async def downloads() -> bool:
        return bool((await server.ask("GET", f"jobs/{job['id']}"))[1]["phase"] == "downloading")

    await until(downloads)
    await server.stop(sign)
    journal = Journal(place.folder / "jobs", job["id"])
    worker = journal.worker()
    assert [process.pid for process in server.family()] == [worker and worker.pid]
    assert [path.name for path in server.tmp.iterdir()] == [scratch(journal).name], "of the job that goes on"
    for fault in ("Traceback", "never awaited", "was destroyed", "Unclosed"):
        assert fault not in server.log(), server.log()

    await server.start()
    assert (await server.over(job))["state"] == "succeeded"
    assert (await server.over(waiting))["state"] == "succeeded"
    assert damage(place.envs / "lesson") == []
    await server.stop(sign)

    async def alone() -> bool:
        return not await asyncio.to_thread(server.family)

    await until(alone)
    assert list(server.tmp.iterdir()) == []


def held(before: set[psutil.Process]) -> dict[str, Any]:
    """What this process has open, runs and waits for; children that it had before apart."""
    return {
        "descriptors": Counter(_target(descriptor) for descriptor in Path("/proc/self/fd").iterdir()),
        "children": set(psutil.Process().children()) - before,
        "tasks": len(asyncio.all_tasks()),
        "threads": {thread.name for thread in threading.enumerate() if not thread.name.startswith("asyncio_")},
    }


def _target(descriptor: Path) -> str:
    try:
        return os.readlink(descriptor).partition(":")[0]  # noqa: PTH115 - it need not be a path
    except OSError:  # the one that looks
        return "gone"


async def test_an_extension_that_stops_lets_go_of_all(call: Call, finish: Any, jp_serverapp: ServerApp) -> None:
    """Stopped and started again and again, it comes to hold no more."""
    (extension,) = jp_serverapp.extension_manager.extension_apps["jupyter_envkernels"]
    before, seen = set(psutil.Process().children()), []

    async def inquiry_alone() -> bool:
        return len(set(psutil.Process().children()) - before) == 1

    for number in range(3):
        if number:
            await extension._start_jupyter_server_extension(jp_serverapp)
        text = f"name: lesson-{number}\ndependencies: [prio-demo]\n"
        assert (await call("POST", "specs/check", {"text": text, "channels": True})).status == 200
        assert (await finish(await call("POST", "jobs", {"kind": "create", "text": text})))["state"] == "succeeded"
        await until(inquiry_alone)  # the worker that has said its last word ends on its own
        await extension.stop_extension()
        seen.append(held(before))
    assert seen[1] == seen[2], "what the first one brings, such as imported modules, is not counted"
    assert seen[0]["children"] == seen[2]["children"] == set()
    assert seen[0]["tasks"] == seen[2]["tasks"]
