"""Implement the backend by py-rattler.

Import this module in a worker process only: py-rattler goes on linking after its task was cancelled, and its threads
may crash an interpreter that exits. ``jobs.worker`` exits by ``os._exit`` and is cancelled by SIGKILL.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import rattler
from rattler.exceptions import (
    GatewayError,
    InstallerError,
    InvalidChannelError,
    SolverError,
)

from ..envs.conda_config.condarc import Settings
from ..envs.disk_usage import free_bytes
from ..envs.prefix_data import OF_A_PREFIX, record_paths
from ..errors import ChannelFailed, DownloadFailed, NotAllowed
from ..models import JobPhase, Limits, LockedPackage, PlannedPackage, Room
from .backend import NO_LIMIT, NO_ORIGINS, Report
from .channel_policy import NO_LIMITS
from .explain.diagnosis import diagnose
from .fetch.cache_lock import is_in_use, sweep_packages, wait_for_cache
from .fetch.client import UNCHANGED, Network
from .fetch.download_progress import Meter
from .fetch.error_mapping import channel_failure, install_failure
from .fetch.package_cache import check_archives, open_cache, without_doubtful
from .fetch.partial_archives import PARTS
from .fetch.resumable_downloads import LargeArchives
from .fetch.unpacking import Unpacking
from .messages import some
from .plan.diff import to_link
from .solve.history_lookup import channel_of, find
from .solve.locked_packages import read_locked
from .solve.rattler_records import read_records
from .solve.rattler_specs import Reader
from .solve.solver import Line
from .variable_expansion import NO_VARIABLES, Variables

T = TypeVar("T")


class RattlerBackend:
    """Implements :class:`~.backend.Backend`.

    Args:
        package_cache: folder for packages and repodata; created if missing.
        settings: conda's configuration: channel names and priority, and which packages are too new.
        limits: the administrator's limits; every URL is checked against them.
        variables: those that the request uses. Packages that are returned have their names instead of their values.
    """

    def __init__(
        self,
        package_cache: Path,
        settings: Settings,
        limits: Limits = NO_LIMITS,
        variables: Variables = NO_VARIABLES,
    ) -> None:
        self._settings = settings
        self._limits = limits
        self._variables = variables
        self._network = Network(settings, package_cache / "repodata", limits)
        self._reader = Reader(settings, self._network, variables)
        self._cutoffs = self._reader.cutoffs()
        self._package_cache = package_cache
        self._packages = package_cache / "pkgs"
        self._cache = open_cache(self._packages)
        self._large = LargeArchives(
            package_cache / PARTS,
            self._packages,
            self._network,
            patience=settings.remote_read_timeout_secs,
            retries=settings.remote_max_retries,
        )
        self._known: dict[str, rattler.RepoDataRecord] = {}

    def log_in(self, places: Sequence[str]) -> None:
        """Implement :meth:`.backend.Backend.log_in`."""
        self._network.log_in(self._settings.channel_urls(places))

    async def solve(
        self,
        specs: Sequence[str],
        channels: Sequence[str],
        installed: Sequence[PlannedPackage] = (),
        *,
        fixed: bool = False,
        origins: Mapping[str, str] = NO_ORIGINS,
    ) -> tuple[PlannedPackage, ...]:
        """Implement :meth:`.backend.Backend.solve`."""
        lines = [self._reader.line(text, origin=origins.get(text, "")) for text in specs]
        lines += self._reader.pinned()

        async def ask() -> list[rattler.RepoDataRecord]:
            solver = self._reader.solver(channels, lines, self._records(installed), fixed=fixed, cutoffs=self._cutoffs)
            try:
                return await self._with_url_records(await solver.solve(lines), lines)
            except SolverError as error:
                raise await diagnose(solver, lines, str(error)) from error
            except GatewayError as error:
                if any(line.package and line.package.url.rpartition("/")[2] in str(error) for line in lines):
                    raise install_failure(f"failed to fetch: {error}", is_listed=True) from error
                raise

        try:
            found = await self._plan(await self._of_channels(ask, self._only_channel(channels, lines)))
        except ChannelFailed as error:
            raise self._reader.with_lines(error, channels, lines) from error
        return self._hidden(found)

    async def _with_url_records(
        self, records: Sequence[rattler.RepoDataRecord], lines: Sequence[Line]
    ) -> list[rattler.RepoDataRecord]:
        """Add channel and hashes to packages that lines name by URLs, which rattler leaves out."""
        named = {line.name: line.package for line in lines if line.package is not None}
        found = [(record, package) for record in records if (package := named.get(record.name.normalized))]
        locked = [replace(package, url=record.url) for record, package in found]
        read = await read_locked(self._network.client, locked, self._network.patience)
        known = dict(zip((record.url for record, _ in found), self._records(read), strict=True))
        return [known.get(record.url, record) for record in records]

    async def find(self, dists: Sequence[str], installed: Sequence[PlannedPackage]) -> tuple[PlannedPackage, ...]:
        """Implement :meth:`.backend.Backend.find`."""
        revealed = [self._variables.secrets.reveal(dist) for dist in dists]

        async def ask() -> list[rattler.RepoDataRecord]:
            return await find(self._network, self._settings, revealed, self._records(installed))

        return self._hidden(await self._plan(await self._of_channels(ask)))

    async def _of_channels(self, ask: Callable[[], Awaitable[T]], url: str = "") -> T:
        """Read from channels, once more if a server's answer confused rattler's cache.

        Args:
            ask: reads.
            url: of the channel, if there is just one.

        Raises:
            ChannelFailed: a channel cannot be read.
        """
        try:
            try:
                return await ask()
            except GatewayError as error:
                if UNCHANGED not in str(error):
                    raise
                self._network.forget_channels()
                return await ask()
        except (GatewayError, InvalidChannelError) as error:
            hide = self._variables.secrets.hide  # first, because later steps cut URLs into parts
            raise channel_failure(hide(str(error)), hide(url), self._network.proxy_of) from error

    def _only_channel(self, channels: Sequence[str], lines: Sequence[Line]) -> str:
        """Return the URL of the only channel, which rattler's error does not name; empty if there are several."""
        urls = {url.rstrip("/") for url in self._reader.urls(channels)}
        urls |= {line.spec.channel.base_url.rstrip("/") for line in lines if line.spec.channel is not None}
        return urls.pop() if len(urls) == 1 else ""

    def is_newer(self, version: str, other: str) -> bool:
        """Implement :meth:`.backend.Backend.is_newer`."""
        return rattler.Version(version) > rattler.Version(other)

    async def locked(self, packages: Sequence[LockedPackage]) -> tuple[PlannedPackage, ...]:
        """Implement :meth:`.backend.Backend.locked`."""
        texts = self._variables.texts
        urls = self._network.log_in([texts.get(package.url, package.url) for package in packages])
        clean = [replace(package, url=url) for package, url in zip(packages, urls, strict=True)]
        read = await read_locked(self._network.client, clean, self._network.patience)
        return self._hidden(await self._plan(self._records(read)))

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
        """Implement :meth:`.backend.Backend.install`."""
        await self._wait_for_cache(packages, report)
        packages = await self._plan(self._records(packages))  # the cache may have changed since planning
        there = {path.stem for path in record_paths(staging)}
        fresh = to_link(packages, there)
        if not self._settings.offline:
            fresh = await asyncio.to_thread(without_doubtful, self._packages, fresh)
        self._network.check(package.url for package in fresh)
        self._check_online(fresh)
        await asyncio.to_thread(check_archives, fresh)
        await asyncio.to_thread(sweep_packages, self._packages)
        begun = await asyncio.to_thread(self._large.begun, fresh)
        unpacking = Unpacking(room, self._package_cache, packages, fresh, staging, limits=self._limits)
        with Meter(fresh, begun, report, self._settings.remote_read_timeout_secs) as meter:

            async def link() -> None:
                await self._large.fetch(fresh, meter, report)
                await rattler.install(
                    self._records(packages),
                    staging,
                    package_cache=self._cache,
                    client=self._network.client,
                    show_progress=False,
                    reporter=meter,  # type: ignore[arg-type]  # any object with some of the methods works
                    # py-rattler 0.28 passes these to Rust without unwrapping them
                    requested_specs=[self._reader.line(text).spec._match_spec for text in requested],  # noqa: SLF001
                    alternative_target_prefix=prefix,
                )

            try:
                await _watched(link, meter, unpacking)
            except InstallerError as error:
                raise install_failure(str(error), is_full=_is_full(staging)) from error

    async def _wait_for_cache(self, packages: Sequence[PlannedPackage], report: Report) -> None:
        """Wait for other installations, with a message: the engine itself would wait silently."""
        if await asyncio.to_thread(is_in_use, self._packages):
            phase: JobPhase = "linking" if all(package.cached for package in packages) else "downloading"
            report.phase(phase, "Waiting for another installation that uses the package cache")
            await asyncio.to_thread(wait_for_cache, self._packages)

    def _check_online(self, packages: Sequence[PlannedPackage]) -> None:
        """Refuse to download if conda is set to be offline."""
        lacking = [p.name for p in packages if not p.cached and not p.url.startswith("file:")]
        if self._settings.offline and lacking:
            raise DownloadFailed(
                f"conda is set to be offline, and the package cache lacks {some(lacking)}.",
                remedy="Set conda's offline to false.",
            )

    async def _plan(self, records: Sequence[rattler.RepoDataRecord]) -> tuple[PlannedPackage, ...]:
        """Convert rattler's records to packages, sorted by name."""
        index = await self._cache.index()
        packages = []
        for record in sorted(records, key=lambda record: record.name.normalized):
            text = _text(record)
            self._known[text] = record
            packages.append(
                PlannedPackage(
                    name=record.name.normalized,
                    version=str(record.version),
                    build=str(record.build),
                    channel=channel_of(record),
                    subdir=record.subdir,
                    url=record.url,
                    sha256=record.sha256.hex() if record.sha256 else None,
                    size=record.size or 0,
                    cached=index.contains_record(record),
                    record=text,
                )
            )
        return tuple(packages)

    def _hidden(self, packages: Sequence[PlannedPackage]) -> tuple[PlannedPackage, ...]:
        """Return packages as they may be stored: with names of variables instead of their values."""
        hide = self._variables.secrets.hide_in_url
        hidden = []
        for package in packages:
            url, channel = hide(package.url), hide(package.channel)
            if (url, channel) != (package.url, package.channel):
                record = _with_sources(package.record, hide)
                self._known[record] = self._known[package.record]
                package = replace(package, url=url, channel=channel, record=record)  # noqa: PLW2901
            hidden.append(package)
        return tuple(hidden)

    def _records(self, packages: Sequence[PlannedPackage]) -> list[rattler.RepoDataRecord]:
        """Return rattler's records of packages; those that this object made itself are not parsed again."""
        unknown = [package for package in packages if package.record not in self._known]
        reveal = self._variables.secrets.reveal
        read = read_records([replace(p, record=_with_sources(p.record, reveal)) for p in unknown])
        self._known.update(zip((package.record for package in unknown), read, strict=True))
        return [self._known[package.record] for package in packages]


async def _watched(link: Callable[[], Coroutine[Any, Any, None]], meter: Meter, unpacking: Unpacking) -> None:
    """Run the installation until it ends, a download fails, or packages take more than there is room for.

    The engine's threads go on until the process exits.
    """
    ends: list[asyncio.Future[Any]] = [meter.failure]
    try:
        await asyncio.to_thread(unpacking.check)  # cached packages alone may be too large
        work, watch = asyncio.ensure_future(link()), asyncio.ensure_future(unpacking.watch())
        ends += [work, watch]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if watch.done():
            await watch
        if not work.done():
            raise meter.failure.result()
        await work
        await asyncio.to_thread(unpacking.check)
    except NotAllowed:
        await asyncio.to_thread(unpacking.take_out)
        raise
    finally:
        for end in ends:
            end.cancel()


_NOTHING = 1 << 16
"""Free bytes below which a disk counts as full."""


def _is_full(folder: Path) -> bool:
    """Return whether the file system of a folder, which may be missing, has no space left."""
    free = free_bytes(folder)
    return free is not None and free < _NOTHING


def _text(record: rattler.RepoDataRecord) -> str:
    """Return a record as JSON, without the keys that only a prefix has."""
    text = record.to_json()
    if not isinstance(record, rattler.PrefixRecord):
        return text
    return json.dumps({key: value for key, value in json.loads(text).items() if key not in OF_A_PREFIX})


def _with_sources(record: str, change: Callable[[str], str]) -> str:
    """Return a record as JSON with changed URL and channel."""
    content = json.loads(record)
    return json.dumps({**content, **{key: change(content[key]) for key in ("url", "channel") if content.get(key)}})
