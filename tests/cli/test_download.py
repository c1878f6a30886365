"""Specs by their URLs."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.cli import download
from jupyter_envkernels.cli.spec_files import folder_of
from jupyter_envkernels.errors import DownloadFailed, TooLarge
from tests.channel.server import ChannelServer
from tests.cli.shell import Shell


def test_a_spec_by_its_url(shell: Shell) -> None:
    folder = shell.home / "site"
    folder.mkdir()
    (folder / "lesson.yml").write_text("name: lesson\ndependencies:\n  - prio-demo\n")
    with ChannelServer(folder) as server:
        assert shell.json("create", "-f", f"{server.url}/lesson.yml")["environment"] == "lesson"
        missing = shell.json("create", "-f", f"{server.url}/absent.yml", code=1)["error"]
        assert missing["code"] == "download-failed"
        assert missing["message"].endswith("cannot be downloaded: Not Found.")
    assert shell.made() == ["lesson"]


def test_relative_paths_in_it_name_no_files_here() -> None:
    assert folder_of("https://example.org/lesson.yml") is None


def test_what_is_no_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "big.yml").write_text("x" * 1001)
    monkeypatch.setattr(download, "MAX_LOCK_BYTES", 1000)
    with ChannelServer(tmp_path) as server, pytest.raises(TooLarge):
        download.download(f"{server.url}/big.yml")
    with pytest.raises(DownloadFailed) as failure:
        download.download("http://someone:secret@127.0.0.1:1/lesson.yml")
    assert "secret" not in failure.value.message
