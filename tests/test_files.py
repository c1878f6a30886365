from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_envkernels.files import UnsafeFile, read_file, read_head, read_with_status


def test_a_file_is_read_whole_up_to_its_limit(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 1000)
    assert read_file(file, 1000) == b"x" * 1000
    with pytest.raises(UnsafeFile, match="more than 999 bytes"):
        read_file(file, 999)


def test_a_file_of_several_pieces(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(range(256)) * 10_000)
    assert read_file(str(file), 3_000_000) == bytes(range(256)) * 10_000


def test_the_status_is_that_of_the_file_that_was_read(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "file").write_bytes(b"content")
    data, status = read_with_status(tmp_path / "link", 100)
    assert (data, status.st_ino) == (b"content", (tmp_path / "file").stat().st_ino)


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnsafeFile, match="not a regular file"):
        read_file(tmp_path / "pipe", 100)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_link_to_a_device_is_no_file(tmp_path: Path, device: str) -> None:
    (tmp_path / "link").symlink_to(device)
    with pytest.raises(UnsafeFile, match="not a regular file"):
        read_file(tmp_path / "link", 100)


def test_a_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(1 << 40)
    monkeypatch.setattr(os, "read", lambda *_: pytest.fail("it was read"))
    with pytest.raises(UnsafeFile, match="more than"):
        read_file(tmp_path / "huge", 1 << 16)


def test_a_folder_and_nothing_are_errors_as_of_open(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path, 100)
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "none", 100)


def test_the_beginning_of_a_large_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"head" + b"x" * 1000)
    assert read_head(tmp_path / "file", 4) == b"head"
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnsafeFile):
        read_head(tmp_path / "pipe", 4)
