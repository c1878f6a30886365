"""The embedded package manager: py-rattler.

Only a process of its own may use this module: py-rattler goes on linking after its task was cancelled, and may crash
when the interpreter ends. ``jobs.worker`` ends with ``os._exit`` and is cancelled by SIGKILL.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import rattler
from rattler.exceptions import (
    GatewayError,
    InstallerError,
    InvalidChannelError,
    InvalidMatchSpecError,
    SolverError,
)

from ..envs.condarc import Settings
from ..errors import ChannelFailed, InvalidSpec, SolveFailed
from ..models import Plan, PlannedPackage
from .backend import Report
from .explain import install_failure, missing_packages, unsatisfiable
from .meter import Meter


class RattlerBackend:
    """Implements :class:`~.backend.Backend`.

    Args:
        package_cache: folder for packages and repodata; made when missing.
        settings: conda's configuration: what channel names mean, and their priority.
    """

    def __init__(self, package_cache: Path, settings: Settings) -> None:
        self._settings = settings
        self._client = rattler.Client.default_client()
        self._gateway = rattler.Gateway(cache_dir=package_cache / "repodata", client=self._client)
        self._cache = rattler.PackageCache(package_cache / "pkgs")

    async def solve(self, specs: Sequence[str], channels: Sequence[str]) -> tuple[PlannedPackage, ...]:
        """See :meth:`.backend.Backend.solve`."""
        sources = [rattler.Channel(url) for url in self._settings.channel_urls(channels)]
        wanted = [self._match_spec(text) for text in specs]
        try:
            await self._check_names(wanted, sources)
            records = await self._solve(wanted, sources)
        except SolverError as error:
            raise SolveFailed(
                unsatisfiable(str(error), await self._second_opinion(wanted, sources)),
                remedy="Loosen or remove one of the lines named above.",
            ) from error
        except (GatewayError, InvalidChannelError) as error:
            raise ChannelFailed(
                f"The channels cannot be read: {error}",
                remedy="Check the channels' names, and whether this machine reaches them.",
            ) from error
        return await self._plan(records)

    async def installed(self, prefix: Path) -> Plan:
        """See :meth:`.backend.Backend.installed`."""
        try:
            records = [rattler.PrefixRecord.from_path(p) for p in sorted((prefix / "conda-meta").glob("*.json"))]
        except Exception as error:
            raise InvalidSpec(f"The package records of {prefix} cannot be read: {error}") from error
        requested = {text for record in records for text in record.requested_specs}
        return Plan(packages=await self._plan(records), requested=tuple(sorted(requested)))

    async def install(
        self,
        packages: Sequence[PlannedPackage],
        staging: Path,
        prefix: Path,
        requested: Sequence[str],
        report: Report,
    ) -> None:
        """See :meth:`.backend.Backend.install`."""
        with Meter(packages, report, asyncio.get_running_loop()) as meter:
            try:
                await rattler.install(
                    _records(packages),
                    staging,
                    package_cache=self._cache,
                    client=self._client,
                    show_progress=False,
                    reporter=meter,  # type: ignore[arg-type]  # any object with some of its methods will do
                    # py-rattler 0.28 hands these on without unwrapping them
                    requested_specs=[self._match_spec(text)._match_spec for text in requested],  # noqa: SLF001
                    alternative_target_prefix=prefix,
                )
            except InstallerError as error:
                raise install_failure(str(error)) from error

    def _match_spec(self, text: str) -> rattler.MatchSpec:
        """Parse as conda does, leniently; ``channel::name`` gets the channel's full URL, by which rattler compares."""
        channel, found, rest = text.partition("::")
        if found:
            channel, subdir = _split_subdir(channel)
            url = next(iter(self._settings.channel_urls([channel])), channel)
            text = f"{url}/{subdir}::{rest}" if subdir else f"{url}::{rest}"
        try:
            return rattler.MatchSpec(text, strict=False)
        except InvalidMatchSpecError as error:
            raise InvalidSpec(f"{text!r} is not a match spec: {error}", remedy="Write it as name=version.") from error

    async def _solve(
        self,
        specs: Sequence[rattler.MatchSpec],
        sources: Sequence[rattler.Channel],
        constraints: Sequence[rattler.MatchSpec] = (),
    ) -> list[rattler.RepoDataRecord]:
        overrides = rattler.VirtualPackageOverrides.from_env()
        return await rattler.solve(
            sources,
            specs,
            gateway=self._gateway,
            virtual_packages=rattler.VirtualPackage.detect(overrides=overrides),
            channel_priority=_PRIORITIES[self._settings.channel_priority],
            constraints=constraints,
        )

    async def _check_names(self, specs: Sequence[rattler.MatchSpec], sources: Sequence[rattler.Channel]) -> None:
        """Find all unknown names at once; the solver would name the first only.

        Raises:
            SolveFailed: with the nearest names that there are.
        """
        platforms = [rattler.Subdir.current(), rattler.Subdir("noarch")]
        names = await self._gateway.names(sources, platforms)
        known = {name.normalized for name in names}
        unknown = [name for name in _package_names(specs) if name not in known and not name.startswith("__")]
        if unknown:
            raise SolveFailed(
                missing_packages(unknown, known),
                remedy="Correct the names, add the channel that has them, or move them to the pip section.",
            )

    async def _second_opinion(self, specs: Sequence[rattler.MatchSpec], sources: Sequence[rattler.Channel]) -> str:
        """Solve for bare names under the specs as constraints: that names the specs which clash.

        With the specs themselves, records that they exclude are never loaded, and the solver says that there are none.
        """
        bare = [rattler.MatchSpec(name) for name in _package_names(specs)]
        try:
            await self._solve(bare, sources, specs)
        except SolverError as error:
            return str(error)
        return ""

    async def _plan(self, records: Sequence[rattler.RepoDataRecord]) -> tuple[PlannedPackage, ...]:
        """Records -> packages, by name."""
        index = await self._cache.index()
        return tuple(
            PlannedPackage(
                name=record.name.normalized,
                version=str(record.version),
                build=str(record.build),
                channel=record.channel or "",
                subdir=record.subdir,
                url=record.url,
                sha256=record.sha256.hex() if record.sha256 else None,
                size=record.size or 0,
                cached=index.contains_record(record),
                record=record.to_json(),
            )
            for record in sorted(records, key=lambda record: record.name.normalized)
        )


_SUBDIRS = {"noarch", "linux-64", "linux-aarch64", "linux-ppc64le", "osx-64", "osx-arm64", "win-64", "win-arm64"}
_PRIORITIES = {
    "strict": rattler.ChannelPriority.Strict,
    "flexible": rattler.ChannelPriority.Flexible,
    "disabled": rattler.ChannelPriority.Disabled,
}


def _split_subdir(channel: str) -> tuple[str, str | None]:
    """Part ``channel/linux-64`` into the channel and its platform."""
    base, _, last = channel.rstrip("/").rpartition("/")
    return (base, last) if base and last in _SUBDIRS else (channel, None)


def _package_names(specs: Sequence[rattler.MatchSpec]) -> list[str]:
    """The names that the specs ask for, each once; a pattern has none."""
    names = (spec.name.as_package_name() for spec in specs if spec.name is not None)
    return list(dict.fromkeys(name.normalized for name in names if name is not None))


def _records(packages: Sequence[PlannedPackage]) -> list[rattler.RepoDataRecord]:
    """Give back to rattler the records that a plan holds as JSON.

    Its only reader that keeps hashes and sizes is the one for a prefix's records, which reads files.
    """
    records: list[rattler.RepoDataRecord] = []
    with tempfile.TemporaryDirectory(prefix="envkernels-plan-") as folder:
        for package in packages:
            path = Path(folder, f"{package.name}-{package.version}-{package.build}.json")
            content = {"files": [], "paths_data": {"paths": [], "paths_version": 1}, **json.loads(package.record)}
            path.write_text(json.dumps(content), encoding="utf-8")
            records.append(rattler.PrefixRecord.from_path(path))
    return records
