from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from jupyter_envkernels.envs.conda_config.condarc import load_settings
from jupyter_envkernels.specs import check
from tests.channel.server import ChannelServer
from tests.engine.conftest import Engine
from tools import lab

FIRST_SPECS = {
    **{path.name: path.read_text() for path in lab.EXAMPLES.glob("*.yml")},
    "README.md": re.findall(r"```yaml\n(.*?)```", (lab.ROOT / "README.md").read_text(), re.DOTALL)[0],
    "the panel": re.findall(r"`(name: .*?)`", (lab.ROOT / "labextension/src/model/draft.ts").read_text(), re.DOTALL)[0],
}
"""What is tried first."""


@pytest.fixture
def closed_url() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_examples_are_copied_once_and_kept(tmp_path: Path) -> None:
    lab.copy_examples(lab.EXAMPLES, tmp_path / "work")
    copied = sorted(path.name for path in (tmp_path / "work").iterdir())
    assert copied == ["environment-numpy.yml", "environment-variables.yml"]

    mine = tmp_path / "work" / copied[0]
    mine.write_text("name: mine\n")
    lab.copy_examples(lab.EXAMPLES, tmp_path / "work")
    assert mine.read_text() == "name: mine\n"


@pytest.mark.parametrize("text", FIRST_SPECS.values(), ids=FIRST_SPECS)
def test_what_is_tried_first_can_be_created_with_the_machines_python_alone(
    tmp_path: Path, channel_root: Path, channel_pythons: list[str], text: str
) -> None:
    spec = check(text.encode()).spec
    assert spec is not None
    engine = Engine(tmp_path / "cache", channel_root)
    for python in (xy for xy in channel_pythons if xy != "3.9"):  # where the package cannot run either
        answer = engine.solve(*spec.dependencies, f"python={python}")
        assert "packages" in answer, answer


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
