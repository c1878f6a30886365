"""Which process is meant by a number, and whose one is."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import replace

import psutil
import pytest

from jupyter_envkernels.jobs.process_id import WorkerMark, account, group_members
from jupyter_envkernels.system import system


def test_a_number_that_was_given_away_again_is_not_signalled() -> None:
    here = WorkerMark.of(os.getpid())
    assert here.may_be_signalled()
    assert not WorkerMark(here.pid, here.place, 1).may_be_signalled()
    assert not WorkerMark(here.pid, "elsewhere", here.started).may_be_signalled()


def test_a_place_is_one_boot_of_one_namespace() -> None:
    space, _, first = WorkerMark.of(os.getpid()).place.rpartition(" ")
    assert space == system.process_space()
    # the numbers of namespaces are given away again, as when a container is followed by another
    assert int(first) == round((psutil.Process(1).create_time() - psutil.boot_time()) * 100)


def test_a_group_is_there_until_its_last_member_ends() -> None:
    """Also when its leader ends first; and a zombie does nothing any more."""
    leader = subprocess.Popen(
        ["sh", "-c", "sleep 60 & echo $!"], start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert leader.stdout is not None
    with leader.stdout:
        child = int(leader.stdout.readline())
    mark = replace(WorkerMark.of(leader.pid), started=None)
    leader.wait()
    assert group_members(leader.pid) == [child]
    assert mark.may_be_signalled()
    os.killpg(leader.pid, 9)
    while psutil.pid_exists(child) and group_members(leader.pid):
        pass
    assert group_members(leader.pid) == []


def test_an_account_has_a_name_or_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    assert account() == pwd.getpwuid(os.getuid()).pw_name

    def unknown(number: int) -> pwd.struct_passwd:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert account() == str(os.getuid())
