"""Decide whose files may be used: one rule for prefixes, kernelspecs, scripts, lists, templates and policy files.

*Anchors* are trusted: the prefix of this server, the root prefix of conda, the user's home, and configured folders.
Below an anchor, each folder and file must belong to the user, to root, to the owner of the anchor, or to a trusted
owner, and no other account may be able to write it. Elsewhere ``/`` is the anchor. A link is judged by the folder that
contains it and by its target.

A group may write if all of its members are trusted: the user's private group, group 0 inside a container, a group
that may write the anchor itself, and configured groups. Members of the latter two may also own files there.
"""

from __future__ import annotations

import grp
import os
import pwd
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from ..system import system

_ROOT = 0
_MAX_LINKS = 40
"""Most links in one path, as in the Linux kernel."""

_CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv", "/var/run/secrets/kubernetes.io")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a path may be used.

    Attributes:
        ok: only trusted accounts can change it.
        reason: why not, as a sentence; empty if it may be used.
        owner: name of the account that owns the path, or its number.
    """

    ok: bool
    reason: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """The account of this process, with what the rule depends on.

    Attributes:
        uid: effective user id.
        private_groups: group ids with no other member.
        overflow_device: device of ``/`` if root appears as :attr:`overflow_uid`, as in a user namespace without root;
            else None.
        overflow_uid: the user id that the Linux kernel shows for ids that are not mapped.
    """

    uid: int
    private_groups: frozenset[int] = frozenset()
    overflow_device: int | None = None
    overflow_uid: int = 65534

    @classmethod
    def current(cls) -> Account:
        """Return the account of this process."""
        uid = os.geteuid()
        groups, root = frozenset(_private_groups(uid)), system.unmapped_root()
        return cls(uid, groups) if root is None else cls(uid, groups, os.stat("/").st_dev, root)

    def is_root(self, uid: int, device: int) -> bool:
        """Return whether an owner is root, even if root is not mapped into this namespace."""
        return uid == _ROOT or (uid == self.overflow_uid and device == self.overflow_device)


@dataclass(frozen=True, slots=True)
class TrustedPrefix:
    """A prefix that the user trusts by name, as long as it is the same folder of the same owner."""

    path: str
    inode: int
    owner: int


@dataclass(frozen=True, slots=True)
class Trust:
    """The rule and its parameters.

    Attributes:
        anchors: absolute paths of trusted folders.
        owners: user ids that the administrator trusts.
        groups: group ids whose members the administrator trusts.
        prefixes: prefixes that the user trusts by name.
        account: of this process.
    """

    anchors: tuple[str, ...] = ()
    owners: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()
    prefixes: tuple[TrustedPrefix, ...] = ()
    account: Account = field(default_factory=Account.current)

    def judge(self, path: str | os.PathLike[str]) -> Verdict:
        """Check one path; for many, use one :meth:`session`."""
        return self.session().judge(path)

    def session(self) -> TrustSession:
        """Return a session, which checks each folder once. It is for one listing, not to be kept."""
        return TrustSession(self)

    def is_owner(self, uid: int, device: int) -> bool:
        """Return whether an account is trusted everywhere: the user, root, or one that the administrator trusts."""
        return uid == self.account.uid or uid in self.owners or self.account.is_root(uid, device)


class JudgedPath(NamedTuple):
    """A folder or file that was checked.

    Attributes:
        failure: why it is not trusted; empty if it is.
        owners: further user ids that may own files below it.
        groups: group ids that may write files below it.
        is_sticky: any account may create entries in it, but not replace those of others.
    """

    failure: str = ""
    owners: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()
    is_sticky: bool = False

    @property
    def is_open(self) -> bool:
        """Return whether other accounts can create entries in it."""
        return bool(self.failure) or self.is_sticky


class TrustSession:
    """Checks paths, each folder once."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._anchors = {path: os.path.realpath(path) for path in trust.anchors}
        self._real_anchors = frozenset(self._anchors.values())
        self.prefixes = {prefix.path: prefix for prefix in trust.prefixes}
        self._places: dict[str, JudgedPath] = {}
        self._folders: dict[str, JudgedPath] = {}
        self._statuses: dict[str, os.stat_result] = {}
        self._resolved: dict[str, tuple[str, str]] = {}

    def judge(self, path: str | os.PathLike[str]) -> Verdict:
        """Check a path with every link in it. A path that does not exist is checked by who can create it.

        Args:
            path: absolute.
        """
        path = os.path.normpath(os.fspath(path)) if "//" in os.fspath(path) else os.fspath(path)
        try:
            real, failure = self._resolve(path)
            place = self._place(real)
        except OSError as error:
            return Verdict(ok=False, reason=f"{path} cannot be checked: {error.strerror}.")
        failure = failure or place.failure
        return Verdict(ok=not failure, reason=failure, owner=_owner_of(real) if failure else "")

    def failure_below(self, folder: str, path: str, status: os.stat_result) -> str:
        """Return why a file below a trusted folder is not trusted; empty if it is.

        Args:
            folder: checked before.
            path: of the file.
            status: of the open file, as the path may have been replaced since.
        """
        return self._failure(path, status, self._place(self._resolve(folder)[0]))

    def place(self, folder: str) -> JudgedPath:
        """Return the result for a folder, by which a change of it can be noticed."""
        known = self._folders.get(folder)
        if known is None:
            known = self._folders[folder] = self._place_at(folder)
        return known

    def may_trust(self, entry: str) -> bool:
        """Return whether an entry of a folder that others can write could be trusted: by its name or its owner."""
        if entry in self.prefixes:
            return True
        if not self.place(os.path.dirname(entry)).is_sticky:
            return False
        try:
            status = os.lstat(entry)
        except OSError:
            return False
        return self._trust.is_owner(status.st_uid, status.st_dev)

    def _place_at(self, folder: str) -> JudgedPath:
        try:
            real, failure = self._resolve(folder)
            return JudgedPath(failure) if failure else self._place(real)
        except OSError as error:
            return JudgedPath(f"{folder} cannot be checked: {error.strerror}.")

    def _resolve(self, path: str) -> tuple[str, str]:
        """Follow all links; return the real path, and why a link on the way is not trusted.

        Raises:
            OSError: there are too many links, or one cannot be read.
        """
        known = self._resolved.get(path)
        if known is None:
            known = self._resolved[path] = self._follow(path)
        return known

    def _follow(self, path: str) -> tuple[str, str]:
        # Link by link, unlike realpath: others who can write the folder of any link choose where the path leads.
        failure, links = "", 0
        folder, _, name = path.rpartition("/")
        if folder in self._resolved and path not in self._anchors and name not in {"", ".", ".."}:
            (current, failure), rest = self._resolved[folder], [name]
        else:
            current, rest = self._start(path)
        while rest:
            name = rest.pop()
            if name == "..":
                current = os.path.dirname(current)
                continue
            entry = f"{current}/{name}" if current != "/" else f"/{name}"
            if not self._is_link(entry):
                current = entry
                continue
            links += 1
            if links > _MAX_LINKS:
                raise OSError(40, "Too many levels of symbolic links", path)
            failure = failure or self._link_failure(entry, self._place(current))
            target = os.readlink(entry)
            if target.startswith("/"):
                current, above = self._start(target)
                rest += above
            else:
                rest += _parts(target)
        return current, failure

    def _is_link(self, entry: str) -> bool:
        if entry in self._places:  # checked, so it is not a link
            return False
        try:
            status = self._statuses[entry] = os.lstat(entry)
        except OSError:
            return False
        return stat.S_ISLNK(status.st_mode)

    def _start(self, path: str) -> tuple[str, list[str]]:
        """Return the real path of the nearest anchor above a path, and the parts below it in reverse order."""
        above = path
        while above not in self._anchors:
            if above in {"/", ""}:
                return "/", _parts(path)
            above = os.path.dirname(above)
        return self._anchors[above], _parts(path[len(above) :])

    def _place(self, real: str) -> JudgedPath:
        """Check a path without links, from the nearest checked folder or anchor down."""
        unknown = []  # not recursive: others can nest folders to any depth
        while real not in self._places:
            unknown.append(real)
            if real in self._real_anchors or real == "/":
                break
            real = _folder_of(real)
        for each in reversed(unknown):
            self._places[each] = self._judged(each)
        return self._places[unknown[0] if unknown else real]

    def _judged(self, real: str) -> JudgedPath:
        """Check a path whose folder has been checked before."""
        if real in self._real_anchors:
            return _anchor(os.stat(real)) if os.path.exists(real) else JudgedPath()
        if real == "/":
            return JudgedPath()
        parent = self._places[_folder_of(real)]
        try:
            status = self._statuses.get(real) or os.lstat(real)
        except FileNotFoundError:
            absent = f"{real} does not exist, and other accounts can create it." if parent.is_sticky else ""
            return JudgedPath(parent.failure or absent, parent.owners, parent.groups)
        if self._is_trusted_prefix(real, status):
            return _anchor(status)
        failure = parent.failure or self._failure(real, status, parent)
        return JudgedPath(failure, parent.owners, parent.groups, is_sticky=self._is_sticky(status))

    def _is_trusted_prefix(self, real: str, status: os.stat_result) -> bool:
        # A name alone would also trust what another account puts in its place later.
        known = self.prefixes.get(real)
        return known is not None and (known.inode, known.owner) == (status.st_ino, status.st_uid)

    def _is_sticky(self, status: os.stat_result) -> bool:
        """Return whether a folder is like /tmp: of root, and each account can replace only its own entries."""
        return (
            bool(status.st_mode & stat.S_ISVTX)
            and stat.S_ISDIR(status.st_mode)
            and self._trust.account.is_root(status.st_uid, status.st_dev)
        )

    def _link_failure(self, link: str, place: JudgedPath) -> str:
        """Return why others can choose where a link leads; empty if they cannot."""
        if place.failure or not place.is_sticky:
            return place.failure
        status = os.lstat(link)
        return "" if self._is_owner(status, place) else _of_another(link, status)

    def _failure(self, path: str, status: os.stat_result, parent: JudgedPath) -> str:
        """Return why a folder or file is not trusted; empty if it is."""
        # The common case first: a listing checks thousands of paths.
        if status.st_uid == self._trust.account.uid and not status.st_mode & 0o022:
            return ""
        if not self._is_owner(status, parent):
            return _of_another(path, status)
        if not status.st_mode & 0o022 or self._is_sticky(status) or _is_on_read_only_mount(path):
            return ""
        if status.st_mode & stat.S_IWOTH:
            return f"{path} can be written by every account."
        groups = self._trust.account.private_groups | self._trust.groups | parent.groups
        if status.st_gid not in groups:
            return f"{path} can be written by the group {_group_name(status.st_gid)}."
        return self._acl_failure(path, parent, groups)

    def _is_owner(self, status: os.stat_result, parent: JudgedPath) -> bool:
        uid = status.st_uid
        if self._trust.is_owner(uid, status.st_dev) or uid in parent.owners:
            return True
        return any(_is_member(uid, gid) for gid in self._trust.groups | parent.groups)

    def _acl_failure(self, path: str, parent: JudgedPath, groups: frozenset[int]) -> str:
        """Return which further account may write by an access control list, which always sets the group's write bit."""
        users, named_groups = system.acl_writers(path)
        for number in users:
            if not self._trust.is_owner(number, -1) and number not in parent.owners:
                return f"{path} can be written by {account_name(number)}."
        for number in named_groups:
            if number not in groups:
                return f"{path} can be written by the group {_group_name(number)}."
        return ""


def _anchor(status: os.stat_result) -> JudgedPath:
    groups = frozenset({status.st_gid} if status.st_mode & stat.S_IWGRP else ())
    return JudgedPath("", frozenset({status.st_uid}), groups)


def _folder_of(path: str) -> str:
    """Return the folder of a normal absolute path, which is faster than ``os.path.dirname``."""
    return path.rpartition("/")[0] or "/"


def _parts(path: str) -> list[str]:
    return [part for part in reversed(path.split("/")) if part not in {"", "."}]


def _of_another(path: str, status: os.stat_result) -> str:
    return f"{path} belongs to {account_name(status.st_uid)}."


def _owner_of(path: str) -> str:
    try:
        return account_name(os.lstat(path).st_uid)
    except OSError:
        return ""


def account_name(uid: int) -> str:
    """Return the name of an account, or its number."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


@lru_cache(maxsize=1024)
def _is_member(uid: int, gid: int) -> bool:
    try:
        account = pwd.getpwuid(uid)
        return account.pw_gid == gid or account.pw_name in grp.getgrgid(gid).gr_mem
    except KeyError:
        return False


def _is_on_read_only_mount(path: str) -> bool:
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _private_groups(uid: int) -> Iterator[int]:
    """Yield the groups of which an account is the only member: the one with its name, and group 0 in a container."""
    try:
        account = pwd.getpwuid(uid)
        group = grp.getgrgid(account.pw_gid)
        if group.gr_name == account.pw_name and set(group.gr_mem) <= {account.pw_name}:
            yield group.gr_gid
    except KeyError:  # an account without an entry, as in containers that run under any user id
        if os.getegid() == uid:
            yield uid
    if _ROOT in {os.getegid(), *os.getgroups()} and any(map(os.path.exists, _CONTAINER_MARKS)):
        yield _ROOT
