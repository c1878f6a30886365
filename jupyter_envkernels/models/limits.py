"""What an administrator allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

from .fields import Count

_OF_JUPYTER = ("JUPYTER*", "JPY*")
"""Variables of Jupyter and JupyterHub, which hold their tokens: no spec may use them."""


def is_denied_variable(name: str, denied: Iterable[str]) -> bool:
    """Return whether no spec may use a variable: it is one of Jupyter, or matches one of the patterns."""
    return any(fnmatchcase(name, pattern) for pattern in (*_OF_JUPYTER, *denied))


def least(one: int, other: int) -> int:
    """Return the smaller of two numbers of which 0 stands for no limit."""
    return min(one or other, other or one)


def _both(one: bool, other: bool) -> bool:  # noqa: FBT001 - a value of a setting
    return one and other


def _common(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what two lists have in common, of which an empty one allows everything."""
    return tuple(item for item in one if item in other) if one and other else one or other


def _union(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _joined(one: str, other: str) -> str:
    return " ".join(dict.fromkeys(filter(None, (one, other))))


def _first(one: str, other: str) -> str:
    return one or other


def _setting(default: Any, merge: Callable[[Any, Any], Any]) -> Any:
    """Return a field that knows how two values of it become the stricter one."""
    return field(default=default, metadata={"merge": merge})


@dataclass(frozen=True, slots=True)
class LimitsUsage:
    """What a user has of what is limited.

    Attributes:
        environments: that the user owns, wherever they are, or will own when all jobs are done.
        bytes: that they take on disk, as far as it has been measured; files that several share count once.
        free_bytes: on the file system where new environments go; None where it is not known.
    """

    environments: Count
    bytes: Count
    free_bytes: Count | None


@dataclass(frozen=True, slots=True)
class Room:
    """What the limits leave for the packages of one environment, as they are unpacked. None stands for no limit.

    Attributes:
        whole: bytes that all packages of the environment may take.
        growth: bytes that those of them may take which are not in the package cache yet.
        free: bytes that have to stay free on the disk.
    """

    whole: int | None = None
    growth: int | None = None
    free: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What an administrator allows. 0 and empty stand for no limit.

    Attributes:
        allowed_channels: names or URLs; packages come from no other channel.
        denied_packages: names of packages of conda and of pip that no environment may have; with ``*`` for any text.
        denied_variables: names of variables of the server that specs must not use, beside those of Jupyter; with ``*``
            for any text.
        allow_pip: specs may have a ``pip:`` section.
        max_environments: of one person, wherever they are.
        max_total_bytes: that all environments of one person may take on disk; files that several share count once.
        max_packages: of conda, in one environment.
        max_environment_bytes: about what one environment may take on disk, without what pip installs.
        min_free_bytes: what has to stay free on the file system of a new or changed environment.
        pip_indexes: URLs, or paths of folders; pip installs from no other place.
        max_machine_jobs: jobs that run at the same time on the whole machine, those of all people together.
        max_concurrent_jobs: of a policy file; the setting of the same name in the configuration can only be lower.
        max_queued_jobs: the same.
        job_timeout: the same.
        machine_jobs_dir: the folder by which the servers of several people count them; empty where there is none.
        allow_trust: users may trust single prefixes of other accounts.
        message: the administrator's own words, shown with each refusal.
        files: the policy files that these limits come from, beside the configuration.
    """

    allowed_channels: tuple[str, ...] = _setting((), _common)
    denied_packages: tuple[str, ...] = _setting((), _union)
    denied_variables: tuple[str, ...] = _setting((), _union)
    allow_pip: bool = _setting(default=True, merge=_both)
    max_environments: Count = _setting(0, least)
    max_total_bytes: Count = _setting(0, least)
    max_packages: Count = _setting(0, least)
    max_environment_bytes: Count = _setting(0, least)
    min_free_bytes: Count = _setting(0, max)
    pip_indexes: tuple[str, ...] = _setting((), _common)
    max_machine_jobs: Count = _setting(0, least)
    machine_jobs_dir: str = _setting("", _first)
    max_concurrent_jobs: Count = _setting(0, least)
    max_queued_jobs: Count = _setting(0, least)
    job_timeout: Count = _setting(0, least)
    allow_trust: bool = _setting(default=True, merge=_both)
    message: str = _setting("", _joined)
    files: tuple[str, ...] = _setting((), _union)

    def stricter(self, other: Limits) -> Limits:
        """Return limits that allow only what both allow; what cannot be compared comes from these.

        Raises:
            ValueError: an allow-list of one has nothing in common with that of the other; its name is the argument.
        """
        merged: dict[str, Any] = {}
        for each in fields(self):
            one, two, merge = getattr(self, each.name), getattr(other, each.name), each.metadata["merge"]
            merged[each.name] = merge(one, two)
            if one and two and not merged[each.name]:
                raise ValueError(each.name)
        return Limits(**merged)
