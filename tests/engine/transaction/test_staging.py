from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_envkernels.engine.transaction.staging import Staging, siblings_of, sweep
from jupyter_envkernels.errors import Forbidden
from jupyter_envkernels.models import COMMITTED_MARK, PENDING_MARK

JOB = "20260101-000000-00000000"
TOKEN = "5ec2e7"


@pytest.fixture
def staging(tmp_path: Path) -> Staging:
    staging = Staging(tmp_path / "lesson", JOB, TOKEN)
    staging.begin()
    (staging.folder / "file").write_text("x")
    return staging


def test_commit_leaves_only_the_environment(staging: Staging) -> None:
    staging.mark()
    staging.publish()
    assert staging.is_pending()
    staging.commit()
    assert not staging.exists()
    assert [path.name for path in staging.prefix.parent.iterdir()] == ["lesson"]
    assert not (staging.prefix / PENDING_MARK).exists()


def test_discard_before_publish(staging: Staging) -> None:
    staging.discard()
    assert not staging.folder.exists()
    assert not staging.prefix.exists()
    assert staging.empty_trash() == ""
    assert list(staging.prefix.parent.iterdir()) == []


def test_discard_after_publish(staging: Staging) -> None:
    staging.mark()
    staging.publish()
    staging.discard()
    assert not staging.folder.exists()
    assert not staging.prefix.exists()
    assert staging.empty_trash() == ""
    assert list(staging.prefix.parent.iterdir()) == []


def test_discard_after_a_discard_whose_files_are_not_deleted_yet(staging: Staging) -> None:
    staging.trash.mkdir()
    (staging.trash / "file").write_text("y")
    staging.discard()
    assert [path.name for path in staging.prefix.parent.iterdir()] == [staging.trash.name]


def test_discard_spares_what_is_committed(staging: Staging) -> None:
    staging.mark()
    staging.publish()
    staging.commit()
    staging.discard()
    assert (staging.prefix / "file").read_text() == "x"


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_it_is_for_its_owner_alone_until_it_is_published(tmp_path: Path, umask: int) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o2775)
    before = os.umask(umask)
    try:
        staging = Staging(tmp_path / "shared" / "lesson", JOB, TOKEN)
        staging.begin()
        assert staging.folder.stat().st_mode & 0o777 == 0o700
        assert (staging.folder / PENDING_MARK).read_text().splitlines()[0] == JOB
        staging.publish()
    finally:
        os.umask(before)
    assert staging.prefix.stat().st_mode & 0o7777 == 0o2777 & ~umask
    staging.discard()
    assert staging.trash.stat().st_mode & 0o777 == 0o700


def test_it_looks_like_what_it_replaces(staging: Staging) -> None:
    (staging.prefix / "conda-meta").mkdir(parents=True)
    staging.prefix.chmod(0o2771)
    staging.exchange()
    assert staging.prefix.stat().st_mode & 0o7777 == 0o2771
    staging.restore()
    assert staging.prefix.stat().st_mode & 0o7777 == 0o2771


def test_names_can_be_told_neither_from_the_job_nor_from_each_other(staging: Staging) -> None:
    names = [path.name for path in (staging.folder, staging.previous, staging.trash, staging.kept)]
    assert not any(JOB in name or TOKEN in name for name in names)
    assert len({name.split("-")[1].split(".")[0] for name in names}) == 4
    assert staging.trash.name != Staging(staging.prefix, JOB, "5ec2e8").trash.name


@pytest.mark.parametrize("kind", ["link", "dangling link", "folder", "file"])
def test_what_has_the_name_already_is_left_alone(tmp_path: Path, kind: str) -> None:
    staging = Staging(tmp_path / "lesson", JOB, TOKEN)
    (tmp_path / "mine").mkdir(mode=0o700)
    if kind == "folder":
        staging.folder.mkdir(mode=0o711)
    elif kind == "file":
        staging.folder.write_text("mine")
    else:
        staging.folder.symlink_to("mine" if kind == "link" else "mine/new")
    before = staging.folder.lstat()
    with pytest.raises(FileExistsError):
        staging.begin()
    assert staging.folder.lstat() == before
    assert list((tmp_path / "mine").iterdir()) == []
    with pytest.raises(Forbidden):
        staging.publish()
    if kind != "folder":
        staging.discard()
        assert staging.folder.lstat() == before


@pytest.mark.parametrize("publish", [Staging.publish, Staging.exchange])
def test_another_folder_in_its_place_is_not_published(staging: Staging, publish: Callable[[Staging], None]) -> None:
    if publish == Staging.exchange:
        staging.prefix.mkdir()
    staging.folder.rename(staging.prefix.with_name("stolen"))
    (staging.folder / "conda-meta").mkdir(parents=True, mode=0o700)
    with pytest.raises(Forbidden, match=r"Another program has replaced"):
        publish(staging)
    assert staging.folder.exists()
    staging.folder.rename(staging.prefix.with_name("other"))
    staging.folder.symlink_to("stolen")
    with pytest.raises(Forbidden, match=r"Another program has replaced"):
        publish(staging)


def test_a_mark_counts_only_if_this_job_has_written_it(staging: Staging) -> None:
    for mark in (PENDING_MARK, COMMITTED_MARK):
        (staging.prefix / mark).parent.mkdir(parents=True, exist_ok=True)
        (staging.prefix / mark).write_text(JOB)
    assert not staging.is_pending()
    assert not staging.is_committed()
    staging.discard()
    assert staging.prefix.exists()
    assert Staging(staging.prefix, JOB).is_pending(), "versions without tokens wrote no more"


@pytest.mark.parametrize("kind", ["pipe", "device", "large file"])
def test_what_is_no_file_is_no_mark(staging: Staging, kind: str) -> None:
    mark = staging.prefix / PENDING_MARK
    mark.parent.mkdir(parents=True)
    if kind == "pipe":
        os.mkfifo(mark)
    elif kind == "device":
        mark.symlink_to("/dev/zero")
    else:
        mark.write_text(f"{JOB}\n" * 10_000)
    assert not staging.is_pending()


def test_discard_spares_what_another_job_made(staging: Staging) -> None:
    staging.mark()
    staging.publish()
    Staging(staging.prefix, "20260101-000000-11111111", TOKEN).discard()
    assert staging.is_pending()


@pytest.mark.usefixtures("renaming")
@pytest.mark.parametrize("content", [["mine"], []])
def test_publish_refuses_a_prefix_that_is_there(staging: Staging, content: list[str]) -> None:
    staging.prefix.mkdir()
    for name in content:
        (staging.prefix / name).write_text(name)
    inode = staging.prefix.stat().st_ino
    with pytest.raises(FileExistsError):
        staging.publish()
    assert staging.prefix.stat().st_ino == inode
    assert [path.name for path in staging.prefix.iterdir()] == content
    assert (staging.folder / "file").exists()


def test_registration_is_remembered_until_the_commit(staging: Staging) -> None:
    staging.mark()
    staging.publish()
    assert not staging.has_registered()
    staging.note_registration()
    assert staging.has_registered()
    assert staging.is_pending()
    assert not Staging(staging.prefix, "20260101-000000-11111111", TOKEN).has_registered()
    staging.commit()
    assert not staging.has_registered()


@pytest.mark.parametrize("name", ["a" * 255, "\N{SNOWMAN}" * 85])
def test_the_longest_name_has_places_too(tmp_path: Path, name: str) -> None:
    staging = Staging(tmp_path / name, JOB, TOKEN)
    staging.begin()
    staging.mark()
    staging.publish()
    staging.discard()
    assert staging.empty_trash() == ""
    assert list(tmp_path.iterdir()) == []


def test_no_name_is_too_long_to_ask(tmp_path: Path) -> None:
    assert not Staging(tmp_path / ("a" * 300), JOB, TOKEN).exists()


def test_sweep_takes_only_what_removals_left(tmp_path: Path) -> None:
    spared = [
        ".lesson.envkernels-20260101-000000-0000abcd.new",
        ".lesson.envkernels-mine.old",
        "lesson.envkernels-20260101-000000-0000abcd.old",
        "lesson",
        Staging(tmp_path / "lesson", JOB, "1").folder.name,
        Staging(tmp_path / "lesson", JOB, "2").previous.name,
        Staging(tmp_path / "lesson", JOB, "5").kept.name,
        Staging(tmp_path / "lesson", JOB, "3").trash.name,
    ]
    gone = [
        ".lesson.envkernels-20260101-000000-0000abcd.old",
        Staging(tmp_path / "lesson", JOB, "4").trash.name,
        Staging(tmp_path / "x.y", JOB, "4").trash.name,
        Staging(tmp_path / "lesson", JOB, "6").kept.name,
    ]
    for name in (*spared, *gone, ".x.y.envkernels-20260101-000000-1.old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("x")
    os.utime(tmp_path / spared[-2], (time.time() - 86000,) * 2)
    os.utime(tmp_path / gone[-1], (time.time() - 86500,) * 2)
    (tmp_path / ".link.envkernels-20260101-000000-0000abcd.old").symlink_to("lesson")
    sweep(tmp_path, {spared[-1]})
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {
        *spared,
        ".x.y.envkernels-20260101-000000-1.old",
        ".link.envkernels-20260101-000000-0000abcd.old",
    }
    assert (tmp_path / "lesson" / "file").exists()
    sweep(tmp_path / "absent")


def test_sweep_leaves_what_is_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trash = Staging(tmp_path / "lesson", JOB, TOKEN).trash
    trash.mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: 23456)
        sweep(tmp_path)
    assert trash.exists()
    sweep(tmp_path)
    assert not trash.exists()


@pytest.mark.parametrize("token", [TOKEN, ""])
def test_what_a_job_has_is_known_by_its_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    places = [Staging(tmp_path / name, JOB, token) for name in ("a", "b" * 60)]
    places[0].begin()
    places[1].previous.mkdir()
    Staging(tmp_path / "a", "20260101-000000-11111111", "another").begin()
    assert siblings_of(tmp_path, JOB, token, "new") == [places[0].folder]
    assert siblings_of(tmp_path, JOB, token, "was") == [places[1].previous]
    monkeypatch.setattr(os, "geteuid", lambda: 23456)
    assert siblings_of(tmp_path, JOB, token, "new") == [], "of another account"
