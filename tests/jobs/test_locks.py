"""One at a time, across processes."""

from __future__ import annotations

import asyncio
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from jupyter_core.paths import jupyter_data_dir

from jupyter_envkernels.envs.trust import account_name
from jupyter_envkernels.errors import Busy, StoreFailed
from jupyter_envkernels.jobs.locks import prefix_lock, submission_lock, sweep_locks
from tests.accounts import Account

HOLD = """
import sys, pathlib
from jupyter_envkernels.jobs.locks import prefix_lock
with prefix_lock(pathlib.Path(sys.argv[1]), "a job of somebody", shared=len(sys.argv) > 2):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "envs" / "lesson"


def hold(prefix: Path, *arguments: str) -> subprocess.Popen[str]:
    """Another process that has the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(prefix), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def files() -> list[Path]:
    return list(Path(jupyter_data_dir(), "envkernels", "locks").iterdir())


def test_who_has_a_lock_is_told_until_that_process_dies(prefix: Path) -> None:
    holder = hold(prefix)
    with pytest.raises(Busy, match=f"{prefix} is in use by a job of somebody"), prefix_lock(prefix, "me"):
        pass
    with prefix_lock(prefix.with_name("other"), "me"):
        pass
    holder.kill()
    holder.communicate()
    with prefix_lock(prefix, "me"), pytest.raises(Busy, match="in use by me"), prefix_lock(prefix, "you"):
        pass


def test_readers_share(prefix: Path) -> None:
    holder = hold(prefix, "shared")
    with prefix_lock(prefix, "me", shared=True), pytest.raises(Busy), prefix_lock(prefix, "you"):
        pass
    holder.communicate("")
    with prefix_lock(prefix, "me"):
        pass


def test_only_what_nobody_uses_is_swept(prefix: Path) -> None:
    sweep_locks()
    holder = hold(prefix)
    for name in ("unused", "young"):
        with prefix_lock(prefix.with_name(name), name):
            pass
    old = time.time() - 40 * 86400
    for path in files():
        if path.read_text() != "young":
            os.utime(path, (old, old))
    sweep_locks()
    assert sorted(path.read_text() for path in files()) == ["a job of somebody", "young"]
    holder.communicate("")
    sweep_locks()
    assert [path.read_text() for path in files()] == ["young"]


def test_of_two_sweepers_the_later_one_leaves_the_lock_that_was_made_between(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with prefix_lock(prefix, "me"):
        (path,) = files()
    os.utime(path, (0, 0))
    locked = fcntl.flock

    def lock_late(file: Any, how: int) -> None:
        path.unlink()
        path.write_text("a new lock of the same name")
        locked(file, how)

    monkeypatch.setattr(fcntl, "flock", lock_late)
    sweep_locks()
    assert path.read_text() == "a new lock of the same name"


def test_a_lock_whose_file_is_deleted_meanwhile_is_taken_anew(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by another process, between the opening of the file and its locking."""
    with prefix_lock(prefix, "me"):
        (path,) = files()
    opened = os.open
    lost: list[int] = []

    def open_and_lose(*arguments: Any) -> int:
        descriptor = opened(*arguments)
        if not lost:
            path.unlink()
            lost.append(descriptor)
        return descriptor

    monkeypatch.setattr(os, "open", open_and_lose)
    with prefix_lock(prefix, "me"):
        assert lost
        with pytest.raises(Busy, match="in use by me"), prefix_lock(prefix, "you"):
            pass


def test_where_no_lock_can_be_kept(prefix: Path) -> None:
    Path(jupyter_data_dir()).write_text("a file where a folder belongs")
    with pytest.raises(StoreFailed, match="No lock file can be created in"), prefix_lock(prefix, "me"):
        pass


@pytest.fixture
def group(accounts: tuple[Account, Account]) -> tuple[Path, int]:
    """A folder in which a group makes environments together, and the id of the group."""
    folder = accounts[0].home.parent / "shared"
    folder.mkdir()
    number = 45678 if os.geteuid() == 0 else os.getegid()
    os.chown(folder, -1, number)
    folder.chmod(0o2775)
    return folder, number


@contextmanager
def holding(person: Account, group: int, prefix: Path, *, shared: bool = False) -> Iterator[None]:
    """Have a job of a person hold the lock of a prefix."""
    held = ExitStack()
    with held:
        with person.acting(group), pytest.MonkeyPatch.context() as patch:
            patch.setenv("JUPYTER_DATA_DIR", str(person.home / "data"))
            held.enter_context(prefix_lock(prefix, "job 20260101-000000-00000000", shared=shared))
        yield


def name_of(person: Account) -> str:
    return account_name(person.uid if os.geteuid() == 0 else os.geteuid())


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_two_people_who_may_change_one_environment_exclude_each_other(
    accounts: tuple[Account, Account], group: tuple[Path, int], umask: int
) -> None:
    (one, two), (folder, number) = accounts, group
    prefix = folder / "lesson"
    before = os.umask(umask)
    try:
        for holder, other in ((one, two), (two, one)):
            with holding(holder, number, prefix):
                with pytest.raises(Busy) as refused, holding(other, number, prefix):
                    pass
                assert refused.value.message == f"{prefix} is in use by a job of {name_of(holder)}."
                with holding(other, number, folder / "other"):
                    pass
        with holding(one, number, prefix, shared=True), holding(two, number, prefix, shared=True):
            pass
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o7777 for path in folder.iterdir()}
    assert modes == {0o660}, "other accounts can neither take these locks nor read whose they are"
    assert {path.stat().st_gid for path in folder.iterdir()} == {number}


def test_a_reader_who_may_not_change_it_needs_no_lock(
    accounts: tuple[Account, Account], group: tuple[Path, int]
) -> None:
    (one, two), (folder, number) = accounts, group
    with holding(two, two.gid, folder / "lesson", shared=True):
        pass
    if os.geteuid() == 0:
        assert list(folder.iterdir()) == []
        with holding(one, number, folder / "lesson"), holding(two, two.gid, folder / "lesson", shared=True):
            pass


@pytest.mark.parametrize("mode", [0o1777, 0o755])
def test_where_none_changes_what_belongs_to_another_there_is_nothing_to_share(
    accounts: tuple[Account, Account], group: tuple[Path, int], mode: int
) -> None:
    """And nothing by which other accounts could keep one away."""
    (one, two), (folder, number) = accounts, group
    folder.chmod(mode)
    with holding(one, number, folder / "lesson"), holding(two, number, folder / "lesson"):
        assert list(folder.iterdir()) == []


@pytest.mark.parametrize("kind", ["link", "dangling link", "second name", "pipe", "folder"])
def test_what_is_no_file_for_a_lock_is_left_alone(
    accounts: tuple[Account, Account], group: tuple[Path, int], kind: str
) -> None:
    (one, two), (folder, number) = accounts, group
    with holding(one, number, folder / "lesson"):
        (lock,) = folder.iterdir()
    lock.unlink()
    secret = folder / "secret"
    with one.acting(number):
        secret.write_text("secret")
        secret.chmod(0o666)
    with two.acting(number):
        if kind == "pipe":
            os.mkfifo(lock)
        elif kind == "second name":
            os.link(secret, lock)
        elif kind == "folder":
            lock.mkdir()
        else:
            lock.symlink_to(secret if kind == "link" else folder / "absent")
    with pytest.raises((StoreFailed, Busy)), holding(one, number, folder / "lesson"):
        pass
    assert secret.read_text() == "secret"
    assert not (folder / "absent").exists()


def test_locks_of_a_group_are_swept_by_the_account_that_made_them(
    accounts: tuple[Account, Account], group: tuple[Path, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    (one, two), (folder, number) = accounts, group
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(folder))
    with holding(one, number, folder / "lesson"):
        pass
    (lock,) = folder.iterdir()
    with one.acting(number):
        sweep_locks([folder])
    assert lock.exists()
    os.utime(lock, (0, 0))
    if os.geteuid() == 0:
        with two.acting(number):
            sweep_locks([folder])
        assert lock.exists()
    with one.acting(number):
        sweep_locks([folder])
    assert not lock.exists()


async def test_submissions_wait_for_each_other(tmp_path: Path) -> None:
    order: list[str] = []

    async def submit(name: str) -> None:
        async with submission_lock(tmp_path / "jobs"):
            order.append(f"{name} begins")
            await asyncio.sleep(0.05)
            order.append(f"{name} ends")

    await asyncio.gather(submit("a"), submit("b"))
    assert [word.split()[1] for word in order] == ["begins", "ends"] * 2


async def test_who_stops_waiting_lets_go_of_the_right_to_submit(tmp_path: Path) -> None:
    async def submit() -> None:
        async with submission_lock(tmp_path / "jobs"):
            pytest.fail("it had stopped")

    async with submission_lock(tmp_path / "jobs"):
        waiting = asyncio.ensure_future(submit())
        await asyncio.sleep(0.05)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
    async with submission_lock(tmp_path / "jobs"):
        assert waiting.done()
