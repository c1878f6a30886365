"""Jobs that users announce to each other, and what none of them can do to the others."""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyter_envkernels.jobs.machine_limits import own_most, room
from jupyter_envkernels.jobs.machine_slots import Share, Slots, why_not
from tests.linux_alone import counts_jobs

pytestmark = counts_jobs

ME = os.geteuid()
OTHER = 12345 if ME == 0 else ME
"""Another account, where these tests can be one."""


@pytest.fixture
def folder() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o1777)
        yield name


@contextmanager
def another_user() -> Iterator[None]:
    os.seteuid(OTHER)
    try:
        yield
    finally:
        os.seteuid(ME)


def test_a_job_counts_while_any_process_has_it(folder: str) -> None:
    slots = Slots(folder, is_plan=False)
    descriptor = slots.hold(runs=True)
    assert descriptor is not None
    assert slots.look(9) == {ME: Share(1, 0)}
    worker = subprocess.Popen(["sleep", "60"], pass_fds=[descriptor])
    os.close(descriptor)
    assert slots.look(9) == {ME: Share(1, 0)}
    worker.kill()
    worker.wait()
    assert slots.look(9) == {ME: Share()}


def test_each_sort_is_counted_for_itself_up_to_a_number(folder: str) -> None:
    jobs, plans = Slots(folder, is_plan=False), Slots(folder, is_plan=True)
    held = [slots.hold(runs=runs) for slots in (jobs, plans, plans) for runs in (True, False, False)]
    assert jobs.look(9) == {ME: Share(1, 2)}
    assert plans.look(9) == {ME: Share(2, 4)}
    assert plans.look(3) == {ME: Share(2, 3)}
    assert [path.name for path in Path(folder).iterdir()] == [str(ME)], "one file for each user"
    for descriptor in held:
        assert descriptor is not None
        os.close(descriptor)
    assert plans.look(9) == {ME: Share()}


def test_users_see_each_other_whatever_their_umask(folder: str) -> None:
    slots, before = Slots(folder, is_plan=False), os.umask(0o077)
    try:
        held = [slots.hold(runs=False)]
        with another_user():
            held += [slots.hold(runs=True), slots.hold(runs=True)]
            theirs = slots.look(9)
    finally:
        os.umask(before)
    assert slots.look(9) == theirs
    assert (theirs[ME].waiting, theirs[OTHER].running) == (1, 2)
    for descriptor in held:
        assert descriptor is not None
        os.close(descriptor)


def test_what_others_put_there_blocks_nobody(folder: str) -> None:
    os.mkfifo(f"{folder}/pipe")
    Path(folder, "zero").symlink_to("/dev/zero")
    Path(folder, "folder").mkdir()
    with another_user():
        Path(folder, str(ME)).mkdir()  # the name of our file is taken
    slots = Slots(folder, is_plan=False)
    begun = time.process_time()
    held = [slots.hold(runs=True), slots.hold(runs=True)]
    assert slots.look(9) == {ME: Share(2, 0)}
    assert time.process_time() - begun < 1
    assert len(list(Path(folder).glob(f"{ME}-*"))) == 1
    for descriptor in held:
        assert descriptor is not None
        os.close(descriptor)


def test_a_user_who_announces_any_number_of_jobs_leaves_room(folder: str) -> None:
    slots = Slots(folder, is_plan=False)
    with another_user():
        held = [slots.hold(runs=True) for _ in range(9)]
    assert room(slots.look(own_most(4)), 4) == 1
    for descriptor in held:
        assert descriptor is not None
        os.close(descriptor)


def test_a_file_of_another_user_is_not_taken_for_the_own_one(folder: str, tmp_path: Path) -> None:
    secret = tmp_path / "mine"
    secret.write_text("precious")
    secret.chmod(0o600)
    Path(folder, str(ME)).symlink_to(secret)
    descriptor = Slots(folder, is_plan=False).hold(runs=True)
    assert descriptor is not None
    os.close(descriptor)
    assert (secret.read_text(), secret.stat().st_mode & 0o777) == ("precious", 0o600)


def test_locks_of_others_are_no_jobs_of_ours_and_forbid_none(folder: str) -> None:
    """All that a user can lock in the file of another one are read locks."""
    slots = Slots(folder, is_plan=False)
    first = slots.hold(runs=True)
    assert first is not None
    os.close(first)
    with another_user():
        theirs = os.open(f"{folder}/{ME}", os.O_RDONLY)
    lock = struct.Struct("hhqqi4x")
    with pytest.raises(OSError, match="Bad file descriptor"):
        fcntl.fcntl(theirs, fcntl.F_OFD_SETLK, lock.pack(fcntl.F_WRLCK, os.SEEK_SET, 1000, 10, 0))
    fcntl.fcntl(theirs, fcntl.F_OFD_SETLK, lock.pack(fcntl.F_RDLCK, os.SEEK_SET, 1000, 10, 0))
    assert slots.look(9) == {ME: Share()}
    ours = slots.hold(runs=True)
    assert ours is not None
    assert slots.look(9) == {ME: Share(1, 0)}
    os.close(ours)
    fcntl.fcntl(theirs, fcntl.F_OFD_SETLK, lock.pack(fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0))
    assert slots.hold(runs=True) is None, "it cannot be announced, which forbids nothing"
    os.close(theirs)


@pytest.mark.parametrize(
    ("mode", "words"), [(0o1777, ""), (0o700, ""), (0o777, "lacks the sticky bit"), (0o775, "lacks the sticky bit")]
)
def test_which_folders_will_do(folder: str, mode: int, words: str) -> None:
    Path(folder).chmod(mode)
    assert words in why_not(folder)
    assert bool(words) is bool(why_not(folder))


def test_which_folders_will_not_do(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    assert why_not(str(tmp_path / "file")).endswith("is not a folder")
    assert why_not(str(tmp_path / "missing")).endswith("cannot be used: No such file or directory")
    if ME == 0:
        os.chown(folder, OTHER, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: ME + 1)
    assert why_not(folder).endswith("does not belong to root")
