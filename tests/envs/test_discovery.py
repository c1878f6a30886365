from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_envkernels.envs.discovery import Discovery, is_hidden_sibling
from jupyter_envkernels.envs.locations import Location
from jupyter_envkernels.envs.trust import Trust, TrustedPrefix
from tests.prefixes import age, make_prefix


def folder(path: Path) -> Location:
    return Location(str(path), "folder", "a test")


def paths(*places: Location) -> list[str]:
    return [found.path for found in Discovery().find(places, Trust().session())]


def test_children_of_a_folder(tmp_path: Path) -> None:
    for name in ("b", "a", "with space & $(touch pwned)", "q'uote", "环境"):
        make_prefix(tmp_path / name)
    (tmp_path / "file").touch()
    expected = ["a", "b", "q'uote", "with space & $(touch pwned)", "环境"]
    assert paths(folder(tmp_path)) == [f"{tmp_path}/{name}" for name in expected]


def test_what_jobs_are_building_is_passed_over(tmp_path: Path) -> None:
    make_prefix(tmp_path / ".x.envkernels-stage-1")
    make_prefix(tmp_path / ".dotted")
    assert paths(folder(tmp_path)) == [f"{tmp_path}/.dotted"]
    assert is_hidden_sibling(".x.envkernels-trash")
    assert not is_hidden_sibling("x.envkernels-trash")


def test_lines_of_a_list(tmp_path: Path) -> None:
    listed = tmp_path / "environments.txt"
    listed.write_bytes(b"/a/x\n\nnot absolute\n/a/./y/\n/a/x\n/a/\xff\n/nul/\0\n \t/a/with blanks \r\n# /no\n")
    place = Location(str(listed), "list", "a test")
    found = Discovery().find((place,), Trust().session())
    assert [one.path for one in found] == ["/a/x", "/a/y", "/a/\udcff", "/a/with blanks"]
    assert all(one.is_named for one in found)


def test_one_environment_once(tmp_path: Path) -> None:
    real = make_prefix(tmp_path / "envs/real")
    (tmp_path / "envs/a-link").symlink_to(real)
    (tmp_path / "linked-folder").symlink_to(tmp_path / "envs")
    listed = tmp_path / "environments.txt"
    listed.write_text(f"{tmp_path}/linked-folder/real\n{real}\n")
    places = (folder(tmp_path / "linked-folder"), folder(tmp_path / "envs"), Location(str(listed), "list", "a test"))
    assert paths(*places) == [f"{tmp_path}/linked-folder/real"]


def test_a_link_is_its_own_identity_where_its_target_is_named_nowhere(tmp_path: Path) -> None:
    build = make_prefix(tmp_path / "builds/7f3a-lesson")
    (tmp_path / "envs").mkdir()
    (tmp_path / "envs/lesson").symlink_to(build)
    (found,) = Discovery().find((folder(tmp_path / "envs"),), Trust().session())
    assert found.is_link
    assert found.identity == f"{tmp_path.resolve()}/envs/lesson"
    assert found.real == str(build.resolve())


def test_pixi_projects(tmp_path: Path) -> None:
    make_prefix(tmp_path / ".pixi/envs/default")
    make_prefix(tmp_path / "project/.pixi/envs/test")
    place = Location(str(tmp_path), "projects", "a test")
    assert paths(place) == [f"{tmp_path}/.pixi/envs/default", f"{tmp_path}/project/.pixi/envs/test"]


@pytest.mark.parametrize("is_sticky", [False, True])
def test_others_cannot_make_a_listing_long(tmp_path: Path, is_sticky: bool) -> None:
    """In a folder that others can write, all that may be trusted is found, and some of the rest."""
    envs = tmp_path / "course/.pixi/envs"
    mine = make_prefix(envs / "mine")
    for number in range(150):
        (envs / f"{number}").mkdir()
    place = Location(str(tmp_path), "projects", "a test")
    assert len(paths(place)) == 151
    envs.chmod(0o1777 if is_sticky else 0o777)
    trust = Trust(prefixes=(TrustedPrefix(str(mine), mine.stat().st_ino, mine.stat().st_uid),))
    discovery = Discovery()
    if not is_sticky:
        assert len(discovery.find((place,), Trust().session())) == 100
        assert len(discovery.find((place,), trust.session())) == 101
    elif os.geteuid() == 0:
        for number in range(150):
            os.chown(envs / f"{number}", 12345, 12345)
        assert len(discovery.find((place,), Trust().session())) == 101


@pytest.mark.parametrize("kind", ["folder", "list", "prefix", "projects"])
def test_a_place_that_is_not_there(tmp_path: Path, kind: str) -> None:
    assert paths(Location(f"{tmp_path}/nothing", kind, "a test")) == []  # type: ignore[arg-type]


def test_nothing_is_read_again_while_nothing_has_changed(tmp_path: Path) -> None:
    make_prefix(tmp_path / "a")
    age(tmp_path)
    discovery = Discovery()
    places = (folder(tmp_path),)
    first = discovery.find(places, Trust().session())
    assert discovery.find(places, Trust().session()) is first
    make_prefix(tmp_path / "b")
    assert [found.path for found in discovery.find(places, Trust().session())] == [f"{tmp_path}/a", f"{tmp_path}/b"]


def test_a_young_time_stamp_is_not_trusted(tmp_path: Path) -> None:
    make_prefix(tmp_path / "a")
    discovery = Discovery()
    places = (folder(tmp_path),)
    discovery.find(places, Trust().session())
    stamp = tmp_path.stat()
    make_prefix(tmp_path / "b")
    os.utime(tmp_path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # as if within one tick of the clock
    assert [found.path for found in discovery.find(places, Trust().session())] == [f"{tmp_path}/a", f"{tmp_path}/b"]
