"""Prefixes copied by hard links."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_envkernels.engine.treecopy import copy_packages, in_binary, twin
from jupyter_envkernels.errors import Forbidden, LinkFailed


def padded(text: str, old: bytes, count: int) -> bytes:
    """A string as an installer leaves it in a program: filled up with NULs, and one that ends it."""
    return text.encode() + b"\0" * (count * (255 - len(old)) + 1)


@pytest.mark.parametrize("new", [b"/env/x", b"/env/a-much-longer-name", b"/" + b"x" * 254])
def test_nothing_moves_behind_an_exchanged_path(new: bytes) -> None:
    old = b"/env/old"
    data = (
        b"\x7fELF\0"
        + padded("/env/old/lib:/env/old/share", old, 2)
        + b"between\0"
        + padded("rpath=/env/old/lib", old, 1)
        + b"end"
    )
    fitted = in_binary(data, old, new)
    assert len(fitted) == len(data)
    assert fitted.endswith(b"end")
    strings = [part for part in fitted.split(b"\0") if part]
    assert strings == [b"\x7fELF", new + b"/lib:" + new + b"/share", b"between", b"rpath=" + new + b"/lib", b"end"]


def test_a_string_without_room() -> None:
    assert in_binary(b"/env/old\0next", b"/env/old", b"/env/o") == b"/env/o\0\0\0next"
    with pytest.raises(LinkFailed, match="no room"):
        in_binary(b"/env/old\0next", b"/env/old", b"/env/longer")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    prefix = tmp_path / "source"
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "conda-meta" / "history").write_text("==> now <==\n")
    (prefix / "lib" / "deep").mkdir(parents=True)
    (prefix / "lib" / "deep" / "file").write_text("text")
    (prefix / "lib" / "link").symlink_to("deep/file")
    (prefix / "lib" / "folder").symlink_to("deep")
    (prefix / "lib" / "deep").chmod(0o750)
    os.mkfifo(prefix / "lib" / "pipe")
    return prefix


def test_a_twin_is_the_same_files_but_for_its_records(source: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    twin(source, copy)
    assert (copy / "lib" / "deep" / "file").samefile(source / "lib" / "deep" / "file")
    assert not (copy / "conda-meta" / "history").samefile(source / "conda-meta" / "history")
    assert (copy / "conda-meta" / "history").read_text() == "==> now <==\n"
    assert (copy / "lib" / "link").readlink() == Path("deep/file")
    assert (copy / "lib" / "folder").readlink() == Path("deep")
    assert (copy / "lib" / "deep").stat().st_mode & 0o777 == 0o750
    assert not (copy / "lib" / "pipe").exists()


def test_files_that_cannot_be_linked_are_copied(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    twin(source, tmp_path / "copy")
    copied = tmp_path / "copy" / "lib" / "deep" / "file"
    assert copied.read_text() == "text"
    assert not copied.samefile(source / "lib" / "deep" / "file")


def test_what_may_not_be_read_is_named(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("deep"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(Forbidden, match="deep"):
        twin(source, tmp_path / "copy")


def test_a_place_that_is_too_long_for_packages(source: Path, tmp_path: Path) -> None:
    with pytest.raises(LinkFailed, match="255"):
        copy_packages(source, tmp_path / "copy", tmp_path / ("x" * 250))
