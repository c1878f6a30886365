"""An administrator's policy file holds, whatever a person's configuration, variables and stored jobs say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.channel.server import ChannelServer
from tests.cli.shell import Shell
from tests.faults.server import RealServer
from tests.installation import Installation
from tests.jobs.conftest import Place
from tests.prefixes import make_prefix

HIDING = ("JUPYTER_CONFIG_DIR", "JUPYTER_CONFIG_PATH", "JUPYTER_NO_CONFIG", "JUPYTER_PLATFORM_DIRS", "XDG_CONFIG_DIRS")
"""Variables that say where Jupyter's configuration is."""

WORDS = "Write to it@example.org."


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "installation")


@pytest.fixture
def shell(tmp_path: Path, channel_server: ChannelServer, installation: Installation) -> Shell:
    (tmp_path / "home").mkdir()
    return Shell(tmp_path / "home", f"{channel_server.url}/main", installation.python)


def only_main(installation: Installation, server: ChannelServer, *lines: str) -> None:
    """Allow one channel, by a name that the system's configuration of conda gives it."""
    installation.write_condarc(f"channel_alias: {server.url}\n")
    installation.write_policy("\n".join(["allowed_channels: [main]", f"message: {WORDS}", *lines]))


def asked_elsewhere(server: ChannelServer) -> list[str]:
    return [request.path for request in server.log if not request.path.startswith("/main/")]


@pytest.mark.parametrize(
    ("condarc", "environ", "spec"),
    [
        ({"custom_multichannels": {"main": []}}, {}, "channels: [URL/extra]\ndependencies: [prio-demo]"),
        ({"custom_multichannels": {"main": ["URL/extra"]}}, {}, "channels: [main]\ndependencies: [prio-demo]"),
        ({"mirrored_channels": {"URL/main": ["URL/extra"]}}, {}, "dependencies: [prio-demo]"),
        ({"channel_alias": "URL/alt"}, {}, "channels: [main]\ndependencies: [prio-demo]"),
        ({}, {"CONDA_CHANNEL_ALIAS": "URL/alt"}, "channels: [main]\ndependencies: [prio-demo]"),
        ({"create_default_packages": ["URL/extra::prio-demo"]}, {}, "dependencies: [prio-demo]"),
        ({"pinned_packages": ["URL/extra::prio-demo"]}, {}, "dependencies: [prio-demo]"),
        ({}, {"CHANNEL": "extra"}, "channels: ['URL/$CHANNEL']\ndependencies: [prio-demo]"),
        ({}, {}, "dependencies: ['URL/extra/noarch/prio-demo-2.0-0.conda']"),
        ({}, dict.fromkeys(HIDING, "/nowhere"), "channels: [URL/extra]\ndependencies: [prio-demo]"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else "",
)
def test_no_other_channel_is_asked(
    installation: Installation,
    shell: Shell,
    channel_server: ChannelServer,
    condarc: Mapping[str, Any],
    environ: Mapping[str, str],
    spec: str,
) -> None:
    only_main(installation, channel_server)
    (shell.home / ".condarc").write_text(json.dumps(condarc).replace("URL", channel_server.url))
    shell.environ = {
        **shell.environ,
        **{name: value.replace("URL", channel_server.url) for name, value in environ.items()},
    }
    text = f"name: lesson\n{spec}\n".replace("URL", channel_server.url)
    (shell.home / "lesson.yml").write_text(text)
    refused = shell.json("create", "-f", "lesson.yml", code=3)["error"]
    assert (refused["code"], refused["details"]["problems"]) == ("not-allowed", ["channel-not-allowed"])
    assert refused["message"].endswith(f" is not allowed here. {WORDS}") or ": it stands for " in refused["message"]
    is_read = "$" not in text  # no check expands a variable
    (document,) = shell.json("check", "lesson.yml", "--online", code=3 if is_read else 0)
    errors = [d["message"] for d in document["diagnostics"] if d["severity"] == "error"]
    assert errors == ([refused["message"]] if is_read else [])
    assert not list(shell.jobs.glob("2*"))
    assert asked_elsewhere(channel_server) == []


def test_what_an_environment_remembers_is_not_asked_either(
    installation: Installation, shell: Shell, channel_server: ChannelServer
) -> None:
    """Channels of a history, of pins and of stored plans are known to the worker alone."""
    extra = f"{channel_server.url}/extra"
    shell.json("create", "-f", "-", feed=f"name: lesson\ndependencies: ['{extra}::prio-demo']\n")
    shell.json("create", "-f", "-", feed="name: other\ndependencies: [prio-demo]\n")
    shell.json("update", "lesson", "--add", f"{channel_server.url}/main::prio-demo")
    planned = shell.json("update", "other", "--add", f"{extra}::prio-demo", "--dry-run")["job"]
    (shell.envs / "other" / "conda-meta" / "pinned").write_text(f"{extra}::prio-demo\n")
    channel_server.log.clear()
    only_main(installation, channel_server)
    for words in (
        ("rollback", "lesson", "0"),
        ("resume", planned),
        ("update", "other", "--add", "conflict-base"),
    ):
        refused = shell.json(*words, code=3)["error"]
        assert refused["code"] == "not-allowed", words
        assert WORDS in refused["message"], words
    assert asked_elsewhere(channel_server) == []
    shell.json("remove", "lesson")


def test_trust_of_single_prefixes_can_be_forbidden(installation: Installation, shell: Shell) -> None:
    prefix = make_prefix(shell.envs / "open")
    prefix.chmod(0o777)

    def is_trusted() -> bool:
        (found,) = [each for each in shell.json("list")["environments"] if each["name"] == "open"]
        return bool(found["is_trusted"])

    assert not is_trusted()
    shell.json("trust", "open")
    assert is_trusted()
    for text, code in ((f"allow_trust: false\nmessage: {WORDS}\n", "not-allowed"), ("no: policy", "policy-unusable")):
        installation.write_policy(text)
        assert not is_trusted()
        assert shell.json("trust", "open", code=3)["error"]["code"] == code
    shell.json("trust", "open", "--remove")


async def test_a_server_says_the_same(place: Place, channel_server: ChannelServer) -> None:
    installation = Installation(place.folder / "installation")
    only_main(installation, channel_server, "max_packages: 5", "allow_pip: false", "job_timeout: 600")
    audit = installation.write_audit_config()
    server = RealServer(
        place, python=installation.python, max_packages=7, job_timeout=0, allow_pip=True, denied_packages=["big-*"]
    )
    await server.start()
    try:
        _, settings = await server.ask("GET", "settings")
        assert settings["limits"] == settings["limits"] | {
            "allowed_channels": ["main"],
            "max_packages": 5,
            "allow_pip": False,
            "denied_packages": ["big-*"],
            "message": WORDS,
            "files": [str(installation.policy)],
        }
        assert settings["job_timeout"] == 600
        extra = f"name: lesson\nchannels: ['{channel_server.url}/extra']\ndependencies: [prio-demo]\n"
        status, refused = await server.ask("POST", "jobs", {"kind": "create", "text": extra})
        assert (status, refused["code"], refused["details"]["files"]) == (
            403,
            "not-allowed",
            [str(installation.policy)],
        )
        assert refused["message"] == f"The channel {channel_server.url}/extra is not allowed here. {WORDS}"
        _, checked = await server.ask("POST", "specs/check", {"text": extra, "channels": True})
        assert [d["message"] for d in checked["diagnostics"]] == [refused["message"]]
        assert asked_elsewhere(channel_server) == []
        await server.done({"kind": "create", "text": "name: lesson\ndependencies: [prio-demo]\n"})

        installation.write_policy("max_packges: 5\n")
        status, refused = await server.ask("POST", "jobs", {"kind": "create", "text": "name: x\ndependencies: [a]\n"})
        assert (status, refused["code"]) == (503, "policy-unusable")
        assert f"The policy file {installation.policy} cannot be used: line 1: " in refused["message"]
        _, settings = await server.ask("GET", "settings")
        assert settings["policy_problem"]["message"] == refused["message"]
        _, doctor = await server.ask("GET", "doctor")
        assert refused["message"] in [finding["message"] for finding in doctor["configuration"]]
        assert "lesson" in await server.environments()
        shell = Shell(server.home, place.channel, installation.python)
        assert shell.json("remove", "lesson", code=3)["error"]["message"] == refused["message"]
        assert refused["message"] in shell.run("doctor").stdout
        assert "lesson" in shell.names()
    finally:
        await server.end()
    told = [json.loads(line) for line in audit.read_text().splitlines()]
    assert [(line["kind"], line["error"]["code"]) for line in told if line["state"] == "refused"] == [
        ("create", "not-allowed"),
        ("create", "policy-unusable"),
    ]
