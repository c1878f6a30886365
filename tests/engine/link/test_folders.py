"""Folders are deleted to the last file."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.engine.link import folders
from jupyter_envkernels.engine.link.folders import remove_tree


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
    monkeypatch.setattr(folders, "open_folders", lambda _: None)
    kept.chmod(0o555)
    with pytest.raises(PermissionError):
        remove_tree(ordinary / "tree")
    assert (kept / "file").exists()
    assert not gone.exists()
    kept.chmod(0o755)
