"""A stranger's environments in folders that a user sees: shown with whose they are, and never run."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.accounts import own
from tests.channel.server import ChannelServer
from tests.jobs.conftest import until
from tests.prefixes import add_kernel

from .neighbours import Neighbours, neighbours

NAMES = ("exam", "listed", "later", "common")
"""Of the stranger's environments: a project of pixi, one in the user's list, one that was the user's, a shared one."""

_OWN = {"conda-env-mine-py", "conda-env-new-py"}


def prefix_of(site: Neighbours, name: str) -> Path:
    """Where an environment of the stranger is, as the user's server finds it."""
    folders = dict.fromkeys(("exam", "mine"), site.server.root / "course/.pixi/envs") | {"common": site.shared}
    return folders.get(name, site.scratch) / name


@pytest.fixture(scope="module")
def site(_running_channel_server: ChannelServer) -> Iterator[Neighbours]:
    """The stranger makes environments while the user's server runs; the user has two, and has used ``sync``."""
    with neighbours(f"{_running_channel_server.url}/main") as site:
        site.own(site.place.envs / "mine")
        site.own(prefix_of(site, "later"))
        site.list(prefix_of(site, "listed"), prefix_of(site, "later"))
        assert "later" in site.shell.run("sync").stdout
        if os.geteuid() == 0:  # else the stranger's has the same owner, and may have the same inode
            assert site.shell.run("trust", str(prefix_of(site, "later"))).returncode == 0
        asyncio.run(site.server.start())
        shutil.rmtree(prefix_of(site, "later"))
        for name in (*NAMES, "mine"):
            site.plant(prefix_of(site, name))
        site.own(site.place.envs / "new")
        yield site


async def start(site: Neighbours, name: str) -> tuple[int, Any]:
    """Start a kernel as JupyterLab does."""
    model = {"path": "a.ipynb", "type": "notebook", "name": "", "kernel": {"name": name}}
    return await site.server.ask("POST", "/api/sessions", model)


async def started(site: Neighbours, name: str, trace: str) -> None:
    """Start a kernel that shall start, wait for the trace that it leaves, and end it."""
    status, session = await start(site, name)
    assert status == 201, session

    async def has_run() -> bool:
        return trace in site.ran()

    await until(has_run)
    await site.server.ask("DELETE", f"/api/sessions/{session['id']}")


async def test_only_the_user_s_own_are_kernels(site: Neighbours) -> None:
    _, answer = await site.server.ask("GET", "/api/kernelspecs")
    assert {name for name in answer["kernelspecs"] if name.startswith("conda-")} == _OWN


@pytest.mark.parametrize("name", NAMES)
async def test_an_old_name_in_a_notebook_starts_nothing(site: Neighbours, name: str) -> None:
    status, answer = await start(site, f"conda-env-{name}-py")
    assert status == 501
    assert "not available" in answer["message"]
    absent = await site.server.ask("POST", "/api/kernels", {"name": "conda-env-absent-py"})
    by_name = await site.server.ask("POST", "/api/kernels", {"name": f"conda-env-{name}-py"})
    assert by_name[0] == absent[0], "Jupyter knows no such kernel"
    assert site.ran() <= {"own-mine"}


@pytest.mark.parametrize("name", NAMES)
async def test_they_are_shown_with_whose_they_are(site: Neighbours, name: str) -> None:
    prefix = str(prefix_of(site, name))
    environments = await site.server.environments()
    environment = next(found for found in environments.values() if found["prefix"] == prefix)
    assert (environment["is_trusted"], environment["kernels"]) == (False, [])
    assert site.whose in environment["problem"]["message"]
    assert environment["problem"]["remedy"].endswith(f"jupyter envkernels trust {prefix}")
    _, diagnosis = await site.server.ask("GET", f"doctor?path={quote(prefix)}")
    assert site.whose in diagnosis["findings"][-1]["message"]
    for body in (
        {"kind": "clone", "source": environment["id"], "name": "copy"},
        {"kind": "update", "environment": environment["id"], "add": ["numpy"]},
        {"kind": "add-kernel", "environment": environment["id"]},
    ):
        assert (await site.server.ask("POST", "jobs", body))[0] == 403
    assert site.ran() <= {"own-mine"}


async def test_a_twin_does_not_take_a_name_of_the_user_s_own(site: Neighbours) -> None:
    await started(site, "conda-env-mine-py", "own-mine")
    assert site.ran() == {"own-mine"}


async def test_the_look_that_keeps_kernelspecs_of_sync_true_runs_nothing(site: Neighbours) -> None:
    synced = site.server.home / ".local/share/jupyter/kernels"

    async def looked() -> bool:
        return {path.name for path in synced.iterdir()} == _OWN

    await until(looked)
    assert site.ran() <= {"own-mine"}


def test_the_command_line_says_so_and_runs_nothing(site: Neighbours) -> None:
    rows = [line for line in site.shell.run("list").stdout.splitlines() if "jupyter envkernels trust" in line]
    assert len(rows) == 3
    assert all(site.whose in row for row in rows)
    assert set(site.shell.run("sync").stdout.split()) & {"conda-env-listed-py", "conda-env-later-py"} == set()
    assert site.ran() <= {"own-mine"}


async def test_an_old_path_of_the_user_s_interpreter_is_not_run(site: Neighbours) -> None:
    """The environment was moved, and its kernelspec names an interpreter where the stranger has one now."""
    program = prefix_of(site, "later") / "bin/python"
    moved = site.own(site.place.envs / "moved")
    add_kernel(moved, argv=[str(program), "-f", "{connection_file}"])
    own(moved, site.user.uid, site.user.gid)
    status, session = await start(site, "conda-env-moved-py")
    assert status == 201, session
    await site.server.ask("DELETE", f"/api/sessions/{session['id']}")
    _, diagnosis = await site.server.ask("GET", f"doctor?path={moved}")
    assert site.whose in diagnosis["findings"][-1]["message"]
    assert site.ran() <= {"own-mine"}


async def test_they_would_have_run(site: Neighbours) -> None:
    """The last of these tests: from now on the user trusts one of them."""
    prefix = str(prefix_of(site, "exam"))
    assert site.shell.run("trust", prefix).returncode == 0
    environments = await site.server.environments()
    (kernel,) = next(found["kernels"] for found in environments.values() if found["prefix"] == prefix)
    await started(site, kernel["id"], "kernel-exam")
    assert site.ran() - {"own-mine"} == {"script-exam", "kernel-exam"}
