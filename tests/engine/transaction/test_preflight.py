from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_envkernels.engine.transaction.preflight import (
    check_cache,
    check_changeable,
    check_free,
    check_path,
    check_place,
    check_settled,
    check_trusted,
    check_unused,
)
from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.envs.trust import Account as Account_
from jupyter_envkernels.envs.trust import Trust, account_name
from jupyter_envkernels.errors import AlreadyExists, Busy, Forbidden, InvalidRequest, NotFound
from jupyter_envkernels.models import PENDING_MARK, CatalogOptions
from tests.accounts import Account
from tests.prefixes import make_prefix


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    prefix = tmp_path / "envs" / "lesson"
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "conda-meta" / "history").touch()
    return prefix


def in_catalog(prefix: Path) -> bool:
    return Catalog(CatalogOptions(roots=(prefix.parent,))).find(str(prefix)).is_base


def is_read_only(prefix: Path) -> bool:
    return Catalog(CatalogOptions(roots=(prefix.parent,))).find(str(prefix)).read_only


@pytest.mark.parametrize("folder", ["pkgs", "envs", "envs/notes", "shell", "etc/profile.d"])
def test_an_ordinary_environment_may_have_any_folder(prefix: Path, folder: str) -> None:
    (prefix / folder).mkdir(parents=True)
    check_changeable(prefix)
    assert not in_catalog(prefix)


def test_a_base(prefix: Path) -> None:
    prefix = prefix.rename(prefix.parent.parent / "miniforge3")
    (prefix / "condabin").mkdir()
    with pytest.raises(Forbidden, match="is the base of a conda installation"):
        check_changeable(prefix)
    assert in_catalog(prefix)


def test_a_frozen_environment(prefix: Path) -> None:
    assert not is_read_only(prefix)
    (prefix / "conda-meta" / "frozen").write_text('{"message": "Ask the staff."}')
    with pytest.raises(Forbidden, match="cannot be changed: it is frozen by its file conda-meta/frozen: Ask the staff"):
        check_changeable(prefix)
    assert is_read_only(prefix)


def test_environments_inside(prefix: Path) -> None:
    for name in ("b", "a"):
        (prefix / "envs" / name / "conda-meta").mkdir(parents=True)
    with pytest.raises(Forbidden, match=r"contains other environments in envs: a, b\."):
        check_changeable(prefix)


def test_a_link(prefix: Path) -> None:
    link = prefix.with_name("link")
    link.symlink_to(prefix)
    with pytest.raises(Forbidden, match=f"is a link to {prefix}"):
        check_changeable(link)


def test_no_environment(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("data", "absent"):
        with pytest.raises(NotFound):
            check_changeable(tmp_path / name)


def test_what_runs_this_program(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(prefix))
    with pytest.raises(Forbidden, match="Jupyter itself runs in"):
        check_changeable(prefix)


@pytest.mark.parametrize("closed", ["envs", "envs/lesson"])
def test_permissions(closed: str) -> None:
    is_root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        prefix = Path(name, "envs", "lesson")
        (prefix / "conda-meta").mkdir(parents=True)
        for folder in (Path(name), prefix.parent, prefix):
            folder.chmod(0o777)
        Path(name, closed).chmod(0o555)
        if is_root:  # permissions do not count for root; os.access asks for the real user
            os.setresuid(65534, 65534, 0)
        try:
            with pytest.raises(Forbidden, match="You may not change"):
                check_changeable(prefix)
        finally:
            if is_root:
                os.setresuid(0, 0, 0)
            Path(name, closed).chmod(0o777)


def test_a_place_that_is_free(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    check_free(tmp_path / "envs" / "lesson", Trust())
    check_unused(tmp_path / "file" / "lesson")
    with pytest.raises(Forbidden, match="file is not a folder"):
        check_free(tmp_path / "file" / "lesson", Trust())
    assert [path.name for path in tmp_path.iterdir()] == ["file"], "to look makes nothing"


@pytest.mark.parametrize("mode", [0o777, 0o2777, 0o1777, 0o2775, 0o755, 0o700])
def test_a_place_where_others_could_replace_what_is_made(accounts: tuple[Account, Account], mode: int) -> None:
    """Sticky folders pass only if they are root's, as in /tmp and /scratch."""
    one, two = accounts
    folder = two.home / "shared"
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, 0, 45678)
    folder.chmod(mode)
    is_safe = not mode & 0o022 or (mode & 0o1000 and os.geteuid() == 0)
    with one.acting():
        without_private_groups = replace(Account_.current(), private_groups=frozenset())
        trust = Trust(anchors=(str(two.home),), account=without_private_groups)
        if is_safe:
            check_place(folder, trust)
        else:
            with pytest.raises(Forbidden, match=f"Other accounts could replace environments in {folder}: "):
                check_place(folder, trust)
            with pytest.raises(Forbidden, match=f"Other accounts could replace environments in {folder}: "):
                check_free(folder / "new" / "lesson", trust)
        check_place(folder, Trust(anchors=(str(folder),)))


@pytest.mark.parametrize("place", ["", "pkgs", "repodata"])
@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o2775, 0o755])
def test_a_package_cache_that_others_can_write(accounts: tuple[Account, Account], mode: int, place: str) -> None:
    cache = accounts[0].home / "cache"
    trust = Trust(anchors=(str(accounts[0].home),), account=replace(Account_.current(), private_groups=frozenset()))
    check_cache(cache, trust)
    assert cache.stat().st_mode & 0o777 == 0o700
    (cache / place).mkdir(exist_ok=True)
    (cache / place).chmod(mode)
    if mode == 0o755:
        check_cache(cache, trust)
    else:
        with pytest.raises(Forbidden, match=f"put packages into the package cache {cache}: {cache / place} can be"):
            check_cache(cache, trust)


def test_what_another_person_s_job_is_at_work_on(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = prefix / PENDING_MARK
    mark.write_text("20260101-000000-00000000")
    check_changeable(prefix)
    owner = account_name(os.geteuid())
    monkeypatch.setattr(os, "geteuid", lambda: 23456)
    for check in (check_changeable, check_settled):
        with pytest.raises(Busy, match=f"A job of {owner} is changing {prefix}"):
            check(prefix)
    mark.unlink()
    check_settled(prefix)


@pytest.mark.parametrize("what", ["folder", "file", "dangling link"])
def test_a_place_that_is_taken(tmp_path: Path, what: str) -> None:
    prefix = tmp_path / "lesson"
    if what == "folder":
        prefix.mkdir()
    elif what == "file":
        prefix.touch()
    else:
        prefix.symlink_to("nowhere")
    with pytest.raises(AlreadyExists, match="lesson exists already"):
        check_unused(prefix)


def test_names_that_no_folder_can_have(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="too long for a folder"):
        check_unused(tmp_path / ("x" * 256))
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(Forbidden, match="cannot be accessed"):
        check_unused(tmp_path / "loop" / "lesson")


@pytest.mark.parametrize("name", ['a"b', "a'b", "a`b", "a$b", "a:b", "a\\b", "a\nb", "a\x1bb", "a\x7fb"])
def test_paths_that_packages_cannot_hold(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidRequest, match="misread"):
        check_path(tmp_path / name / "lesson")
    check_path(tmp_path / "a b&c\u00fc")


def test_paths_for_which_packages_have_no_room() -> None:
    check_path(Path("/" + "x" * 254))
    for path in ("/" + "x" * 255, "/" + "\u00fc" * 130):
        with pytest.raises(InvalidRequest, match="packages allow 255"):
            check_path(Path(path))


def test_an_environment_that_others_can_change_is_not_run(tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "lesson")
    trust = Trust((str(tmp_path),))
    check_trusted(prefix, trust)
    prefix.chmod(0o777)
    with pytest.raises(Forbidden, match="can be written by every account") as caught:
        check_trusted(prefix, trust)
    assert caught.value.remedy.endswith(f"jupyter envkernels trust {prefix}")
