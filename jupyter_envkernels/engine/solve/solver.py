"""Ask rattler's solver: lines, channels and virtual packages -> packages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import rattler
from rattler.exceptions import SolverError

from ...models import LockedPackage
from ..cutoffs import NO_CUTOFFS, Cutoffs
from .filtered_channel import FilteredChannel, is_too_new, is_usable, is_wheel
from .wheels import cached_wheels


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a spec.

    Attributes:
        text: as the user wrote it.
        spec: as the solver reads it.
        pinned: whether it comes from conda's ``pinned_packages``: it restricts a package, but does not request it.
        package: the package that it names by URL, which may contain credentials.
        origin: where it comes from, if not from the request: a file and its line, or a variable.
    """

    text: str
    spec: rattler.MatchSpec
    pinned: bool = False
    package: LockedPackage | None = None
    origin: str = ""

    @property
    def name(self) -> str:
        """Return the name of the package; empty for a pattern."""
        name = self.spec.name.as_package_name() if self.spec.name is not None else None
        return name.normalized if name is not None else ""

    @property
    def is_virtual(self) -> bool:
        """Return whether the package is a virtual one."""
        return self.name.startswith("__")

    @property
    def demand(self) -> str:
        """Return name and version as a dependency is written."""
        return f"{self.name} {self.spec.version or ''}".rstrip()

    @property
    def is_bare(self) -> bool:
        """Return whether the line is just a name."""
        return self.spec.version is None and self.spec.build is None and self.spec.channel is None

    def without_version(self) -> Line:
        """Return a line that any version of the package matches."""
        return Line(self.name, rattler.MatchSpec(self.name), self.pinned)

    @property
    def source(self) -> str:
        """Return a sentence on where the line comes from; empty if from the request."""
        return f"`{self.text}` comes from {self.origin}." if self.origin else ""

    def matches(self, record: rattler.RepoDataRecord) -> bool:
        """Return whether a package matches the line with channel and subdir, which rattler's ``matches`` ignores."""
        channel, subdir = self.spec.channel, self.spec.subdir
        return (
            self.spec.matches(record)
            and (channel is None or record.channel == channel.base_url)
            and (subdir is None or record.subdir == subdir)
        )


class Solver:
    """The solver with the input that does not change between questions.

    Args:
        gateway: fetches and caches repodata.
        repodata: folder of its cache.
        channels: highest priority first.
        priority: conda's channel priority.
        installed: packages to prefer to others of the same names, whether or not a channel has them.
        fixed: accept no others of these names.
        cutoffs: the times after which packages of channels are left out.
    """

    def __init__(
        self,
        gateway: rattler.Gateway,
        repodata: Path,
        channels: Sequence[rattler.Channel],
        priority: rattler.ChannelPriority,
        installed: Sequence[rattler.RepoDataRecord] = (),
        *,
        fixed: bool = False,
        cutoffs: Cutoffs = NO_CUTOFFS,
    ) -> None:
        self.cutoffs = cutoffs
        self._installed = list(installed)
        self._fixed = fixed
        self._gateway = gateway
        self._repodata = repodata
        self._is_filtering = bool(cutoffs)
        self.channels = tuple(channels)
        self.is_strict = priority == rattler.ChannelPriority.Strict
        self._priority = priority
        # without them, packages that depend on any glibc could not be installed
        self._machine = virtual_packages()

    @property
    def machine(self) -> dict[str, str]:
        """Return the virtual packages of this machine: name -> version."""
        return {virtual.name.normalized: str(virtual.version) for virtual in self._machine}

    async def solve(self, lines: Sequence[Line]) -> list[rattler.RepoDataRecord]:
        """Choose packages.

        Raises:
            SolverError: there is no solution.
            GatewayError: a channel cannot be read.
        """
        limits = [line for line in lines if line.pinned or self._must_obey_priority(line)]
        wanted = [line.without_version() if line in limits else line for line in lines if not line.pinned]
        records = await self._ask(wanted, limits)
        for line in lines:
            # rattler ignores the platform in channel/platform::name
            if line.spec.subdir is not None and not any(line.matches(record) for record in records):
                raise SolverError(f"No candidates were found for {line.text} on the platform {line.spec.subdir}.")
        return records

    async def solve_names(self, lines: Sequence[Line]) -> list[rattler.RepoDataRecord]:
        """Choose packages by bare names under constraints, so that the reason of a failure names all conflicting lines.

        Given the lines themselves, the solver never sees the records that they exclude, and reports that none exist.
        """
        named = [line for line in lines if line.name]
        return await self._ask([line.without_version() for line in named if not line.pinned], named)

    async def records(self, names: Iterable[str]) -> list[rattler.RepoDataRecord]:
        """Return all packages of these names for this machine, without those of channels that are left out."""
        wanted = _real(names)
        own = [record for record in self._installed if record.name.normalized in wanted]
        return [*(record for record in await self._of_channels(wanted) if is_usable(record, self.cutoffs)), *own]

    async def too_new(self, names: Iterable[str]) -> list[rattler.RepoDataRecord]:
        """Return the packages of these names for this machine that are too new."""
        found = await self._of_channels(_real(names)) if self.cutoffs else []
        return [record for record in found if is_too_new(record, self.cutoffs) and not is_wheel(record)]

    async def wheels(self, names: Iterable[str]) -> dict[str, str]:
        """Return for names that the channels have as wheels one channel each that has them.

        Args:
            names: of packages that no channel has otherwise.
        """
        wanted = _real(names)
        if not wanted:
            return {}
        found = [record for record in await self._of_channels(wanted) if is_wheel(record)]
        found += await cached_wheels(self.channels, here(), wanted, self._repodata)
        return {record.name.normalized: self.name_of(record.channel or "") for record in reversed(found)}

    def name_of(self, channel: str) -> str:
        """Return the name of the channel at a base URL."""
        return next((each.name for each in self.channels if each.base_url == channel and each.name), channel)

    def of_any_age(self) -> Solver:
        """Return the solver without cut-offs."""
        return self._with(NO_CUTOFFS)

    def without_wheels(self) -> Solver:
        """Return the solver that never sees wheels; otherwise it sees them until they are in a solution."""
        return self._with(self.cutoffs)

    def _with(self, cutoffs: Cutoffs) -> Solver:
        fixed, priority = self._fixed, self._priority
        solver = Solver(
            self._gateway, self._repodata, self.channels, priority, self._installed, fixed=fixed, cutoffs=cutoffs
        )
        solver._is_filtering = True
        return solver

    async def _of_channels(self, names: Sequence[str]) -> list[rattler.RepoDataRecord]:
        specs = [rattler.MatchSpec(name) for name in names]
        found = await self._gateway.query(self.channels, here(), specs, recursive=False)
        return [record for records in found for record in records]

    async def names(self, platforms: Sequence[str] = ()) -> set[str]:
        """Return the names of all packages for this machine, or for other platforms."""
        subdirs = [rattler.Subdir(platform) for platform in platforms] or here()
        known = {name.normalized for name in await self._gateway.names(self.channels, subdirs)}
        return known | {record.name.normalized for record in self._installed if not platforms}

    def _must_obey_priority(self, line: Line) -> bool:
        """Return whether strict priority must be enforced for a line, because it names no channel.

        rattler takes packages of a line from any channel, but for a bare name from the first channel that has it.
        """
        return self.is_strict and not line.is_bare and bool(line.name) and line.spec.channel is None

    async def _ask(self, wanted: Sequence[Line], limits: Sequence[Line]) -> list[rattler.RepoDataRecord]:
        if not self._is_filtering:
            found = await self._choose(self.channels, wanted, limits)
            if not any(map(is_wheel, found)):
                return found
            self._is_filtering = True
        filtered = [FilteredChannel(self._gateway, channel, self.cutoffs) for channel in self.channels]
        return await self._choose(filtered, wanted, limits)

    async def _choose(
        self, sources: Sequence[rattler.Channel | FilteredChannel], wanted: Sequence[Line], limits: Sequence[Line]
    ) -> list[rattler.RepoDataRecord]:
        return await rattler.solve(
            sources,
            [line.spec for line in wanted],
            gateway=self._gateway,
            virtual_packages=self._machine,
            channel_priority=self._priority,
            constraints=[line.spec for line in limits],
            locked_packages=None if self._fixed else self._installed,
            pinned_packages=self._installed if self._fixed else None,
        )


def _real(names: Iterable[str]) -> list[str]:
    """Return names without repetitions and without virtual packages."""
    return [name for name in dict.fromkeys(names) if name and not name.startswith("__")]


def virtual_packages() -> list[rattler.GenericVirtualPackage]:
    """Return the virtual packages of this machine, with those that ``CONDA_OVERRIDE_...`` variables set."""
    overrides = rattler.VirtualPackageOverrides.from_env()
    return [virtual.into_generic() for virtual in rattler.VirtualPackage.detect(overrides=overrides)]


def here() -> list[rattler.Subdir]:
    """Return the platforms whose packages can be installed on this machine."""
    return [rattler.Subdir.current(), rattler.Subdir("noarch")]
