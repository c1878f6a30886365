from __future__ import annotations

import socket
from pathlib import Path

import pytest

from jupyter_envkernels.envs.condarc import load_settings
from tests.channel.server import ChannelServer
from tools import lab


@pytest.fixture
def closed_url() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_examples_are_copied_once_and_kept(tmp_path: Path) -> None:
    lab.copy_examples(lab.EXAMPLES, tmp_path / "work")
    copied = sorted(path.name for path in (tmp_path / "work").iterdir())
    assert copied == ["environment-numpy.yml", "environment-python312.yml"]

    mine = tmp_path / "work" / copied[0]
    mine.write_text("name: mine\n")
    lab.copy_examples(lab.EXAMPLES, tmp_path / "work")
    assert mine.read_text() == "name: mine\n"


def test_a_server_that_answers_is_reachable(channel_server: ChannelServer, closed_url: str) -> None:
    channel_server.add_rule("broken-server", status=503)
    assert lab.reachable(f"{channel_server.url}/main/noarch/repodata.json")
    assert lab.reachable(f"{channel_server.url}/no/such/file")
    assert not lab.reachable(f"{channel_server.url}/broken-server")
    assert not lab.reachable(f"{closed_url}/main")
    assert not lab.reachable("")


def test_a_server_that_hangs_is_not_reachable(channel_server: ChannelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "TIMEOUT", 0.2)
    channel_server.add_rule("slow", delay=2)
    assert not lab.reachable(f"{channel_server.url}/slow")


def test_every_channel_name_means_the_local_channel(
    tmp_path: Path, closed_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", closed_url)

    variables = lab.local_environment("http://127.0.0.1:9", ("campus",), tmp_path)

    settings = load_settings(variables)
    for names in (settings.channels, ("campus",), ("conda-forge",), ("defaults",)):
        assert settings.channel_urls(names) == ("http://127.0.0.1:9/main",)
    assert variables["PIP_INDEX_URL"] == "http://127.0.0.1:9/simple"
    assert capsys.readouterr().out.count("\n") == 1


def test_pips_own_index_stays_where_it_is_reachable(
    tmp_path: Path, channel_server: ChannelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", f"{channel_server.url}/simple/")
    assert "PIP_INDEX_URL" not in lab.local_environment("http://127.0.0.1:9", (), tmp_path)
