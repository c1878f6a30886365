"""Define the limits of administrators, and how several sets of them are combined."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

from .fields import Count

_OF_JUPYTER = ("JUPYTER*", "JPY*")
"""Variables of Jupyter and JupyterHub, which have their tokens: specs may not use them."""


def is_denied_variable(name: str, denied: Iterable[str]) -> bool:
    """Return whether specs may not use a variable: it is one of Jupyter, or matches a pattern."""
    return any(fnmatchcase(name, pattern) for pattern in (*_OF_JUPYTER, *denied))


def least(one: int, other: int) -> int:
    """Return the smaller of two limits, of which 0 means no limit."""
    return min(one or other, other or one)


def _both(one: bool, other: bool) -> bool:  # noqa: FBT001 - a value of a setting
    return one and other


def _common(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the common items of two lists, of which an empty one allows everything."""
    return tuple(item for item in one if item in other) if one and other else one or other


def _union(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _joined(one: str, other: str) -> str:
    return " ".join(dict.fromkeys(filter(None, (one, other))))


def _first(one: str, other: str) -> str:
    return one or other


def _setting(default: Any, merge: Callable[[Any, Any], Any]) -> Any:
    """Return a field with the function that merges two values into the stricter one."""
    return field(default=default, metadata={"merge": merge})


@dataclass(frozen=True, slots=True)
class LimitsUsage:
    """What a user uses of the limits.

    Attributes:
        environments: number that the user owns, anywhere, or will own when all jobs have ended.
        bytes: their disk usage, as far as it has been measured; files that several share count once.
        free_bytes: on the file system of new environments; None if unknown.
    """

    environments: Count
    bytes: Count
    free_bytes: Count | None


@dataclass(frozen=True, slots=True)
class Room:
    """The rest of the limits for the packages of one environment while they are unpacked. None means no limit.

    Attributes:
        whole: bytes that all packages of the environment may take.
        growth: bytes that its packages may take that are not in the package cache yet.
        free: bytes that must stay free on the disk.
    """

    whole: int | None = None
    growth: int | None = None
    free: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of the administrator. 0 and empty mean no limit.

    Attributes:
        allowed_channels: names or URLs; packages of other channels are not installed.
        denied_packages: names of conda and pip packages that environments may not have; ``*`` matches any text.
        denied_variables: names of variables of the server that specs may not use, in addition to those of Jupyter;
            ``*`` matches any text.
        allow_pip: whether specs may have a ``pip:`` section.
        max_environments: of one user, anywhere.
        max_total_bytes: disk usage of all environments of one user; files that several share count once.
        max_packages: number of conda packages in one environment.
        max_environment_bytes: approximate disk usage of one environment, without pip packages.
        min_free_bytes: bytes that must stay free on the file system of a new or changed environment.
        min_package_age: seconds since the time of a package, before which it is not installed; packages without a time
            and those that are installed already are.
        pip_indexes: URLs, or paths of folders; pip installs from nowhere else.
        max_machine_jobs: jobs of all users that run at the same time on the machine.
        max_concurrent_jobs: from a policy file; the setting of the same name in the configuration can only be lower.
        max_queued_jobs: the same.
        job_timeout: the same.
        machine_jobs_dir: the folder in which the servers of all users count these jobs; empty if there is none.
        allow_trust: whether users may trust single prefixes of other accounts.
        message: of the administrator, shown with each refusal.
        files: the policy files of these limits; they may come from the configuration as well.
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
    min_package_age: Count = _setting(0, max)
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
        """Return limits that allow only what both allow; values that cannot be compared come from ``self``.

        Raises:
            ValueError: two allow-lists have nothing in common; the argument is their name.
        """
        merged: dict[str, Any] = {}
        for each in fields(self):
            one, two, merge = getattr(self, each.name), getattr(other, each.name), each.metadata["merge"]
            merged[each.name] = merge(one, two)
            if one and two and not merged[each.name]:
                raise ValueError(each.name)
        return Limits(**merged)
