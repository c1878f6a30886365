"""Define the settings that a server shows to its users, and the virtual packages of its machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import Problem
from .fields import Amount, Count, Ordinal
from .limits import Limits, LimitsUsage

ChannelPriority = Literal["strict", "flexible", "disabled"]
LocationKind = Literal["folder", "prefix", "list", "projects"]


@dataclass(frozen=True, slots=True)
class LocationStatus:
    """One location of environments.

    Attributes:
        path: absolute.
        kind: ``folder`` of environments, one ``prefix``, ``list`` of prefixes, or folder of ``projects``.
        origin: the setting or rule that names it.
        exists: whether it exists.
        writable: whether this user may write or create it.
        is_shared: whether only its administrators change its environments, which others may use and clone.
    """

    path: str
    kind: LocationKind
    origin: str
    exists: bool
    writable: bool
    is_shared: bool


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The settings in force, without credentials.

    Attributes:
        locations: where environments are searched, in order of precedence.
        root: the folder of new environments; None if none is writable.
        free_bytes: on the file system of ``root``; None if unknown.
        channels: for specs that name none, as configured, highest priority first.
        channel_urls: the same as URLs.
        channel_priority: of conda's configuration: strict, flexible or disabled.
        keep_jobs: number of ended jobs that are kept.
        job_timeout: longest time of a job in seconds; 0 for no limit.
        package_cache: folder for packages and repodata.
        kernel_packages: added to an environment that has python and no kernel.
        default_packages: match specs that every new environment gets, by conda's ``create_default_packages``.
        limits: those of the administrator; if a policy file cannot be used, only those of the configuration.
        policy_problem: why a policy file cannot be used, so that nothing can be changed; else None.
        usage: what the user uses of the limits.
    """

    locations: tuple[LocationStatus, ...]
    root: Path | None
    free_bytes: Count | None
    channels: tuple[str, ...]
    channel_urls: tuple[str, ...]
    channel_priority: ChannelPriority
    max_concurrent_jobs: Ordinal
    max_queued_jobs: Count
    keep_jobs: Ordinal
    job_timeout: Amount
    package_cache: Path
    kernel_packages: tuple[str, ...]
    default_packages: tuple[str, ...]
    limits: Limits
    usage: LimitsUsage
    policy_problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class VirtualPackage:
    """A virtual package of the machine, on which packages may depend, such as ``__glibc`` or ``__cuda``.

    See "Managing virtual packages" in conda's documentation. ``build`` is ``0`` if it has no meaning.
    """

    name: str
    version: str
    build: str


@dataclass(frozen=True, slots=True)
class Machine:
    """The platform of this machine, such as ``linux-64``, and its virtual packages by name."""

    platform: str
    virtual_packages: tuple[VirtualPackage, ...]
