"""What is told on the event bus is what the schemas say, and what the journal holds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp

from jupyter_envkernels.envs.usage import record_start
from jupyter_envkernels.server import watch
from tests.prefixes import make_prefix

from .conftest import Call, Reply

JOB = "https://events.jupyter.org/jupyter_envkernels/job/v1"
ENVIRONMENTS = "https://events.jupyter.org/jupyter_envkernels/environments/v1"


class Ear:
    """Hears one schema; the bus has checked each event against it."""

    def __init__(self, app: ServerApp, schema: str) -> None:
        self.heard: list[dict[str, Any]] = []
        assert app.event_logger is not None
        app.event_logger.add_listener(schema_id=schema, listener=self.listen)

    async def listen(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        del logger, schema_id
        self.heard.append(data)

    async def until(self, condition: Callable[[list[dict[str, Any]]], bool]) -> None:
        for _ in range(200):
            if condition(self.heard):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(self.heard)


async def test_the_events_of_a_job_are_those_of_its_journal(
    jp_serverapp: ServerApp, call: Call, finish: Callable[[Reply], Awaitable[Any]]
) -> None:
    ear = Ear(jp_serverapp, JOB)
    job = await finish(await call("POST", "jobs", {"kind": "create", "text": "name: x\ndependencies: [prio-demo]"}))
    await ear.until(lambda heard: len(heard) == job["seq"])
    assert ear.heard == (await call("GET", f"jobs/{job['id']}/events")).json["events"]


async def test_what_other_programs_do_is_told(
    jp_serverapp: ServerApp,
    envs: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch, "_INTERVAL", 0.1)
    extensions: Any = jp_serverapp.extension_manager
    await extensions.start_all_extensions()  # a test's server is never started as a whole
    ear = Ear(jp_serverapp, ENVIRONMENTS)
    await asyncio.sleep(0.3)
    meta = envs / "elsewhere" / "conda-meta"
    meta.mkdir(parents=True)
    (meta / "history").write_text(json.dumps(""))
    await ear.until(lambda heard: len(heard) == 1)
    assert ear.heard[0]["count"] >= 1


async def test_sizes_are_measured_beside_and_are_no_change(
    jp_serverapp: ServerApp, call: Call, envs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_INTERVAL", 0.1)
    lesson = make_prefix(envs / "lesson", "python3")
    extensions: Any = jp_serverapp.extension_manager
    await extensions.start_all_extensions()
    ear = Ear(jp_serverapp, ENVIRONMENTS)
    for _ in range(200):
        listed = (await call("GET", "environments")).json["environments"]
        (found,) = [environment for environment in listed if environment["name"] == "lesson"]
        if found["usage"]:
            break
        await asyncio.sleep(0.05)
    assert found["usage"]["own_bytes"] > 0
    assert found["last_used"] is None
    record_start(lesson)
    used = (await call("GET", f"environments/{found['id']}")).json
    assert used.pop("last_used") is not None
    assert found.items() >= used.items()
    await asyncio.sleep(0.3)
    assert ear.heard == []
