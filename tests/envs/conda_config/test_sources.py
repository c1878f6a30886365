"""The expected values are those that conda 26.7 itself gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.envs.conda_config.sources import (
    ConfigEntry,
    environment_source,
    merge,
    parse_condarc,
    read_source,
    search_path,
)


def merged(*texts: str, name: str = "channels") -> object:
    return merge([parse_condarc(text)[name] for text in texts])


def test_search_path_is_in_condas_order(tmp_path: Path) -> None:
    places = [
        "root/.condarc",
        "root/condarc",
        "root/condarc.d/a.yml",
        "xdg/conda/condarc",
        ".config/conda/.condarc",
        ".conda/condarc.d/1.yaml",
        ".conda/condarc.d/2.yml",
        ".condarc",
        "prefix/condarc",
        "last.yml",
    ]
    for place in [*places, ".conda/condarc.d/no.txt"]:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch()
    environ = {
        "CONDA_ROOT": f"{tmp_path}/root",
        "XDG_CONFIG_HOME": f"{tmp_path}/xdg",
        "CONDA_PREFIX": f"{tmp_path}/prefix",
        "CONDARC": f"{tmp_path}/last.yml",
    }
    assert search_path(environ, str(tmp_path)) == [f"{tmp_path}/{place}" for place in places]


def test_lists_of_later_sources_come_first() -> None:
    assert merged("channels: [a, b]", "channels: [c, a]") == ("c", "a", "b")


def test_top_and_bottom() -> None:
    low = "channels:\n  - a\n  - b #!top\n"
    high = "channels:\n  - c\n  - d #!bottom\n  - e\n"
    assert merged(low, high) == ("b", "c", "e", "a", "d")


def test_bottom_wins_over_top() -> None:
    low = "channels:\n  - a #!top\n  - b #!bottom\n  - c\n"
    high = "channels:\n  - b #!top\n  - a #!bottom\n  - z #!bottom\n"
    assert merged(low, high) == ("c", "a", "z", "b")


def test_a_final_list_ignores_later_sources() -> None:
    assert merged("channels: [a]", "channels: #!final\n  - b\n", "channels: [c]") == ("b", "a")


def test_the_first_final_scalar_wins() -> None:
    texts = ("offline: a", "offline: b #!final", "offline: c #!final", "offline: d")
    assert merged(*texts, name="offline") == "b"


def test_maps_are_merged_by_key() -> None:
    low = "proxy_servers:\n  http: low #!final\n  https: low\n"
    high = "proxy_servers:\n  http: high\n  https: high\n  ftp: high\n"
    assert merged(low, high, name="proxy_servers") == {"http": "low", "https": "high", "ftp": "high"}


def test_variables_of_conda() -> None:
    source = environment_source({"CONDA_OFFLINE": "true !important", "CONDA_CHANNELS": "a,b", "OTHER": "x"})
    assert source.entries == {"offline": ConfigEntry("true", "final"), "channels": ConfigEntry("a,b")}


def test_scalars_keep_their_words() -> None:
    assert parse_condarc("a: yes\nb: 1.10\nc: null\nd: 'null'\n") == {
        "a": ConfigEntry("yes"),
        "b": ConfigEntry("1.10"),
        "c": ConfigEntry(None),
        "d": ConfigEntry("null"),
    }


@pytest.mark.parametrize("content", [b"channels: [a\n", b"- a\n", b"\xff\xfe\x00", b"a: *nowhere\n"])
def test_a_broken_file_sets_nothing_and_says_why(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / ".condarc"
    file.write_bytes(content)
    source = read_source(str(file))
    assert not source.entries
    (problem,) = source.problems
    assert problem.code == "condarc-unreadable"
    assert str(file) in problem.message
    assert "\n" not in problem.message


def test_an_empty_file_is_no_problem(tmp_path: Path) -> None:
    file = tmp_path / ".condarc"
    file.write_text("# nothing yet\n")
    assert read_source(str(file)).problems == ()
