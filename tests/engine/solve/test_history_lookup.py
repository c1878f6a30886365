"""Packages of a history that are installed still; the channels are asked in the suite of the backend."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rattler

from jupyter_envkernels.engine.fetch.client import Network
from jupyter_envkernels.engine.solve.history_lookup import channel_of, find
from jupyter_envkernels.engine.solve.rattler_records import read_records
from jupyter_envkernels.envs.conda_config.condarc import Settings
from jupyter_envkernels.errors import InvalidSpec, SolveFailed
from jupyter_envkernels.models import PlannedPackage

MAIN, LAB = "https://x.org/main", "https://x.org/lab"


def record(name: str, version: str, channel: str | None, place: str = MAIN) -> rattler.RepoDataRecord:
    url = f"{place}/noarch/{name}-{version}-0.conda"
    content = {"name": name, "version": version, "build": "0", "build_number": 0, "depends": [], "subdir": "noarch"}
    text = json.dumps({**content, "channel": channel, "fn": url.rpartition("/")[2], "url": url})
    return read_records([PlannedPackage(name, version, "0", place, "noarch", url, None, 1, True, text)])[0]


INSTALLED = [record("a", "1", MAIN), record("b", "2", LAB, LAB)]


async def found(folder: Path, *dists: str) -> list[str]:
    settings = Settings(channel_alias="https://x.org")
    records = await find(Network(settings, folder), settings, dists, INSTALLED)
    return [record.url for record in records]


async def test_what_is_installed_is_taken_from_there(tmp_path: Path) -> None:
    urls = [record.url for record in INSTALLED]
    assert await found(tmp_path, f"{MAIN}/noarch::a-1-0", "lab/noarch::b-2-0") == urls
    assert await found(tmp_path, "a-1-0.tar.bz2", "noarch::b-2-0.conda") == urls


async def test_a_history_without_channels_names_what_is_nowhere(tmp_path: Path) -> None:
    with pytest.raises(SolveFailed, match="no longer have a-2-0 and c-1-0"):
        await found(tmp_path, "a-2-0", "b-2-0", "c-1-0")


async def test_a_history_that_has_a_package_twice_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(SolveFailed, match="it has a more than once"):
        await found(tmp_path, f"{MAIN}/noarch::a-1-0", "a-1-0")


async def test_a_variable_in_a_history_is_not_expanded(tmp_path: Path) -> None:
    with pytest.raises(InvalidSpec):
        await found(tmp_path, "https://${HOST}/main/noarch::c-1-0")


def test_the_channel_of_a_record_as_any_tool_writes_it() -> None:
    channels: tuple[str | None, ...] = (MAIN, f"{MAIN}/", f"{MAIN}/noarch", None)
    assert {channel_of(record("a", "1", channel)) for channel in channels} == {MAIN}
