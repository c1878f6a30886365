"""How a server is set up, as far as its users are to know, and what its machine is to packages."""

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
        origin: who named it.
        exists: there is something.
        writable: this user may write there, or make it.
        is_shared: its environments may be used and cloned; its administrators alone change them.
    """

    path: str
    kind: LocationKind
    origin: str
    exists: bool
    writable: bool
    is_shared: bool


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What is in force. Nothing in it holds a login.

    Attributes:
        locations: where environments are looked for, in order of precedence.
        root: the folder that new environments go into; None where none can be written to.
        free_bytes: on the file system of ``root``; None where there is none.
        channels: of specs that name none, as they are configured, highest priority first.
        channel_urls: the same as URLs.
        channel_priority: of conda's configuration: strict, flexible or disabled.
        keep_jobs: of jobs that are over.
        job_timeout: seconds that a job may take; 0 for no limit.
        package_cache: folder for packages and repodata.
        kernel_packages: added to an environment that has python and no kernel.
        default_packages: match specs that every new environment gets, by conda's ``create_default_packages``.
        limits: what the administrator allows; where a policy file cannot be used, those of the configuration alone.
        policy_problem: why a policy file cannot be used, so that nothing can be changed; else None.
        usage: what the user has of it.
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
    """Something that the machine offers and packages may ask for, such as ``__glibc`` or ``__cuda``.

    See "Managing virtual packages" in conda's documentation. ``build`` is ``0`` where it tells nothing.
    """

    name: str
    version: str
    build: str


@dataclass(frozen=True, slots=True)
class Machine:
    """The platform whose packages can be installed, such as ``linux-64``, and the virtual packages by name."""

    platform: str
    virtual_packages: tuple[VirtualPackage, ...]
