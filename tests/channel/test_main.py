from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from .__main__ import main
from .server import ChannelServer

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_serve_prints_its_url_and_stops_when_told(channel_root: Path, stop: signal.Signals) -> None:
    command = [sys.executable, "-m", "tests.channel", "serve"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        with urllib.request.urlopen(f"{url}/manifest.json") as answer:
            served = answer.read()
        server.send_signal(stop)
        assert server.wait(10) == 0

    assert served == (channel_root / "manifest.json").read_bytes()


def test_build_prints_the_folder(channel_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build"]) == 0
    assert capsys.readouterr().out == f"{channel_root}\n"


def test_build_refuses_a_folder_that_exists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"test channel: {tmp_path} exists already: remove it, or name another folder\n"


def test_a_port_in_use_is_said(channel_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ChannelServer(channel_root) as server:
        assert main(["serve", "--port", server.url.rpartition(":")[2]]) == 1
    assert "Address already in use" in capsys.readouterr().err
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set()  # what a caller starts later must hear signals
