"""Packages as of a date: what the solver chooses, and what is said where nothing is old enough."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from ..conftest import Engine, write_channel

JANUARY = [int(datetime(year, 1, 1, tzinfo=timezone.utc).timestamp() * 1000) for year in range(2020, 2024)]


@pytest.fixture
def channels(tmp_path: Path) -> list[str]:
    """A channel of packages with times, one version a year, and another with one of them alone."""
    times = {f"tool-{version}-0": {"timestamp": time} for version, time in zip("123", JANUARY, strict=False)}
    times |= {
        "user-1-0": {"timestamp": JANUARY[0]},
        "indexed-1-0": {"timestamp": JANUARY[0], "indexed_timestamp": JANUARY[0]},
        "indexed-2-0": {"timestamp": JANUARY[0], "indexed_timestamp": JANUARY[3]},
        "fresh-1-0": {"timestamp": JANUARY[3]},
    }
    depends: dict[str, list[str]] = {**{stem: [] for stem in times}, "user-1-0": ["tool >=3"], "undated-1-0": []}
    newer = {"tool-4-0": {"timestamp": JANUARY[3]}}
    return [
        write_channel(tmp_path / "first", depends, times),
        write_channel(tmp_path / "second", {"tool-4-0": []}, newer),
    ]


def versions(answer: dict[str, Any]) -> dict[str, str]:
    assert "packages" in answer, answer
    return {name: package[0] for name, package in answer["packages"].items()}


def condarc(tmp_path: Path, **values: object) -> str:
    path = tmp_path / "condarc.yml"
    path.write_text(json.dumps(values))
    return str(path)


def test_the_newest_that_is_old_enough(engine: Engine, channels: list[str]) -> None:
    specs = ("tool", "undated", "indexed")
    chosen = engine.solve(*specs, channels=channels[:1], CONDA_EXCLUDE_NEWER="2021-06-30")
    assert versions(chosen) == {"tool": "2", "undated": "1", "indexed": "1"}
    chosen = engine.solve(*specs, channels=channels[:1], CONDA_EXCLUDE_NEWER="1d")
    assert versions(chosen) == {"tool": "3", "undated": "1", "indexed": "2"}
    chosen = engine.solve("tool", channels=channels[:1], CONDA_EXCLUDE_NEWER="2021-01-01T00:00:00Z")
    assert versions(chosen) == {"tool": "2"}, "what is exactly as old is old enough"


def test_channels_and_packages_with_a_time_of_their_own(engine: Engine, channels: list[str], tmp_path: Path) -> None:
    own = [{"channel": channels[1], "exclude_newer": False}]
    path = condarc(tmp_path, exclude_newer="2021-06-30", channel_settings=own, channel_priority="disabled")
    assert versions(engine.solve("tool", "indexed", channels=channels, CONDARC=path)) == {"tool": "4", "indexed": "1"}
    packages = {"tool": "2020-06-01", "fresh": False}
    path = condarc(tmp_path, exclude_newer="2021-06-30", exclude_newer_package=packages)
    assert versions(engine.solve("tool", "fresh", channels=channels, CONDARC=path)) == {"tool": "1", "fresh": "1"}


def test_lines_that_only_newer_packages_match(engine: Engine, channels: list[str]) -> None:
    answer = engine.solve("tool>=3", "fresh", "tool=9", channels=channels[:1], CONDA_EXCLUDE_NEWER="2021-06-30")
    assert answer["message"] == (
        "All packages that match `tool>=3` are too new: tool 3 is of 2022-01-01 00:00 UTC, after 2021-07-01 00:00 UTC. "
        "All packages named fresh are too new: fresh 1 is of 2023-01-01 00:00 UTC, after 2021-07-01 00:00 UTC. "
        "No channel has `tool=9`: the newest version of tool is 2."
    )
    assert answer["remedy"] == (
        "Change to `tool=2`, or set exclude_newer to a later date. Set exclude_newer to a later date. "
        "Change these lines to what the channels have."
    )


def test_a_dependency_that_only_newer_packages_match(engine: Engine, channels: list[str]) -> None:
    answer = engine.solve("user", "undated", channels=channels[:1], CONDA_EXCLUDE_NEWER="2021-06-30")
    assert answer["message"] == (
        "`user` cannot be installed without packages that are too new: "
        "tool 3 is of 2022-01-01 00:00 UTC, after 2021-07-01 00:00 UTC."
    )
    assert answer["remedy"] == "It works without `user`. Or set exclude_newer to a later date."
