"""Linux, and the plain fallback, keep the same promises."""

from __future__ import annotations

import errno
import os
import select
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_envkernels.system import PLAIN, kill_group, linux
from jupyter_envkernels.system.linux import Linux
from jupyter_envkernels.system.macos import MacOS
from jupyter_envkernels.system.posix import Posix

IS_LINUX = sys.platform == "linux"
on_linux = pytest.mark.skipif(not IS_LINUX, reason="it is what Linux alone has")


@pytest.fixture(params=[pytest.param(Linux, marks=on_linux), Posix, pytest.param("old Linux", marks=on_linux)])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Posix:
    """Each of them, and Linux with a file system that cannot rename in its way."""
    if request.param == "old Linux":
        monkeypatch.setattr(linux, "_renameat2", lambda *_: errno.EINVAL)
        return Linux()
    return request.param()  # type: ignore[no-any-return]


@pytest.mark.parametrize(("value", "name"), [("", "Linux"), ("1", "Posix")])
@on_linux
def test_the_variable_chooses(value: str, name: str) -> None:
    code = "from jupyter_envkernels.system import system; print(type(system).__name__)"
    found = subprocess.check_output([sys.executable, "-c", code], env={**os.environ, PLAIN: value}, text=True)
    assert found.strip() == name


def test_rename_never_replaces(system: Posix, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("empty", "link"):
        with pytest.raises(FileExistsError):
            system.rename_to_free(tmp_path / "a", tmp_path / name)
    system.rename_to_free(tmp_path / "a", tmp_path / "b")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "empty", "link"]


def test_another_reason_not_to_rename_keeps_its_name(system: Posix, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError, match="File name too long") as caught:
        system.rename_to_free(tmp_path / "a", tmp_path / ("x" * 300))
    assert caught.value.errno == errno.ENAMETOOLONG
    assert (tmp_path / "a").is_dir()


def test_an_exchange_is_done_or_changes_nothing(system: Posix, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    is_done = system.exchange(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a" / ("b" if is_done else "a")).exists()
    assert (tmp_path / "b" / ("a" if is_done else "b")).exists()


@on_linux
def test_linux_exchanges(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(FileNotFoundError):
        Linux().exchange(tmp_path / "a", tmp_path / "b")
    (tmp_path / "b").mkdir()
    assert Linux().exchange(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a").is_dir()


def test_a_mode_is_set_without_following_a_link(system: Posix, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(0o000)
    (tmp_path / "link").symlink_to("folder")
    descriptor = os.open(tmp_path, os.O_RDONLY)
    for name, within in ((tmp_path / "link", None), ("link", descriptor)):
        with pytest.raises(OSError):  # noqa: PT011 - by another error on each system
            system.set_mode(name, 0o711, within=within)
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o000
    system.set_mode(tmp_path / "folder", 0o711)
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o711
    system.set_mode("folder", 0o700, within=descriptor)
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o700
    os.close(descriptor)


def test_the_program_of_a_process(system: Posix) -> None:
    assert system.program(os.getpid()) == os.path.realpath(sys.executable)
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert system.program(gone.pid) == ""


def test_what_is_the_same_for_all_processes_of_a_boot(system: Posix) -> None:
    assert system.process_space() == system.process_space() != ""


@on_linux
@pytest.mark.parametrize(("permissions", "users", "groups"), [(7, [2000], [100]), (5, [], [])])
def test_access_control_lists(
    monkeypatch: pytest.MonkeyPatch, permissions: int, users: list[int], groups: list[int]
) -> None:
    nobody = 0xFFFFFFFF
    entries = [(1, 7, nobody), (2, permissions, 2000), (4, 5, nobody), (8, permissions, 100), (16, 7, nobody)]
    acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    monkeypatch.setattr(os, "getxattr", lambda path, name: acl)
    assert Linux().acl_writers("/") == (users, groups)


def test_without_access_control_list(system: Posix, tmp_path: Path) -> None:
    assert system.acl_writers(str(tmp_path)) == ([], [])


@pytest.mark.skipif(sys.platform != "darwin", reason="no other system wants programs signed again")
def test_a_program_that_was_changed_starts_once_it_is_signed(tmp_path: Path) -> None:
    source, program = tmp_path / "hello.c", tmp_path / "hello"
    source.write_text('#include <stdio.h>\nint main(void) { return puts("old prefix") < 0; }\n')
    subprocess.run(["cc", "-o", program, source], check=True)
    program.write_bytes(program.read_bytes().replace(b"old prefix", b"new prefix"))
    assert MacOS().sign(program)
    assert subprocess.check_output([program]) == b"new prefix\n"
    assert not MacOS().sign(source)


def test_changes_of_a_file_are_reported_or_not_promised(system: Posix, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    watched = system.watch(tmp_path / "file")
    assert (watched is None) == (type(system) is Posix)
    if watched is not None:
        assert not select.select([watched], [], [], 0)[0]
        (tmp_path / "file").write_text("changed")
        assert select.select([watched], [], [], 5)[0]
        os.close(watched)
    assert system.watch(tmp_path / "missing") is None


def test_a_group_is_killed_and_may_have_gone() -> None:
    leader = subprocess.Popen(["sh", "-c", "sleep 60 & wait"], start_new_session=True)
    kill_group(leader.pid)
    assert leader.wait() == -9
    kill_group(leader.pid)
