"""Folders of a prefix, listed, and made again."""

from __future__ import annotations

import errno
import os
import struct
from pathlib import Path

import pytest

from jupyter_envkernels.engine.link.tree import list_tree, rebuild
from tests.linux_alone import copies_attributes

_NOBODY = 0xFFFFFFFF


def access_list(user: int) -> bytes:
    """One that lets a user write, as the kernel stores it: see ``linux/posix_acl_xattr.h``."""
    entries = [(0x01, 7, _NOBODY), (0x02, 7, user), (0x04, 5, _NOBODY), (0x10, 7, _NOBODY), (0x20, 5, _NOBODY)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def set_attribute(folder: Path, name: str, value: bytes) -> None:
    try:
        os.setxattr(folder, name, value)
    except OSError as error:
        if error.errno == errno.ENOTSUP:
            pytest.skip("the file system keeps no such attributes")
        raise


def attributes(folder: Path) -> dict[str, bytes]:
    return {name: os.getxattr(folder, name) for name in os.listxattr(folder) if not name.startswith("security.")}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "source" / "lib" / "deep").mkdir(parents=True)
    (tmp_path / "source" / "lib" / "file").write_text("")
    (tmp_path / "source" / "link").symlink_to("lib")
    return tmp_path / "source"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copy"


def made(source: Path, copy: Path) -> list[str]:
    return [folder.place for folder, _ in rebuild(list_tree(source), copy)]


def test_a_folder_comes_before_those_in_it(source: Path) -> None:
    found = {folder.place: {entry.name for entry in folder.entries} for folder in list_tree(source)}
    assert found == {"": {"link"}, "lib/": {"file"}, "lib/deep/": set()}
    assert list(found) == ["", "lib/", "lib/deep/"]


def test_what_does_not_count_is_not_read(ordinary: Path) -> None:
    (ordinary / "pkgs").mkdir(mode=0o000)
    assert [folder.place for folder in list_tree(ordinary, lambda place: place != "pkgs/")] == [""]


def test_environments_in_a_prefix(source: Path) -> None:
    for name in ("conda-meta", "work/conda-meta", "work/lib"):
        (source / name).mkdir(parents=True)
    places = {folder.place for folder in list_tree(source, nested=False)}
    assert places == {"", "conda-meta/", "lib/", "lib/deep/"}
    assert {"work/", "work/lib/"} <= {folder.place for folder in list_tree(source)}


def test_copies_are_to_be_filled_before_they_get_their_modes(source: Path, copy: Path) -> None:
    (source / "lib").chmod(0o2550)
    (source / "lib" / "deep").chmod(0o750)
    places = []
    for folder, target in rebuild(list_tree(source), copy):
        places.append(folder.place)
        Path(f"{target}new").write_text("")
        assert Path(target).stat().st_mode & 0o777 == 0o700
    assert places == ["", "lib/", "lib/deep/"]
    assert (copy / "lib").stat().st_mode & 0o7777 == 0o2750  # its owner must be able to delete it
    assert (copy / "lib" / "deep").stat().st_mode & 0o7777 == 0o750
    assert (copy / "lib" / "deep" / "new").exists()


@copies_attributes
def test_attributes_go_along(source: Path, copy: Path) -> None:
    set_attribute(source, "user.note", b"of the top")
    set_attribute(source / "lib", "user.note", b"mine")
    set_attribute(source / "lib", "user.more", b"")
    made(source, copy)
    assert attributes(copy) == {}, "it is for its owner alone until all is in it"
    assert attributes(copy / "lib") == {"user.note": b"mine", "user.more": b""}
    assert attributes(copy / "lib" / "deep") == {}


@copies_attributes
def test_access_control_lists_go_along_and_no_further(source: Path, copy: Path) -> None:
    (source / "lib" / "deep").chmod(0o700)
    set_attribute(source / "lib", "system.posix_acl_access", access_list(12345))
    set_attribute(source / "lib", "system.posix_acl_default", access_list(12345))
    made(source, copy)
    assert attributes(copy / "lib") == attributes(source / "lib")
    assert (copy / "lib").stat().st_mode == (source / "lib").stat().st_mode
    assert attributes(copy / "lib" / "deep") == {}


@copies_attributes
def test_an_attribute_that_may_not_be_set_fails_nothing(
    source: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_attribute(source / "lib", "user.bad", b"")
    set_attribute(source / "lib", "user.good", b"")
    real = os.setxattr

    def refuse(path: str, name: str, value: bytes) -> None:
        if name == "user.bad":
            raise PermissionError(errno.EPERM, "Operation not permitted", path)
        real(path, name, value)

    monkeypatch.setattr(os, "setxattr", refuse)
    (source / "lib").chmod(0o751)
    made(source, copy)
    assert attributes(copy / "lib") == {"user.good": b""}
    assert (copy / "lib").stat().st_mode & 0o777 == 0o751


def test_a_folder_of_a_moment_fails_nothing(source: Path, copy: Path) -> None:
    folders = list_tree(source)
    (source / "lib" / "deep").rmdir()
    assert [folder.place for folder, _ in rebuild(folders, copy)] == ["", "lib/", "lib/deep/"]
    assert (copy / "lib" / "deep").is_dir()
