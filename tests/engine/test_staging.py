from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.engine.staging import Staging, sweep
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
