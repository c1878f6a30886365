"""Who still works in a folder."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_envkernels.engine.transaction.open_files import OpenFile, open_in


def test_files_open_for_writing_and_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "folder"
    (folder / "work").mkdir(parents=True)
    (tmp_path / "folder-2").mkdir()
    (folder / "read").touch()
    monkeypatch.chdir(folder / "work")
    written = [folder / "a", folder / "work" / "b", tmp_path / "folder-2" / "c"]
    with (folder / "read").open(), contextlib.ExitStack() as stack:
        for path in written:
            stack.enter_context(path.open("a"))
        found = open_in(folder)
    ours = sorted(file.place for file in found if file.pid == os.getpid() and not file.is_folder)
    assert ours == ["a", "work/b"]
    assert OpenFile(os.getpid(), "work", is_folder=True) in found


def test_another_process_in_the_folder_itself(tmp_path: Path) -> None:
    link = tmp_path.with_name(f"{tmp_path.name}-link")
    link.symlink_to(tmp_path)
    with subprocess.Popen([sys.executable, "-c", "input()"], cwd=tmp_path, stdin=subprocess.PIPE) as process:
        assert open_in(link) == [OpenFile(process.pid, "", is_folder=True)]
        process.communicate(b"\n")
    assert open_in(link) == []
