from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.engine.staging import Staging, remove_tree
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
    assert list(staging.prefix.parent.iterdir()) == []


def test_discard_after_publish(staging: Staging) -> None:
    staging.mark()
    staging.publish()
    staging.discard()
    assert list(staging.prefix.parent.iterdir()) == []


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


def test_publish_refuses_a_prefix_that_is_not_empty(staging: Staging) -> None:
    staging.prefix.mkdir()
    (staging.prefix / "mine").write_text("mine")
    with pytest.raises(OSError, match="not empty"):
        staging.publish()
    assert (staging.prefix / "mine").read_text() == "mine"
    assert (staging.folder / "file").exists()


def test_remove_tree_does_not_follow_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    remove_tree(tmp_path / "link")
    assert (tmp_path / "real").is_dir()
    remove_tree(tmp_path / "absent")


def test_remove_tree_opens_closed_folders(tmp_path: Path) -> None:
    closed = tmp_path / "tree" / "closed"
    closed.mkdir(parents=True)
    (closed / "file").write_text("x")
    closed.chmod(0o555)
    remove_tree(tmp_path / "tree")
    assert not (tmp_path / "tree").exists()
