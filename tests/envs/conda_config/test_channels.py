from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.envs.conda_config.channels import ChannelNames

NAMES = ChannelNames(
    alias="https://alias/",
    custom={"lab": "http://host:8000", "deep/er": "file:///srv"},
    multi={"defaults": ("https://repo.example/pkgs/main", "other"), "local": ()},
)


@pytest.mark.parametrize(
    ("channel", "urls"),
    [
        ("conda-forge", ("https://alias/conda-forge",)),
        ("conda-forge/label/dev", ("https://alias/conda-forge/label/dev",)),
        ("lab", ("http://host:8000/lab",)),
        ("lab/label/x", ("http://host:8000/lab/label/x",)),
        ("deep/er", ("file:///srv/deep/er",)),
        ("deep", ("https://alias/deep",)),
        ("defaults", ("https://repo.example/pkgs/main", "https://alias/other")),
        ("pkgs/main", ("https://repo.example/pkgs/main",)),
        ("https://u:p@host/t/x/c/", ("https://u:p@host/t/x/c",)),
        ("/srv/channel", ("file:///srv/channel",)),
        ("local", ()),
        ("nodefaults", ()),
        ("", ()),
    ],
)
def test_one_channel(channel: str, urls: tuple[str, ...]) -> None:
    assert NAMES.urls([channel]) == urls


def test_each_channel_once_and_in_order() -> None:
    assert NAMES.urls(["b", "a", "b"]) == ("https://alias/b", "https://alias/a")


def test_a_relative_path_is_one_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert NAMES.urls(["./c"]) == ((tmp_path / "c").as_uri(),)
