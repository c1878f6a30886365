"""What packages take when they are unpacked is bounded, whatever a channel tells."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_envkernels.engine.fetch.package_cache import entry_of
from jupyter_envkernels.engine.fetch.partial_archives import PARTS, part_of, tree_of
from jupyter_envkernels.engine.fetch.unpacking import Unpacking
from jupyter_envkernels.errors import NotAllowed
from jupyter_envkernels.models import PlannedPackage, Room

MB = 10**6
BOMB = PlannedPackage("bomb", "1.0", "0", "c", "noarch", "https://c/noarch/bomb-1.0-0.conda", "a" * 64, 9, False, "{}")
CACHED = replace(BOMB, name="cached", cached=True, size=0)
THERE = replace(BOMB, name="there", cached=True, size=MB)


def unpacking(tmp_path: Path, **room: int) -> Unpacking:
    (tmp_path / "pkgs").mkdir(exist_ok=True)
    return Unpacking(Room(**room), tmp_path, [BOMB, CACHED, THERE], [BOMB, CACHED], tmp_path / "prefix")


def fill(folder: Path, size: int) -> None:
    (folder / "envs").mkdir(parents=True)
    (folder / "condabin").mkdir()
    (folder / "envs" / "zeros").write_bytes(bytes(size))


def test_all_packages_of_an_environment(tmp_path: Path) -> None:
    watched = unpacking(tmp_path, whole=8 * MB)
    fill(entry_of(tmp_path / "pkgs", CACHED), 3 * MB)
    watched.check()  # and the four that the other takes by its size
    fill(entry_of(tmp_path / "pkgs", BOMB), 2 * MB)
    with pytest.raises(
        NotAllowed, match=r"than the 8\.0 MB of an environment\. The largest is bomb 1\.0 with 2\.0 MB\."
    ) as refusal:
        watched.check()
    assert refusal.value.details == {"problems": ["too-large-environment"]}


@pytest.mark.parametrize("place", ["half unpacked", "in its place", "a large archive"])
def test_what_is_unpacked_now(tmp_path: Path, place: str) -> None:
    watched = unpacking(tmp_path, growth=2 * MB)
    fill(entry_of(tmp_path / "pkgs", CACHED), 3 * MB)
    entry = entry_of(tmp_path / "pkgs", BOMB)
    places = {
        "half unpacked": entry.with_name(f".{entry.name}aBcDeF"),
        "in its place": entry,
        "a large archive": tree_of(part_of(tmp_path / PARTS, BOMB)),
    }
    fill(places[place], MB)
    watched.check()
    (places[place] / "more").write_bytes(bytes(2 * MB))
    found = unpacking(tmp_path, growth=2 * MB) if place == "in its place" else watched
    with pytest.raises(NotAllowed, match="that your limit leaves") as refusal:
        found.check()
    assert refusal.value.details == {"problems": ["too-many-bytes"]}
    found.take_out(0)
    assert not places[place].exists()
    assert entry_of(tmp_path / "pkgs", CACHED).exists()


def test_what_has_to_stay_free(tmp_path: Path) -> None:
    unpacking(tmp_path, free=1).check()
    with pytest.raises(NotAllowed, match=r"less than .* stay free on the disk") as refusal:
        unpacking(tmp_path, free=10**18).check()
    assert refusal.value.details == {"problems": ["too-little-space"]}


def test_without_limits_nothing_is_measured(tmp_path: Path) -> None:
    watched = Unpacking(Room(), tmp_path / "missing", [BOMB], [BOMB], tmp_path)
    watched.check()
    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(asyncio.wait_for(watched.watch(), 0.3))


def test_what_comes_after_it_was_taken_out_goes_as_well(tmp_path: Path) -> None:
    """The installer's threads go on until the process ends."""
    watched, entry = unpacking(tmp_path, growth=MB), entry_of(tmp_path / "pkgs", BOMB)
    watched.take_out(5)
    fill(entry, MB)

    deadline = time.monotonic() + 10
    while entry.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
