"""The verb search."""

from __future__ import annotations

import json

import pytest

from tests.channel.server import Auth, ChannelServer
from tests.cli.shell import Shell
from tests.engine.conftest import write_channel


def test_the_packages_that_match_oldest_first(shell: Shell, channel_versions: dict[str, str]) -> None:
    pythons = shell.json("search", "python")["packages"]
    assert [package["version"] for package in pythons] == list(channel_versions.values())
    assert {package["channel"] for package in pythons} == {shell.environ["CONDA_CHANNELS"]}
    assert {package["url"].rpartition("/")[2].partition("-")[0] for package in pythons} == {"python"}
    assert all(package["size"] and package["sha256"] and package["timestamp"] for package in pythons)
    done = shell.run("search", "*conflict-?a*>=1.5")
    assert done.stderr == ""
    assert [line.split()[:3] for line in done.stdout.splitlines()] == [
        ["NAME", "VERSION", "BUILD"],
        ["conflict-base", "1.5", "0"],
        ["conflict-base", "2.0", "0"],
    ]
    [cpu] = shell.json("search", "gpu*[build=cpu*]")["packages"]
    assert (cpu["name"], cpu["build"], cpu["subdir"], cpu["depends"]) == ("gpu-or-cpu", "cpu_0", "noarch", [])


def test_the_channels_of_the_command_and_of_the_line(shell: Shell, channel_server: ChannelServer) -> None:
    def found(*words: str) -> list[str]:
        return [package["version"] for package in shell.json("search", *words)["packages"]]

    extra, other = f"{channel_server.url}/extra", f"{channel_server.url}/alt/main"
    assert found("prio-demo") == ["1.0"]
    assert found("prio-demo", "-c", extra, "-c", other) == ["1.0", "2.0", "3.0"]
    assert found("prio-demo", "-c", extra, "--override-channels") == ["2.0"]
    assert found(f"{extra}::prio-demo") == ["2.0"]
    assert shell.run("search", "prio-demo", "--override-channels").returncode == 2


def test_a_login_is_used_and_not_shown(shell: Shell, channel_server: ChannelServer) -> None:
    channel_server.auth = Auth(token="tk-secret")
    channel = f"{channel_server.url}/t/tk-secret/extra"
    done = shell.run("search", "prio-demo", "-c", channel, "--override-channels", "--json")
    assert '"version": "2.0"' in done.stdout
    assert "tk-secret" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("prio-dmo", 1, "Error: No channel has a package named prio-dmo. Did you mean prio-demo"),
        ("*prio-dmo*", 1, "Error: No channel has a package that matches `*prio-dmo*`. Did you mean prio-demo"),
        ("prio-demo>=9", 1, "Error: No channel has `prio-demo>=9`: the newest version of prio-demo is 1.0."),
        (">=9", 1, "Error: '>=9' is not a match spec: missing package name"),
        ("prio-demo -c {url}/absent", 1, "Error: The channel {url}/absent cannot be read: there is nothing at this"),
        ("prio-demo -c {url}/extra", 3, "Error: The channel {url}/extra is not allowed here."),
    ],
)
def test_why_nothing_is_found(shell: Shell, channel_server: ChannelServer, line: str, code: int, words: str) -> None:
    if code == 3:
        shell.configure(f"allowed_channels = ['{channel_server.url}/main']")
    done = shell.run("search", *line.format(url=channel_server.url).split())
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(words.format(url=channel_server.url))


def test_more_packages_than_an_answer_may_have(shell: Shell) -> None:
    channel = write_channel(shell.home / "channel", {f"tool-{number}-0": ["python >=3.9"] for number in range(10_001)})
    options = ("--override-channels", "-c", channel)
    assert shell.json("search", "*", *options, code=1)["error"]["code"] == "too-large"
    versions = [package["version"] for package in shell.json("search", "tool>0", *options)["packages"]]
    assert versions == [str(number) for number in range(1, 10_001)]


def test_packages_that_are_too_new_are_left_out(shell: Shell) -> None:
    times = {f"tool-{version}-0": {"timestamp": version * 10**12} for version in (1, 2)}
    channel = write_channel(shell.home / "channel", dict.fromkeys(times, ()), times)
    shell.environ = {**shell.environ, "CONDA_EXCLUDE_NEWER": "2020-06-30"}
    options = ("--override-channels", "-c", channel)
    assert [package["version"] for package in shell.json("search", "tool", *options)["packages"]] == ["1"]
    refused = shell.json("search", "tool>1", *options, code=1)["error"]["message"]
    assert refused.startswith("All packages that match `tool>1` are too new: tool 2 is of 2033-05-18")


def test_a_package_that_is_only_a_wheel(shell: Shell) -> None:
    folder = shell.home / "wheels" / "noarch"
    folder.mkdir(parents=True)
    record = {"name": "pure", "version": "1", "build": "0", "build_number": 0, "depends": [], "subdir": "noarch"}
    wheel = {**record, "url": "https://files.example.org/pure-1-py3-none-any.whl"}
    (folder / "repodata.json").write_text(
        json.dumps({"info": {"subdir": "noarch"}, "v3": {"whl": {"pure-1-0": wheel}}})
    )
    done = shell.run("search", "pure", "--override-channels", "-c", folder.parent.as_uri())
    assert done.stderr.startswith("Error: pure is in the channel wheels only as a wheel of PyPI, which cannot be inst")
