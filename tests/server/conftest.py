"""A real Jupyter server with the extension, on the test channel."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

import pytest
from tornado.httpclient import HTTPClientError, HTTPResponse

from tests.channel.server import ChannelServer

from .openapi import check_response


class Reply:
    """An answer, checked against ``rest-api.yml``."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.code
        self.headers = response.headers
        self.json: Any = json.loads(response.body) if response.body else None


class Call(Protocol):
    """``await call("POST", "jobs", {...})``."""

    async def __call__(self, method: str, path: str, body: Any = None, /, **query: str) -> Reply: ...


Fetch = Callable[..., Awaitable[HTTPResponse]]


async def answer(fetch: Fetch, *parts: str, **request: Any) -> HTTPResponse:
    """The answer, whatever its status."""
    try:
        return await fetch(*parts, **request)
    except HTTPClientError as error:
        assert error.response is not None
        return error.response


@pytest.fixture
def envs(tmp_path: Path) -> Path:
    """Where new environments go."""
    return tmp_path / "envs"


@pytest.fixture
def jp_server_config(tmp_path: Path, envs: Path, channel_server: ChannelServer) -> dict[str, Any]:
    return {
        "ServerApp": {"jpserver_extensions": {"jupyter_envkernels": True}},
        "EnvKernels": {
            "roots": [str(envs), str(tmp_path / "opt")],
            "default_channels": [f"{channel_server.url}/main"],
            "package_cache": str(tmp_path / "cache"),
            "journal_dir": str(tmp_path / "jobs"),
        },
    }


@pytest.fixture
def call(jp_fetch: Fetch) -> Call:
    async def fetch(method: str, path: str, body: Any = None, /, **query: str) -> Reply:
        data = body if isinstance(body, (bytes, str)) or body is None else json.dumps(body)
        reply = Reply(await answer(jp_fetch, "envkernels", *path.split("/"), method=method, body=data, params=query))
        check_response(method, f"/envkernels/{path}", reply.status, reply.json)
        return reply

    return fetch


@pytest.fixture
def finish(call: Call) -> Callable[[Reply], Awaitable[Any]]:
    """Wait for the end of the job that an answer tells of."""

    async def wait(reply: Reply) -> Any:
        assert reply.status == 202, reply.json
        job = reply.json
        deadline = time.monotonic() + 60
        while job["state"] in {"queued", "running"}:
            assert time.monotonic() < deadline, job
            await asyncio.sleep(0.05)
            job = (await call("GET", f"jobs/{job['id']}")).json
        return job

    return wait
