"""Ordinary sites, with the accounts, groups and mounts that they have: what is there can be used."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.models import CatalogOptions
from tests.accounts import Account, give, own, python_of_owners
from tests.prefixes import environ_of, make_prefix

USERS, COURSE, JOVYAN = 100, 1500, 1000
"""Groups, and the account of images for Jupyter."""

_READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && exec "$2" -c "$3" "$1"'
_TEMPLATES = """\
import sys
from pathlib import Path
from jupyter_envkernels.envs.templates import Templates
from jupyter_envkernels.envs.trust import Trust
print(*(template.name for template in Templates((Path(sys.argv[1]),), Trust).read()))
"""
_IN_A_USER_NAMESPACE = """\
import ctypes, os, sys
from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.models import CatalogOptions
uid, home = int(sys.argv[1]), sys.argv[2]
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
system = ctypes.CDLL(None)
system.prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE: what is in /proc/self belongs to the account
try:
    if system.unshare(0x10000000):  # CLONE_NEWUSER
        sys.exit("none")
    with open("/proc/self/uid_map", "w") as file:
        file.write(f"{uid} {uid} 1")
except OSError as error:
    sys.exit(f"{error}")
assert os.stat("/").st_uid == 65534
os.environ["HOME"] = home
print(*(environment.name for environment in Catalog(CatalogOptions()).environments() if environment.kernels))
"""

Accounts = tuple[Account, Account]


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def made(path: Path, uid: int, gid: int, mode: int) -> Path:
    """Make a folder and all in it an account's own, its folders with a mode."""
    own(path, uid, gid)
    for each in (path, *path.rglob("*")):
        if each.is_dir():
            each.chmod(mode)
    return path


def folder(path: Path, uid: int, gid: int, mode: int) -> Path:
    path.mkdir()
    return made(path, uid, gid, mode)


def with_kernels(account: Account, *groups: int, options: CatalogOptions | None = None, **variables: str) -> set[str]:
    """The names of the environments whose kernels the account can use."""
    with account.acting(*groups):
        catalog = Catalog(options or CatalogOptions(), environ_of(account.home, **variables))
        return {environment.name for environment in catalog.environments() if environment.kernels}


def list_for(account: Account, *prefixes: Path) -> None:
    (account.home / ".conda").mkdir()
    (account.home / ".conda/environments.txt").write_text("".join(f"{prefix}\n" for prefix in prefixes))
    own(account.home / ".conda", account.uid, account.gid)


def test_private_groups_with_umask_002(accounts: Accounts) -> None:
    me, _ = accounts
    srv = folder(me.home.parent / "srv", 0, 0, 0o755)
    with umask(0o002):
        group_writable = own(make_prefix(srv / "lesson", "python3"), me.uid, me.gid)
    assert group_writable.stat().st_mode & 0o777 == 0o775
    list_for(me, group_writable)
    assert with_kernels(me) == {"lesson"}
    if os.geteuid() == 0:
        own(group_writable, me.uid, USERS)
        assert with_kernels(me, USERS) == set(), "that group may have other members"


@pytest.mark.parametrize(
    ("gid", "mode", "groups"),
    [(USERS, 0o2775, (USERS,)), (0, 0o775, (0,))],
    ids=["docker stacks", "openshift"],
)
def test_an_installation_of_another_uid(accounts: Accounts, gid: int, mode: int, groups: tuple[int, ...]) -> None:
    """The image's account has made /opt/conda; the one that runs it is another, of the same group."""
    me, _ = accounts
    conda = folder(me.home.parent / "conda", JOVYAN, gid, mode)
    make_prefix(conda / "envs/base-lesson", "python3")
    made(conda, JOVYAN, gid, mode)
    made(make_prefix(conda / "envs/my-lesson", "python3"), me.uid, gid, mode)
    found = with_kernels(me, *groups, CONDA_EXE=f"{conda}/bin/conda")
    assert found == {"base-lesson", "my-lesson"}


@pytest.mark.parametrize(("gid", "mode"), [(COURSE, 0o2775), (0, 0o777)])
def test_a_home_on_a_volume(accounts: Accounts, gid: int, mode: int) -> None:
    """Made by root for a group of the pod, or for all."""
    me, stranger = accounts
    made(me.home, 0, gid, mode)
    with umask(0o002):
        made(make_prefix(me.home / ".conda/envs/lesson", "python3"), me.uid, gid, mode & 0o7775)
    give(make_prefix(me.home / ".conda/envs/planted", "python3"), stranger)
    assert with_kernels(me, COURSE) == {"lesson"}


def test_a_shared_root_that_a_group_maintains(accounts: Accounts) -> None:
    me, stranger = accounts
    teacher = next(entry for entry in pwd.getpwall() if entry.pw_uid and entry.pw_gid)
    shared = folder(me.home.parent / "shared", 0, teacher.pw_gid, 0o2775)
    with umask(0o002):
        made(make_prefix(shared / "lesson", "python3"), teacher.pw_uid, teacher.pw_gid, 0o2775)
    give(make_prefix(shared / "planted", "python3"), stranger)
    assert with_kernels(me, options=CatalogOptions(shared_roots=(shared,))) == {"lesson"}
    list_for(me, shared / "lesson")
    found = with_kernels(me, options=CatalogOptions(trusted_groups=(str(teacher.pw_gid),)))
    assert found == ({"lesson"} if os.geteuid() == 0 else found)


def test_files_of_a_config_map(accounts: Accounts) -> None:
    """Their folders are open to all, with links to the folder of a version, on a mount that is read-only."""
    me, _ = accounts
    mount = me.home.parent / "config-map"
    (mount / "..2026").mkdir(parents=True)
    (mount / "..2026/lesson.yml").write_text("dependencies: [python]\n")
    (mount / "..data").symlink_to("..2026")
    (mount / "lesson.yml").symlink_to("..data/lesson.yml")
    made(mount, 0, 0, 0o777)
    python = python_of_owners(me.home) or sys.executable
    assert output(me, python, "-c", _TEMPLATES, str(mount)) == ""
    unshare = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
    if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no private mounts here; tests/envs/test_trust.py has the same without them")
    assert output(me, *unshare, "sh", "-c", _READ_ONLY, "sh", str(mount), python, _TEMPLATES) == "lesson"


def test_root_is_seen_as_another_uid(accounts: Accounts) -> None:
    """In a user namespace without root. Elsewhere than on the file system of ``/`` that may be any account."""
    me, _ = accounts
    lesson = own(make_prefix(me.home.parent / "lesson", "python3"), 0, 0)
    list_for(me, lesson)
    uid = me.uid if os.geteuid() == 0 else os.geteuid()
    command = [sys.executable, "-c", _IN_A_USER_NAMESPACE, str(uid), str(me.home)]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    if done.returncode == 1 and "Traceback" not in done.stderr:
        pytest.skip("no user namespaces here; tests/envs/test_trust.py has the same without them")
    is_here = lesson.stat().st_dev == Path("/").stat().st_dev
    assert (done.stdout.split(), done.stderr) == (["lesson"] if is_here else [], "")


def output(account: Account, *command: str) -> str:
    environ = {**os.environ, "HOME": str(account.home)}
    done = subprocess.run(command, cwd="/", env=environ, capture_output=True, text=True, check=True)
    return done.stdout.strip()
