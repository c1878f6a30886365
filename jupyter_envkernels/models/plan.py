"""Plans: the packages that a transaction installs, and what that changes; and what is installed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..errors import Problem
from .environment import InstalledPackage

_UNPACKED = 4
"""So many times the size of its archive a package has on disk: 3.9 over the 124 packages of the test channel."""

ChangeKind = Literal["added", "removed", "upgraded", "downgraded", "rebuilt"]


@dataclass(frozen=True, slots=True)
class PlannedPackage:
    """One conda package of a plan, identified by where it comes from and what it hashes to.

    Attributes:
        record: the whole repodata record as JSON text, for the backend alone.
        size: of the archive, in bytes; 0 when the channel does not say.
        cached: it needs no download.
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


def unpacked_bytes(packages: Iterable[PlannedPackage]) -> int:
    """Return about what packages take on disk."""
    return sum(package.size for package in packages) * _UNPACKED


def packed_bytes(unpacked: int) -> int:
    """Return about the size of the archive of a package that takes so much on disk."""
    return unpacked // _UNPACKED


@dataclass(frozen=True, slots=True)
class PackageChange:
    """What becomes of one conda package.

    Attributes:
        before: version and build; None where there is none.
        after: version and build; None where there is none.
    """

    name: str
    change: ChangeKind
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a transaction installs: no more and no less.

    Attributes:
        packages: all conda packages that the environment will have.
        requested: match specs that the history will list as requested.
        pip: requirement lines that pip installs afterwards.
        pip_removed: names of packages of pip that are taken out before.
        variables: environment variables to set.
        changes: against what is installed; for a new environment all packages are added. By name.
        base: digest of what was installed when the plan was made; empty for a new environment. The plan holds for no
            other state.
        free_bytes: free space where the environment goes, when the plan was made; None where it is not known.
        needed_bytes: about what will be taken of it.
        warnings: what the person should know before.
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
        """sha256 over what is installed. The same packages, pip lines and variables give the same digest."""
        pip = [*self.pip, *(f"uninstall {name}" for name in self.pip_removed)]
        return _digest(self.packages, pip, self.variables)

    @property
    def disk_bytes(self) -> int:
        """About what it takes on disk. Packages of the cache take nothing: environments share their files."""
        return unpacked_bytes(package for package in self.packages if not package.cached)

    @property
    def copied_bytes(self) -> int:
        """About what all packages take on a disk that does not have the package cache."""
        return unpacked_bytes(self.packages)

    @property
    def download_bytes(self) -> int:
        """The archives that the package cache lacks."""
        return sum(package.size for package in self.packages if not package.cached)


@dataclass(frozen=True, slots=True)
class InstalledState:
    """What is installed in an environment, as plans are made from it.

    Attributes:
        conda: the packages that its records name, by name.
        pip: the packages that pip has installed, by name.
        replaced: names of conda packages whose files pip has taken away, mostly for a package of its own.
        requested: match specs that were requested, as they were written; empty where no record tells.
        variables: environment variables of the environment.
    """

    conda: tuple[PlannedPackage, ...] = ()
    pip: tuple[InstalledPackage, ...] = ()
    replaced: frozenset[str] = frozenset()
    requested: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all packages, without those that pip has replaced."""
        conda = (package.name for package in self.conda if package.name not in self.replaced)
        return (*conda, *(package.name for package in self.pip))

    @property
    def digest(self) -> str:
        """sha256 over all that a plan depends on: it holds for no other state."""
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
