from __future__ import annotations

import errno
from pathlib import Path

import pytest

from jupyter_envkernels.engine import staging as staging_module
from jupyter_envkernels.engine.staging import Staging, remove_tree, rename_to_free, sweep
from jupyter_envkernels.models import PENDING_MARK


@pytest.fixture
def staging(tmp_path: Path) -> Staging:
    staging = Staging(tmp_path / "lesson", "20260101-000000-00000000")
    (staging.folder / "conda-meta").mkdir(parents=True)
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


def test_discard_spares_what_another_job_made(staging: Staging) -> None:
    staging.mark()
    staging.publish()
    Staging(staging.prefix, "20260101-000000-11111111").discard()
    assert staging.is_pending()


@pytest.fixture(params=["renameat2", "a file system without it"])
def renaming(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to rename."""
    if request.param != "renameat2":
        monkeypatch.setattr(staging_module, "_renameat2", lambda *_: errno.EINVAL)


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


@pytest.mark.usefixtures("renaming")
def test_another_reason_not_to_rename_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError, match="File name too long") as caught:
        rename_to_free(tmp_path / "a", tmp_path / ("x" * 300))
    assert caught.value.errno == errno.ENAMETOOLONG
    assert (tmp_path / "a").is_dir()


def test_registration_is_remembered_until_the_commit(staging: Staging) -> None:
    staging.mark()
    staging.publish()
    assert not staging.has_registered()
    staging.note_registration()
    assert staging.has_registered()
    assert staging.is_pending()
    assert not Staging(staging.prefix, "20260101-000000-11111111").has_registered()
    staging.commit()
    assert not staging.has_registered()


@pytest.mark.parametrize("name", ["a" * 255, "\N{SNOWMAN}" * 85])
def test_the_longest_name_has_places_too(tmp_path: Path, name: str) -> None:
    staging = Staging(tmp_path / name, "20260101-000000-00000000")
    (staging.folder / "conda-meta").mkdir(parents=True)
    staging.mark()
    staging.publish()
    staging.discard()
    assert staging.empty_trash() == ""
    assert list(tmp_path.iterdir()) == []


def test_no_name_is_too_long_to_ask(tmp_path: Path) -> None:
    assert not Staging(tmp_path / ("a" * 300), "20260101-000000-00000000").exists()


def test_sweep_takes_only_what_removals_left(tmp_path: Path) -> None:
    spared = [
        ".lesson.envkernels-20260101-000000-0000abcd.new",
        ".lesson.envkernels-mine.old",
        "lesson.envkernels-20260101-000000-0000abcd.old",
        "lesson",
    ]
    for name in (*spared, ".lesson.envkernels-20260101-000000-0000abcd.old", ".x.y.envkernels-20260101-000000-1.old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("x")
    (tmp_path / ".link.envkernels-20260101-000000-0000abcd.old").symlink_to("lesson")
    sweep(tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {
        *spared,
        ".x.y.envkernels-20260101-000000-1.old",
        ".link.envkernels-20260101-000000-0000abcd.old",
    }
    assert (tmp_path / "lesson" / "file").exists()
    sweep(tmp_path / "absent")


def test_remove_tree_does_not_follow_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    remove_tree(tmp_path / "link")
    assert (tmp_path / "real").is_dir()
    remove_tree(tmp_path / "absent")


@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_remove_tree_opens_closed_folders(ordinary: Path, mode: int) -> None:
    outside = ordinary / "outside"
    outside.mkdir(mode=0o711)
    closed = ordinary / "tree" / "a" / "closed"
    (closed / "deeper").mkdir(parents=True)
    (closed / "file").write_text("x")
    (closed / "link").symlink_to(outside)
    (closed / "deeper").chmod(mode)
    closed.chmod(mode)
    remove_tree(ordinary / "tree")
    assert not (ordinary / "tree").exists()
    assert outside.stat().st_mode & 0o777 == 0o711


def test_remove_tree_opens_the_tree_itself(ordinary: Path) -> None:
    tree = ordinary / "tree"
    (tree / "folder").mkdir(parents=True)
    tree.chmod(0o000)
    remove_tree(tree)
    assert not tree.exists()


def test_remove_tree_deletes_all_that_it_can(ordinary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, gone = ordinary / "tree" / "kept", ordinary / "tree" / "zone"
    for folder in (kept, gone):
        folder.mkdir(parents=True)
        (folder / "file").write_text("x")
    monkeypatch.setattr(staging_module, "open_folders", lambda _: None)
    kept.chmod(0o555)
    with pytest.raises(PermissionError):
        remove_tree(ordinary / "tree")
    assert (kept / "file").exists()
    assert not gone.exists()
    kept.chmod(0o755)
