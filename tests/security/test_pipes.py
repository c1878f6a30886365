"""Pipes, devices and huge files in the place of files that are read: everything answers beside them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.accounts import give, own
from tests.channel.server import ChannelServer
from tests.prefixes import make_prefix, spoil

from .neighbours import Neighbours, neighbours

KINDS = ("pipe", "zero", "huge")
DIST_INFO = "lib/python3.12/site-packages/demo-1.0.dist-info"
FILES = (
    *("conda-meta/history", "conda-meta/.envkernels-pending", "conda-meta/.envkernels-committed"),
    *("conda-meta/frozen", "conda-meta/pinned", "conda-meta/state", "conda-meta/demo-1.0-0.json"),
    *("share/jupyter/kernels/python3/kernel.json", "share/jupyter/kernels/python3/logo-svg.svg"),
    *(f"{DIST_INFO}/METADATA", f"{DIST_INFO}/RECORD", f"{DIST_INFO}/direct_url.json", "etc/conda/env_vars.d/a.json"),
)
PYTHON = {"name": "python", "version": "3.12.0", "build": "0", "files": []}
FORMATS = ("yaml", "yaml-from-history", "explicit", "requirements")


def fill(prefix: Path) -> None:
    """Add packages of conda and pip to an environment."""
    (prefix / "conda-meta/python-3.12.0-0.json").write_text(json.dumps(PYTHON))
    (prefix / DIST_INFO).mkdir(parents=True)
    (prefix / DIST_INFO / "METADATA").write_text("Name: demo\nVersion: 1.0\n")


@pytest.fixture(scope="module")
def site(_running_channel_server: ChannelServer) -> Iterator[Neighbours]:
    """For each kind a stranger's environment with all these files, and for each file one of the user's own."""
    with neighbours(f"{_running_channel_server.url}/main") as site:
        fill(site.own(site.place.envs / "good"))
        for kind in KINDS:
            theirs = make_prefix(site.course / ".pixi/envs" / kind, "python3")
            for number, path in enumerate(FILES):
                spoil(theirs / path, kind)
                prefix = site.own(site.place.envs / f"{kind}-{number}")
                fill(prefix)
                spoil(prefix / path, kind)
                own(prefix, site.user.uid, site.user.gid)
            give(theirs, site.stranger)
            spoil(site.course / f"{kind}.yml", kind)
            spoil(site.templates / f"{kind}.yml", kind)
        yield site


@pytest.fixture(params=KINDS)
def kind(site: Neighbours, request: pytest.FixtureRequest) -> str:
    """The lists of environments of both are such files, too."""
    for home in (site.server.home, site.stranger.home):
        spoil(home / ".conda/environments.txt", request.param)
    return str(request.param)


@pytest.fixture(scope="module")
def running(site: Neighbours) -> Neighbours:
    asyncio.run(site.server.start())
    return site


async def answers(site: Neighbours, path: str) -> None:
    status, answer = await site.server.ask("GET", path)
    assert status < 500, (path, answer)


async def test_the_listings(running: Neighbours, kind: str) -> None:
    _, answer = await running.server.ask("GET", "/api/kernelspecs")
    assert "conda-env-good-py" in answer["kernelspecs"]
    environments = await running.server.environments()
    assert environments["good"]["kernels"]
    assert {f"{kind}-{FILES.index('conda-meta/pinned')}", f"course:{kind}"} <= environments.keys()
    assert not environments[f"course:{kind}"]["is_trusted"]
    await answers(running, "templates")
    await answers(running, "doctor")


async def test_each_environment(running: Neighbours, kind: str) -> None:
    for environment in (await running.server.environments()).values():
        if kind in environment["name"]:
            for part in ("packages", "history", *(f"export?format={form}" for form in FORMATS)):
                await answers(running, f"environments/{environment['id']}/{part}")
            await answers(running, f"doctor?path={quote(environment['prefix'])}")


async def test_kernels_start(running: Neighbours, kind: str) -> None:
    """Or the fallback kernel does, where such a file could be another account's."""
    for path in ("conda-meta/state", "etc/conda/env_vars.d/a.json"):
        name = f"conda-env-{kind}-{FILES.index(path)}-py"
        status, kernel = await running.server.ask("POST", "/api/kernels", {"name": name})
        assert status == 201, kernel
        await running.server.ask("DELETE", f"/api/kernels/{kernel['id']}")


async def test_a_spec_is_checked(running: Neighbours, kind: str) -> None:
    status, answer = await running.server.ask("POST", "specs/check", {"path": f"course/{kind}.yml"})
    assert 400 <= status < 500, answer


@pytest.mark.parametrize("kind", ["pipe"], indirect=True)
def test_the_command_line(site: Neighbours, kind: str) -> None:
    assert "conda-env-good-py" in site.shell.run("sync").stdout
    assert site.shell.run("doctor", "good").returncode == 0
