"""What a transaction needs of a package manager, and where it says how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ..models import JobPhase, LockedPackage, PlannedPackage, ProgressUnit, Room

NO_LIMIT = Room()
"""All that the disk takes."""

NO_ORIGINS: Mapping[str, str] = {}
"""All match specs come from the request."""


class Report(Protocol):
    """Where an operation says what it does. Called in the event loop's thread; must return at once."""

    def phase(self, phase: JobPhase, message: str) -> None:
        """Begin a phase. ``message`` is a short sentence for the person who waits."""

    def progress(self, done: int, total: int | None, unit: ProgressUnit) -> None:
        """Tell how far the phase is. ``done`` never goes back within a phase."""

    def log(self, text: str) -> None:
        """Add one or more lines to the job's log; the final newline is added."""


class Backend(Protocol):
    """A package manager. Every method raises only :class:`~jupyter_envkernels.errors.EnvKernelsError`."""

    def log_in(self, places: Sequence[str]) -> None:
        """Use the logins that channels and URLs of packages hold, from now on."""

    async def solve(
        self,
        specs: Sequence[str],
        channels: Sequence[str],
        installed: Sequence[PlannedPackage] = (),
        *,
        fixed: bool = False,
        origins: Mapping[str, str] = NO_ORIGINS,
    ) -> tuple[PlannedPackage, ...]:
        """Choose packages for match specs.

        Args:
            specs: match specs as a person writes them.
            channels: names or URLs, highest priority first.
            installed: packages to be preferred to all others of their names, whether or not a channel has them.
            fixed: they are not only preferred: no other package of their names will do.
            origins: match specs that do not come from the request -> where they stand, for failures to name it.

        Returns:
            All packages of the environment, by name.

        Raises:
            InvalidSpec: a match spec does not parse.
            ChannelFailed: a channel cannot be read.
            SolveFailed: there is no such environment; the message says why.
        """

    async def locked(self, packages: Sequence[LockedPackage]) -> tuple[PlannedPackage, ...]:
        """Make a plan of exactly these packages, without solving.

        Returns:
            The packages, by name.

        Raises:
            DownloadFailed: one cannot be fetched, or is another one than its URL says.
        """

    async def find(self, dists: Sequence[str], installed: Sequence[PlannedPackage]) -> tuple[PlannedPackage, ...]:
        """Find packages that a history names.

        Args:
            dists: ``channel/subdir::name-version-build``.
            installed: packages that need not be looked for in a channel.

        Returns:
            The packages, by name.

        Raises:
            ChannelFailed: a channel cannot be read.
            SolveFailed: a package is nowhere to be found any more.
        """

    def is_newer(self, version: str, other: str) -> bool:
        """Compare two versions by conda's order."""

    async def install(
        self,
        packages: Sequence[PlannedPackage],
        staging: Path,
        prefix: Path,
        requested: Sequence[str],
        report: Report,
        *,
        room: Room = NO_LIMIT,
    ) -> None:
        """Download what the cache lacks and link all packages into ``staging``, as if it were ``prefix``.

        Where ``staging`` holds packages already, only what differs is linked and unlinked.

        Reports the phases downloading and linking.

        Raises:
            NotAllowed: the packages take more than there is room for; what was fetched is out of the cache again.
            DownloadFailed: a package cannot be fetched, or is not what the channel said.
            LinkFailed: a package cannot be linked.
            DiskFull: no space is left.
        """
