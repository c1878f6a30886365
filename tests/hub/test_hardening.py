"""The recipe of docs/administration.md for hubs, carried out line by line against a user who wants more."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from jupyter_envkernels.envs.conda_config.condarc import load_settings
from tests.accounts import own, python_of_owners, two_accounts
from tests.channel.server import ChannelServer
from tests.cli.shell import Shell
from tests.installation import Installation

from .hub import USERS, Client, Hub

SECTION = (
    (Path(__file__).parents[2] / "docs" / "administration.md")
    .read_text()
    .split("## Hardening a hub")[1]
    .split("\n## ")[0]
)
POLICY, CONDARC, SPAWNER = re.findall(r"```\w+\n(.*?)```", SECTION, re.DOTALL)
OWN_CONDARC = {
    "channel_alias": "https://evil.example",
    "channels": ["https://evil.example/a"],
    "default_channels": ["https://evil.example/b"],
    "allowlist_channels": ["https://evil.example/c"],
}
"""What a user writes against each line."""


def here(text: str, server: ChannelServer) -> str:
    """The recipe for the test channel."""
    return text.replace("https://conda.anaconda.org", server.url).replace("conda-forge", "main")


@pytest.fixture(scope="module")
def hardened(_running_channel_server: ChannelServer) -> Iterator[Hub]:
    """A hub after the recipe; ada's server runs, and all that she can write is against it."""
    with two_accounts(USERS) as (account, _):
        folder = account.home.parent
        installation = Installation(folder / "installation")
        installation.write_policy(here(POLICY, _running_channel_server))
        installation.write_condarc(here(CONDARC, _running_channel_server))
        installation.enable()
        (spawner,) = re.findall(r"^c\.Spawner\.(\w+) = True$", SPAWNER, re.MULTILINE)
        python = python_of_owners(account.home, installation.python)
        channel = f"{_running_channel_server.url}/main"
        hub = Hub(folder, channel, python=python or installation.python, **{spawner: True})
        loosened = {"allowed_channels": [], "max_environments": 0, "keep_jobs": 7, "allow_pip": True}
        config = hub.home("ada") / ".jupyter" / "jupyter_server_config.json"
        config.write_text(json.dumps({"EnvKernels": loosened}))
        (hub.home("ada") / ".condarc").write_text(json.dumps(OWN_CONDARC))
        own(account.home, *(account.uid, account.gid) if python else (os.geteuid(), os.getegid()))
        with hub:
            hub.start_server("ada")
            yield hub


@pytest.fixture
def settings(hardened: Hub) -> Any:
    return Client(hardened, token=hardened.token("ada")).fetch("GET", "ada", "settings").body


def test_each_line_of_the_policy_file_holds(hardened: Hub, settings: Any, channel_server: ChannelServer) -> None:
    policy = YAML(typ="safe").load(here(POLICY, channel_server))
    assert {key: settings["limits"][key] for key in policy} == policy
    program = Client(hardened, token=hardened.token("ada"))
    for line, problem in (
        (f"channels: ['{channel_server.url}/extra']", "channel-not-allowed"),
        ("channels: ['https://$CAMPUS_SECRET/main']", "variable-not-allowed"),
    ):
        text = f"name: lesson\n{line}\ndependencies: [prio-demo]\n"
        refused = program.fetch("POST", "ada", "jobs", {"kind": "create", "text": text})
        assert refused.status == 403, refused
        assert problem in refused.body["details"]["problems"]
        assert refused.body["message"].endswith(policy["message"])
    assert not [request for request in channel_server.log if request.path.startswith("/extra/")]


def test_the_command_line_obeys_the_same_policy(hardened: Hub, channel_server: ChannelServer) -> None:
    shell = Shell(hardened.home("ada"), "main", hardened.python)
    text = f"name: lesson\nchannels: ['{channel_server.url}/extra']\ndependencies: [prio-demo]\n"
    refused = shell.json("create", "-f", "-", feed=text, code=3)["error"]
    assert refused["details"]["problems"] == ["channel-not-allowed"]


@pytest.mark.parametrize("key", OWN_CONDARC)
def test_each_line_of_the_condarc_is_final(hardened: Hub, channel_server: ChannelServer, key: str) -> None:
    recipe = YAML(typ="safe").load(here(CONDARC, channel_server))
    assert set(recipe) == set(OWN_CONDARC)
    environ = {"CONDA_ROOT": str(hardened.folder / "installation"), "HOME": str(hardened.home("ada"))}
    environ[f"CONDA_{key.upper()}"] = "https://evil.example/d"
    read = asdict(load_settings(environ))[key]
    assert (list(read) if isinstance(read, tuple) else read) == recipe[key]


def test_the_configuration_of_a_home_folder_is_not_read(settings: Any) -> None:
    assert settings["keep_jobs"] == 200
