from __future__ import annotations

from pathlib import Path

from jupyter_envkernels.engine.mirrors import (
    longest,
    merged,
    mirrored_elsewhere,
    mirrors_of,
    stored_tokens,
    token_routes,
    unusable_mirrors,
)
from jupyter_envkernels.envs.conda_config.condarc import Settings


def test_mirrors_stand_for_the_urls_of_channels() -> None:
    settings = Settings(
        channel_alias="https://alias",
        mirrored_channels={
            "conda-forge": ("https://m/cf/", "oci://ghcr.io/cf"),
            "https://x/y": ("https://m/y",),
            "defaults": ("https://m/main",),
            "lost": ("ftp://m/lost",),
        },
    )
    assert mirrors_of(settings) == {
        "https://alias/conda-forge": ["https://m/cf", "oci://ghcr.io/cf"],
        "https://x/y": ["https://m/y"],
    }
    assert mirrored_elsewhere(mirrors_of(settings)) == {"alias", "x"}
    assert mirrored_elsewhere({"https://h/x": ["https://h/y"]}) == frozenset()
    assert len([*unusable_mirrors(settings)]) == 2


def test_stored_tokens_are_read_where_anaconda_client_writes_them(tmp_path: Path) -> None:
    folder = tmp_path / ".config" / "binstar"
    folder.mkdir(parents=True)
    (folder / "https%3A%2F%2Fapi.anaconda.org.token").write_text("one\n")
    (folder / "http%3A%2F%2Fhost%3A8080%2Fapi.token").write_text("two")
    (folder / "empty.token").write_text("")
    (folder / "config.yaml").write_text("url: x")
    (folder / "folder.token").mkdir()
    assert stored_tokens({"HOME": str(tmp_path)}) == {
        "https://api.anaconda.org": "one",
        "https://conda.anaconda.org": "one",
        "http://host:8080/api": "two",
        "http://host:8080/conda": "two",
    }
    assert stored_tokens({"HOME": str(tmp_path / "nowhere")}) == {}


def test_tokens_stand_before_the_names_of_channels() -> None:
    assert token_routes(Settings(), {"https://conda.anaconda.org": "T"}) == {
        "https://conda.anaconda.org": "https://conda.anaconda.org/t/T",
        "https://conda.anaconda.org/conda": "https://conda.anaconda.org/conda/t/T",
    }
    settings = Settings(channel_alias="https://h/repo/", custom_channels={"lab/own": "https://h/deep/folder"})
    assert token_routes(settings, {"https://h": "T"}) == {
        "https://h": "https://h/t/T",
        "https://h/conda": "https://h/conda/t/T",
        "https://h/repo": "https://h/repo/t/T",
        "https://h/deep/folder/lab/own": "https://h/deep/folder/t/T/lab/own",
    }
    assert token_routes(settings, {"https://h/repo/one": "T"}) == {"https://h/repo/one": "https://h/repo/t/T/one"}


def test_a_token_reaches_no_host_with_a_longer_name() -> None:
    routes = token_routes(Settings(channel_alias="https://h.evil.example"), {"https://h": "T"})
    assert set(routes) == {"https://h", "https://h/conda"}


def test_mirrors_have_their_tokens() -> None:
    routes = merged(
        {"https://c/x": ["https://m/x", "https://c/x", "https://other/x"]},
        {"https://m": "https://m/t/M", "https://c/x": "https://c/t/C/x"},
    )
    assert routes["https://c/x"] == ["https://m/t/M/x", "https://c/t/C/x", "https://other/x"]
    assert routes["https://m"] == ["https://m/t/M"]
    assert longest(routes) == 3
    assert longest({}) == 1
