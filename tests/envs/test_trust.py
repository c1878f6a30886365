from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_envkernels.envs import trust
from jupyter_envkernels.envs.trust import Account, Trust, TrustedPrefix
from jupyter_envkernels.system import system

ME, ADA, TEACHER, ROOT, NOBODY = 1000, 2000, 3000, 0, 65534
MINE, USERS, COURSE = 1000, 100, 700

LOCAL, NETWORK = 1, 2


class Site:
    """Files of several accounts on several file systems, whoever runs the tests: as the system would tell of them."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self._facts: dict[str, dict[str, int]] = {}

    def make(self, path: str, uid: int, mode: int, gid: int | None = None, device: int = LOCAL) -> Path:
        """A folder, or a file where the name has a suffix."""
        place = self.top / path
        is_file = place.suffix in {".json", ".yml"}
        if is_file:
            place.touch()
        elif not os.path.lexists(place):
            place.mkdir()
        kind = stat.S_IFREG if is_file else stat.S_IFDIR
        self._facts[os.fspath(place)] = {
            "st_uid": uid, "st_gid": uid if gid is None else gid, "st_mode": kind | mode, "st_dev": device
        }  # fmt: skip
        return place

    def link(self, path: str, target: str, uid: int) -> Path:
        place = self.top / path
        place.symlink_to(target)
        self._facts[os.fspath(place)] = {"st_uid": uid, "st_mode": stat.S_IFLNK | 0o777, "st_dev": LOCAL}
        return place

    def told(self, path: Any, status: os.stat_result) -> Any:
        facts = self._facts.get(os.fspath(path))
        if facts is None:
            return status if os.fspath(path).startswith(f"{self.top}/") else _Status(status, st_uid=0, st_mode=0o40755)
        return _Status(status, **facts)


class _Status:
    def __init__(self, status: os.stat_result, **facts: int) -> None:
        self._status, self._facts = status, facts

    def __getattr__(self, name: str) -> Any:
        return self._facts.get(name, getattr(self._status, name))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    found = Site(tmp_path)
    stat_of, lstat_of = os.stat, os.lstat
    names = {ME: "me", ADA: "ada", TEACHER: "teacher", ROOT: "root"}
    with monkeypatch.context() as patch:
        patch.setattr(os, "lstat", lambda path: found.told(path, lstat_of(path)))
        patch.setattr(os, "stat", lambda path, **more: found.told(path, stat_of(path, **more)))
        patch.setattr(trust, "account_name", lambda uid: names.get(uid, f"user {uid}"))
        patch.setattr(trust, "_is_member", lambda uid, gid: (uid, gid) in {(TEACHER, COURSE), (ME, COURSE)})
        yield found


def rule(*anchors: Path, **more: Any) -> Trust:
    account = more.pop("account", Account(ME, frozenset({MINE})))
    return Trust(tuple(map(str, anchors)), account=account, **more)


def test_own_prefixes_and_those_of_root_are_trusted_anywhere(site: Site) -> None:
    site.make("srv", ROOT, 0o755)
    mine = site.make("srv/mine", ME, 0o755)
    roots = site.make("srv/roots", ROOT, 0o755)
    assert rule().judge(mine).ok
    assert rule().judge(roots).ok


def test_a_prefix_of_another_account_is_not(site: Site) -> None:
    site.make("srv", ROOT, 0o755)
    theirs = site.make("srv/theirs", ADA, 0o755)
    verdict = rule().judge(theirs)
    assert (verdict.ok, verdict.owner) == (False, "ada")
    assert verdict.reason == f"{theirs} belongs to ada."
    assert rule(owners=frozenset({ADA})).judge(theirs).ok


def test_in_a_sticky_folder_of_root_each_has_what_is_his(site: Site) -> None:
    site.make("scratch", ROOT, 0o1777)
    site.make("scratch/me", ME, 0o755)
    mine = site.make("scratch/me/envs", ME, 0o755)
    theirs = site.make("scratch/x", ADA, 0o755)
    assert rule().judge(mine).ok
    assert not rule().judge(theirs).ok


def test_what_is_not_there_yet_is_safe_only_where_no_other_can_make_it(site: Site) -> None:
    site.make("scratch", ROOT, 0o1777)
    site.make("srv", ROOT, 0o755)
    assert not rule().judge(site.top / "scratch/none").ok
    assert rule().judge(site.top / "srv/none").ok


def test_a_folder_that_all_may_write_spoils_what_is_below_it(site: Site) -> None:
    site.make("open", ROOT, 0o777)
    site.make("open/me", ME, 0o755)
    mine = site.make("open/me/env", ME, 0o755)
    assert rule().judge(mine).reason == f"{site.top}/open can be written by every account."
    assert not rule().judge(site.make("mine", ME, 0o757)).ok
    assert not rule().judge(site.make("kernel.json", ME, 0o666)).ok


def test_a_sticky_folder_of_another_account_is_no_protection(site: Site) -> None:
    site.make("course", ADA, 0o1777)
    assert not rule().judge(site.make("course/mine", ME, 0o755)).ok


def test_private_groups_with_umask_002(site: Site) -> None:
    assert rule().judge(site.make("private", ME, 0o775, gid=MINE)).ok
    assert not rule().judge(site.make("common", ME, 0o775, gid=USERS)).ok
    assert rule(groups=frozenset({USERS})).judge(site.top / "common").ok


def test_docker_stacks(site: Site) -> None:
    """/opt/conda is made by uid 1000 as 2775 users; any other uid may run."""
    conda = site.make("conda", 1000, 0o2775, gid=USERS)
    site.make("conda/envs", 1000, 0o2775, gid=USERS)
    env = site.make("conda/envs/lesson", 1000, 0o2775, gid=USERS)
    account = Account(1234)
    assert rule(conda, account=account).judge(env).ok
    assert not rule(account=account).judge(env).ok


def test_openshift(site: Site) -> None:
    """/opt/conda of uid 1000 and group 0; an arbitrary uid of group 0 runs."""
    site.make("other", ROOT, 0o755)
    env = site.make("other/env", 1000650000, 0o775, gid=0)
    assert rule(account=Account(1000650000, frozenset({0}))).judge(env).ok
    assert not rule(account=Account(1000650000)).judge(env).ok
    conda = site.make("conda", 1000, 0o775, gid=0)
    below = site.make("conda/env", 1000, 0o775, gid=0)
    assert rule(conda, account=Account(1000650000)).judge(below).ok


@pytest.mark.parametrize(("mode", "gid"), [(0o2775, COURSE), (0o777, 0)])
def test_homes_on_volumes(site: Site, mode: int, gid: int) -> None:
    """root:fsGroup 2775, or 0777, as Kubernetes and NFS provisioners make them."""
    site.make("volumes", ROOT, 0o777, device=NETWORK)
    home = site.make("volumes/home", ROOT, mode, gid=gid, device=NETWORK)
    env = site.make("volumes/home/env", ME, 0o2755, gid=gid, device=NETWORK)
    assert rule(home).judge(env).ok
    by_group = site.make("volumes/home/by-group", ME, 0o2775, gid=gid, device=NETWORK)
    assert rule(home).judge(by_group).ok


def test_root_seen_as_the_overflow_uid(site: Site) -> None:
    """As in a user namespace: root's folders seem to be of 65534, also those of a network file system."""
    inside = Account(ME, overflow_device=LOCAL)
    here = site.make("usr", NOBODY, 0o755)
    far = site.make("nfs", NOBODY, 0o755, device=NETWORK)
    assert rule(account=inside).judge(here).ok
    assert not rule(account=inside).judge(far).ok
    assert not rule().judge(here).ok


def test_mode_bits_on_a_read_only_mount_do_not_count(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """ConfigMaps: 0777 folders with a link ``..data`` to the folder of a version."""
    mount = site.make("config", ROOT, 0o777)
    site.make("config/..2026", ROOT, 0o777)
    site.make("config/..2026/policy.yml", ROOT, 0o644)
    site.link("config/..data", "..2026", ROOT)
    link = site.link("config/policy.yml", "..data/policy.yml", ROOT)
    assert not rule().judge(link).ok
    monkeypatch.setattr(trust, "_is_on_read_only_mount", lambda path: path.startswith(str(mount)))
    assert rule().judge(link).ok


def test_a_shared_root_that_a_group_maintains(site: Site) -> None:
    root = site.make("shared", ROOT, 0o2775, gid=COURSE)
    by_teacher = site.make("shared/lesson", TEACHER, 0o2775, gid=COURSE)
    by_ada = site.make("shared/ada", ADA, 0o2755, gid=COURSE)
    assert rule(root).judge(by_teacher).ok
    assert not rule(root).judge(by_ada).ok
    assert not rule().judge(by_teacher).ok
    assert rule(groups=frozenset({COURSE})).judge(by_teacher).ok


def test_the_owner_of_an_anchor_may_own_what_is_below(site: Site) -> None:
    root = site.make("envs", TEACHER, 0o755)
    env = site.make("envs/lesson", TEACHER, 0o755)
    assert rule(root).judge(env).ok
    assert not rule().judge(env).ok


def test_links_are_judged_where_they_lead(site: Site) -> None:
    home = site.make("home", ME, 0o755)
    site.make("srv", ROOT, 0o755)
    site.make("srv/course", ROOT, 0o1777)
    site.make("srv/course/evil", ADA, 0o755)
    site.make("srv/course/good", TEACHER, 0o755)
    site.link("home/course", str(site.top / "srv/course"), ME)
    assert not rule(home).judge(site.top / "home/course/evil").ok
    assert rule(home, owners=frozenset({TEACHER})).judge(site.top / "home/course/good").ok


def test_a_link_that_another_account_may_turn_is_not_trusted_wherever_it_leads(site: Site) -> None:
    home = site.make("home", ME, 0o755)
    mine = site.make("home/env", ME, 0o755)
    site.make("tmp", ROOT, 0o1777)
    site.make("open", ROOT, 0o777)
    for link, owner in (("tmp/theirs", ADA), ("open/mine", ME)):
        site.link(link, str(mine), owner)
        assert not rule(home).judge(site.top / link).ok
    site.link("tmp/own", str(mine), ME)
    assert rule(home).judge(site.top / "tmp/own").ok


def test_relative_links_and_circles(site: Site) -> None:
    home = site.make("home", ME, 0o755)
    site.make("home/a", ME, 0o755)
    site.make("home/b", ME, 0o755)
    site.link("home/a/up", "../b/../b", ME)
    site.link("home/circle", "circle", ME)
    assert rule(home).judge(site.top / "home/a/up").ok
    assert "symbolic links" in rule(home).judge(site.top / "home/circle").reason


def test_a_prefix_that_is_trusted_by_name_is_trusted_as_long_as_it_is_the_same(site: Site) -> None:
    site.make("srv", ROOT, 0o755)
    env = site.make("srv/env", ADA, 0o755)
    inside = site.make("srv/env/bin", ADA, 0o755)
    inode = env.stat().st_ino
    assert rule(prefixes=(TrustedPrefix(str(env), inode, ADA),)).judge(inside).ok
    assert not rule(prefixes=(TrustedPrefix(str(env), inode + 1, ADA),)).judge(inside).ok
    assert not rule(prefixes=(TrustedPrefix(str(env), inode, TEACHER),)).judge(inside).ok


@pytest.mark.parametrize(
    ("kind", "number", "ok"), [("user", ADA, False), ("user", ME, True), ("group", USERS, False), ("group", MINE, True)]
)
def test_access_control_lists(site: Site, monkeypatch: pytest.MonkeyPatch, kind: str, number: int, ok: bool) -> None:
    env = site.make("env", ME, 0o775, gid=MINE)
    monkeypatch.setattr(system, "acl_writers", lambda _: ([number], []) if kind == "user" else ([], [number]))
    assert rule().judge(env).ok is ok


def test_the_account_of_this_process(tmp_path: Path) -> None:
    assert Trust().account.uid == os.geteuid()
    assert Trust((str(tmp_path),)).judge(tmp_path / "anything").ok
