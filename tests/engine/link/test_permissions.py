from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from jupyter_envkernels.engine.link import permissions
from jupyter_envkernels.engine.link.permissions import make_folder, open_to_others, shared_root


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """An environment of which nobody else can see anything, in a root that all may enter."""
    tmp_path.chmod(0o755)
    prefix = tmp_path / "lesson"
    record = prefix / "conda-meta" / "demo-1-0.json"
    record.parent.mkdir(parents=True)
    record.write_text(json.dumps({"name": "demo", "files": ["bin/demo", "share/doc/demo.txt"]}))
    for place, bits in (("bin/demo", 0o700), ("share/doc/demo.txt", 0o600), ("mine/secret", 0o600), ("open", 0o640)):
        path = prefix / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(place)
        path.chmod(bits)
    for folder in (prefix, *(path for path in prefix.rglob("*") if path.is_dir())):
        folder.chmod(0o700)
    (prefix / "link").symlink_to("nowhere")
    return prefix


def test_what_a_new_environment_has_can_be_read(prefix: Path) -> None:
    open_to_others(prefix, prefix.parent, None)
    assert {mode(path) for path in (prefix, *prefix.rglob("*")) if path.is_dir()} == {0o755}
    assert mode(prefix / "bin/demo") == 0o755
    files = ("share/doc/demo.txt", "mine/secret", "open", "conda-meta/demo-1-0.json")
    assert {mode(prefix / name) for name in files} == {0o644}
    assert (prefix / "link").is_symlink()


def test_what_a_person_keeps_in_it_stays_closed(prefix: Path) -> None:
    former = prefix.parent / "former"
    for name in ("mine/secret", "bin/demo"):
        (former / name).parent.mkdir(parents=True)
        (former / name).touch()
    open_to_others(prefix, prefix.parent, former)
    assert mode(prefix / "mine") == 0o700
    assert mode(prefix / "mine/secret") == 0o600
    assert mode(prefix / "bin/demo") == 0o755
    assert mode(prefix / "open") == 0o644


def test_a_file_that_the_cache_has_as_well_gets_a_copy(prefix: Path, tmp_path: Path) -> None:
    cached = tmp_path / "cached"
    os.link(prefix / "share/doc/demo.txt", cached)
    os.utime(cached, ns=(1, 2))
    open_to_others(prefix, prefix.parent, None)
    assert mode(cached) == 0o600
    opened = (prefix / "share/doc/demo.txt").stat()
    assert (stat.S_IMODE(opened.st_mode), opened.st_mtime_ns, opened.st_nlink) == (0o644, 2, 1)
    assert (prefix / "share/doc/demo.txt").read_text() == "share/doc/demo.txt"
    assert [path.name for path in (prefix / "share/doc").iterdir()] == ["demo.txt"]


def test_not_for_more_than_may_enter_the_root(prefix: Path) -> None:
    prefix.parent.chmod(0o710)
    open_to_others(prefix, prefix.parent, None)
    assert (mode(prefix), mode(prefix / "bin/demo"), mode(prefix / "open")) == (0o750, 0o750, 0o640)
    prefix.parent.chmod(0o700)
    open_to_others(prefix, prefix.parent, None)
    assert mode(prefix / "bin/demo") == 0o750


def test_folders_of_a_shared_root(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        make_folder(tmp_path / "new" / "shared" / "deep", tmp_path / "new" / "shared")
        make_folder(tmp_path / "private" / "deep", None)
    finally:
        os.umask(before)
    found = {path.relative_to(tmp_path).as_posix(): mode(path) for path in tmp_path.rglob("*")}
    assert found == {
        "new": 0o700,
        "new/shared": 0o755,
        "new/shared/deep": 0o755,
        "private": 0o700,
        "private/deep": 0o700,
    }


def test_a_folder_that_another_program_makes_meanwhile_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / ".ssh"
    secret.mkdir(mode=0o700)
    real = Path.mkdir

    def plant(path: Path, *_: object) -> None:
        path.symlink_to(secret)
        real(path)

    monkeypatch.setattr(Path, "mkdir", plant)
    make_folder(tmp_path / "team", tmp_path)
    assert mode(secret) == 0o700


@pytest.mark.parametrize("place", ["bin/demo", "share/doc/demo.txt", "share/doc"])
def test_a_link_that_takes_a_place_meanwhile_is_not_followed(
    prefix: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    secret = tmp_path / ".ssh"
    secret.mkdir(mode=0o700)
    (secret / "id_rsa").write_text("secret")
    (secret / "id_rsa").chmod(0o600)
    os.link(prefix / "share/doc/demo.txt", tmp_path / "cached")
    real = permissions._is_brought

    def exchange_meanwhile(path: Path, *arguments: Any) -> bool:
        target = prefix / place
        if not target.is_symlink():
            target.rename(tmp_path / "moved")
            target.symlink_to(secret if place == "share/doc" else secret / "id_rsa")
        return real(path, *arguments)

    monkeypatch.setattr(permissions, "_is_brought", exchange_meanwhile)
    open_to_others(prefix, prefix.parent, None)
    assert (mode(secret), mode(secret / "id_rsa")) == (0o700, 0o600)
    assert (prefix / place).is_symlink()


def test_which_root_it_is(tmp_path: Path) -> None:
    assert shared_root(tmp_path / "a" / "x", (tmp_path / "b", tmp_path / "a")) == tmp_path / "a"
    assert shared_root(tmp_path / "ab", (tmp_path / "a",)) is None
