"""Define packages of channels, plans, which list the packages to install and the changes, and the installed state."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..errors import Problem
from .environment import InstalledPackage

_UNPACKED = 4
"""Estimated size of an installed package as a multiple of its archive; 3.9 for the packages of the test channel."""

ChangeKind = Literal["added", "removed", "upgraded", "downgraded", "rebuilt"]


@dataclass(frozen=True, slots=True)
class PlannedPackage:
    """One conda package of a plan, identified by its URL and hash.

    Attributes:
        record: the whole repodata record as JSON text, for the backend only.
        size: of the archive, in bytes; 0 if the channel does not say.
        cached: whether it needs no download.
    """

    name: str
    version: str
    build: str
    channel: str
    subdir: str
    url: str
    sha256: str | None
    size: int
    cached: bool
    record: str


@dataclass(frozen=True, slots=True)
class ChannelPackage:
    """One conda package of a channel.

    Attributes:
        channel: a URL.
        size: of the archive, in bytes; 0 if the channel does not say.
        timestamp: when it was built, in seconds since the epoch; None if the channel does not say.
    """

    name: str
    version: str
    build: str
    build_number: int
    channel: str
    subdir: str
    url: str
    size: int
    timestamp: float | None
    license: str | None
    md5: str | None
    sha256: str | None
    depends: tuple[str, ...]
    constrains: tuple[str, ...]


def unpacked_bytes(packages: Iterable[PlannedPackage]) -> int:
    """Estimate the disk usage of packages."""
    return sum(package.size for package in packages) * _UNPACKED


def packed_bytes(unpacked: int) -> int:
    """Estimate the size of the archive of an installed package."""
    return unpacked // _UNPACKED


@dataclass(frozen=True, slots=True)
class PackageChange:
    """The change of one conda package.

    Attributes:
        before: version and build; None if it is added.
        after: version and build; None if it is removed.
    """

    name: str
    change: ChangeKind
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Exactly what a transaction installs.

    Attributes:
        packages: all conda packages that the environment will have.
        requested: match specs that the history will list as requested.
        pip: requirement lines that pip installs afterwards.
        pip_removed: names of pip packages that are removed before.
        variables: environment variables to set.
        changes: by name, from the installed packages; for a new environment all packages are added.
        base: digest of the installed state when the plan was made; empty for a new environment. The plan is valid for
            no other state.
        free_bytes: free space at the prefix when the plan was made; None if unknown.
        needed_bytes: approximate bytes that will be used of it.
        warnings: what the user should know before.
    """

    packages: tuple[PlannedPackage, ...]
    requested: tuple[str, ...] = ()
    pip: tuple[str, ...] = ()
    pip_removed: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[PackageChange, ...] = ()
    base: str = ""
    free_bytes: int | None = None
    needed_bytes: int = 0
    warnings: tuple[Problem, ...] = ()

    @property
    def digest(self) -> str:
        """Return a sha256 of what is installed, which depends on packages, pip lines and variables only."""
        pip = [*self.pip, *(f"uninstall {name}" for name in self.pip_removed)]
        return _digest(self.packages, pip, self.variables)

    @property
    def disk_bytes(self) -> int:
        """Estimate the disk usage. Cached packages take nothing: environments share their files."""
        return unpacked_bytes(package for package in self.packages if not package.cached)

    @property
    def copied_bytes(self) -> int:
        """Estimate the disk usage if no package is shared with the cache."""
        return unpacked_bytes(self.packages)

    @property
    def download_bytes(self) -> int:
        """Return the size of the archives that are not in the package cache."""
        return sum(package.size for package in self.packages if not package.cached)


@dataclass(frozen=True, slots=True)
class InstalledState:
    """What is installed in an environment, from which plans are made.

    Attributes:
        conda: the packages in its records, by name.
        pip: the packages that pip has installed, by name.
        replaced: names of conda packages whose files pip has removed, mostly to install another version.
        requested: match specs that were requested, as written; empty if not recorded.
        variables: environment variables of the environment.
    """

    conda: tuple[PlannedPackage, ...] = ()
    pip: tuple[InstalledPackage, ...] = ()
    replaced: frozenset[str] = frozenset()
    requested: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all packages, without conda packages that pip has replaced."""
        conda = (package.name for package in self.conda if package.name not in self.replaced)
        return (*conda, *(package.name for package in self.pip))

    @property
    def digest(self) -> str:
        """Return a sha256 of all that a plan depends on."""
        pip = sorted(f"{package.name} {package.version}" for package in self.pip)
        return _digest(self.conda, pip, self.variables, self.requested)


def _digest(
    packages: Iterable[PlannedPackage], pip: Iterable[str], variables: Mapping[str, str], requested: Iterable[str] = ()
) -> str:
    lines = sorted(f"{package.url} {package.sha256}" for package in packages)
    lines += [f"pip {line}" for line in pip]
    lines += sorted(f"{key}={value}" for key, value in variables.items())
    return _sha256([*lines, *requested])


def _sha256(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()
