"""Specs are checked with their channels, for those who may, and in time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import psutil
import pytest
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPClientError, HTTPResponse

from tests.channel.server import ChannelServer

from .conftest import Call
from .test_auth import OneAction

TEXT = "name: env1\ndependencies:\n  - prio-dmo\n  - numpy=1.27\n  - needs-cuda\n  - pip:\n    - jupyter_client\n"


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any]) -> dict[str, Any]:
    jp_server_config["EnvKernels"]["default_kernel_packages"] = ["xeus-python"]
    return jp_server_config


def inquiries() -> list[psutil.Process]:
    """The living ones; other tests may have left workers that have ended."""
    living = [p for p in psutil.Process().children() if p.status() != psutil.STATUS_ZOMBIE]
    return [p for p in living if "jobs.lint_worker" in " ".join(p.cmdline())]


async def test_what_the_channels_make_of_a_spec(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDA_OVERRIDE_CUDA", "")
    offline = (await call("POST", "specs/check", {"text": TEXT})).json["diagnostics"]
    assert inquiries() == []
    online = (await call("POST", "specs/check", {"text": TEXT, "channels": True})).json["diagnostics"]
    assert len(inquiries()) == 1
    assert [d for d in online if d not in offline] == [d for d in online if d["code"] in CODES]
    assert [(d["line"], d["code"]) for d in online if d["code"] in CODES] == [
        (3, "no-such-package"),
        (4, "no-such-version"),
        (5, "no-gpu"),
        (7, "conda-has-it"),
    ]
    assert [d["line"] for d in online] == sorted(d["line"] for d in online)


@pytest.mark.parametrize("channels", [False, True])
async def test_the_remark_on_a_kernel_names_the_package_that_is_really_added(call: Call, channels: bool) -> None:
    body = {"text": "name: env1\ndependencies: [python=3.12]\n", "channels": channels}
    remarks = {d["code"]: d["message"] for d in (await call("POST", "specs/check", body)).json["diagnostics"]}
    assert "xeus-python will be added" in remarks["kernel-added"]


CODES = {"no-such-package", "no-such-version", "no-gpu", "conda-has-it"}


async def test_what_needs_no_channels_is_asked_of_none(call: Call) -> None:
    for text in ("dependencies: [", "@EXPLICIT\nhttps://example.org/noarch/a-1.0-0.conda\n"):
        online = await call("POST", "specs/check", {"text": text, "channels": True})
        assert online.json == (await call("POST", "specs/check", {"text": text})).json
    assert inquiries() == []


async def test_a_hanging_channel_keeps_nobody_waiting(
    call: Call, channel_server: ChannelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDA_OVERRIDE_CUDA", "")
    await call("GET", "settings")  # so that the process runs, however busy this machine is
    monkeypatch.setattr("jupyter_envkernels.server.service._SECONDS", 3.0)
    channel_server.add_rule("/main/", hang_after=0)
    slow, others = await asyncio.gather(
        call("POST", "specs/check", {"text": TEXT, "channels": True}), call("POST", "specs/check", {"text": TEXT})
    )
    further = [d["code"] for d in slow.json["diagnostics"] if d not in others.json["diagnostics"]]
    assert further == ["channel-slow", "no-gpu"]
    channel_server.reset()


async def test_channels_are_asked_for_those_who_may_start_jobs(
    jp_serverapp: ServerApp, jp_fetch: Callable[..., Awaitable[HTTPResponse]]
) -> None:
    """Who may only read must not make the server fetch what he names."""
    authorizer = OneAction("read", parent=jp_serverapp)
    jp_serverapp.web_app.settings["authorizer"] = authorizer
    body = json.dumps({"text": TEXT, "channels": True})
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch("envkernels", "specs", "check", method="POST", body=body)
    assert refused.value.code == 403
    assert authorizer.asked == [("read", "envkernels"), ("write", "envkernels")]
    assert inquiries() == []


@pytest.mark.parametrize("wrong", ["yes", 1, None, []])
async def test_whether_to_ask_is_yes_or_no(call: Call, wrong: object) -> None:
    reply = await call("POST", "specs/check", {"text": TEXT, "channels": wrong})
    assert (reply.status, reply.json["code"]) == (400, "invalid-request")


async def test_the_process_ends_with_the_server(call: Call, jp_serverapp: ServerApp) -> None:
    await call("POST", "specs/check", {"text": TEXT, "channels": True})
    (process,) = inquiries()
    extension = jp_serverapp.extension_manager.extension_apps["jupyter_envkernels"]
    for app in extension:
        await app.stop_extension()
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
