"""The interface that a package manager implements for transactions, and the one by which progress is reported.

:class:`~.rattler.RattlerBackend` implements :class:`Backend`; so would a backend for another package manager.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ..models import JobPhase, LockedPackage, PlannedPackage, ProgressUnit, Room

NO_LIMIT = Room()
"""No limit but the disk."""

NO_ORIGINS: Mapping[str, str] = {}
"""For match specs that all come from the request."""


class Report(Protocol):
    """Receives the progress of an operation. Called in the event loop's thread; must return at once."""

    def phase(self, phase: JobPhase, message: str) -> None:
        """Begin a phase. ``message`` is a short sentence for the user."""

    def progress(self, done: int, total: int | None, unit: ProgressUnit) -> None:
        """Report the progress of the phase. ``done`` never decreases within a phase."""

    def log(self, text: str) -> None:
        """Add one or more lines to the job's log, without the final newline."""


class Backend(Protocol):
    """A package manager. Every method raises only :class:`~jupyter_envkernels.errors.EnvKernelsError`."""

    def log_in(self, places: Sequence[str]) -> None:
        """Use the credentials in URLs of channels and packages from now on."""

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
            specs: match specs as users write them.
            channels: names or URLs, highest priority first.
            installed: packages to prefer to all others of the same names, whether or not a channel has them.
            fixed: accept no other packages of these names.
            origins: match specs that do not come from the request -> where they come from, for error messages.

        Returns:
            All packages of the environment, sorted by name.

        Raises:
            InvalidSpec: a match spec does not parse.
            ChannelFailed: a channel cannot be read.
            SolveFailed: there is no solution; the message says why.
        """

    async def locked(self, packages: Sequence[LockedPackage]) -> tuple[PlannedPackage, ...]:
        """Read the records of exactly these packages, without solving.

        Returns:
            The packages, sorted by name.

        Raises:
            DownloadFailed: a package cannot be downloaded, or is not the one that its URL names.
        """

    async def find(self, dists: Sequence[str], installed: Sequence[PlannedPackage]) -> tuple[PlannedPackage, ...]:
        """Find packages that an environment's history names.

        Args:
            dists: ``channel/subdir::name-version-build``.
            installed: packages that are used without reading their channel.

        Returns:
            The packages, sorted by name.

        Raises:
            ChannelFailed: a channel cannot be read.
            SolveFailed: a package no longer exists.
        """

    def is_newer(self, version: str, other: str) -> bool:
        """Return whether ``version`` is newer than ``other`` in conda's order."""

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
        """Download what the cache lacks and link all packages into ``staging``, with ``prefix`` written into files.

        If ``staging`` holds packages already, only what differs is linked and unlinked.

        Reports the phases downloading and linking.

        Raises:
            NotAllowed: the packages take more than ``room``; what was downloaded is deleted from the cache.
            DownloadFailed: a package cannot be downloaded, or differs from what the channel lists.
            LinkFailed: a package cannot be linked.
            DiskFull: no space is left.
        """
