"""Download large packages such that an interrupted download is resumed, in the same job or a later one.

The installer downloads and extracts a package at once; when the connection breaks, it begins again at the first byte.
That is fast, and sufficient for small packages, but over a bad connection a large one may never be completed. Its
archive is downloaded here, with the installer's own client: if the server supports byte ranges (RFC 9110, section 14),
only the rest is requested. Then the package is moved into the package cache, where the installer finds it.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from rattler.package_streaming import download_to_writer, extract

from ...models import PlannedPackage
from ..backend import Report
from .client import Network
from .download_progress import Meter
from .error_mapping import damaged, install_failure, is_full_disk, oversized_download, stalled_download
from .package_cache import digest_of, put_package
from .partial_archives import Part, RangeResponse, TooManyBytes, part_of, tree_of

LARGE = 16 << 20
"""Minimum size of such an archive in bytes."""

_AT_ONCE = 4
"""Maximum number of concurrent downloads."""

_WORTH = 1 << 20
"""Bytes of progress after which the count of failures of a download is reset."""

_STEP = 0.1
"""Seconds between two checks of a download."""


class LargeArchives:
    """Downloads large packages into the package cache.

    Args:
        folder: for partial archives.
        packages: the package cache.
        network: connects to the servers.
        patience: seconds without a byte after which a connection counts as broken.
        retries: number of failures without progress after which a download has failed.
    """

    def __init__(self, folder: Path, packages: Path, network: Network, *, patience: float, retries: int) -> None:
        self._folder = folder
        self._packages = packages
        self._network = network
        self._patience = patience
        self._retries = retries

    def begun(self, packages: Sequence[PlannedPackage]) -> dict[str, int]:
        """Return the bytes of large packages that were downloaded before, by name."""
        begun = {}
        for package in filter(is_large, packages):
            with suppress(OSError):
                begun[package.name] = min(part_of(self._folder, package).stat().st_size, package.size)
        return begun

    async def fetch(self, packages: Sequence[PlannedPackage], meter: Meter, report: Report) -> None:
        """Download the large packages into the cache; the installer downloads the others.

        Raises:
            DownloadFailed: a package cannot be downloaded, or differs from what the channel says. Its partial archive
                is kept.
            DiskFull: no space is left.
            OSError: an archive cannot be written.
        """
        turns = asyncio.Semaphore(_AT_ONCE)
        tasks = [
            asyncio.ensure_future(self._bring(package, turns, meter, report)) for package in filter(is_large, packages)
        ]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _bring(self, package: PlannedPackage, turns: asyncio.Semaphore, meter: Meter, report: Report) -> None:
        loop = asyncio.get_running_loop()
        message = f"Waiting for another job that downloads {package.name}."

        def report_wait() -> None:
            loop.call_soon_threadsafe(report.log, message)

        async with turns:
            token = meter.on_populate_cache_start(0, package.name)
            with await asyncio.to_thread(Part, part_of(self._folder, package), report_wait) as part:
                if part.is_gone():  # the package is in the cache by now; if not, the installer downloads it
                    return
                if size := part.size():
                    report.log(f"{package.name}: {_share(size, package)} were downloaded before.")
                await self._complete(
                    package, part, report, lambda: meter.on_download_progress(token, part.size(), None)
                )
                await asyncio.to_thread(self._put, package, part)
            meter.on_populate_cache_complete(token)

    async def _complete(self, package: PlannedPackage, part: Part, report: Report, notify: Callable[[], None]) -> None:
        """Download the rest of an archive, and compare the whole with its hash."""
        for is_last in (False, True):
            try:
                await self._download(package, part, report, notify)
                failure = damaged(f"{package.name} {package.version}", package.url)
                if await asyncio.to_thread(digest_of, part.path, "sha256") == package.sha256:
                    return
            except TooManyBytes:
                failure = oversized_download(package.name, package.size)
            if is_last or not part.is_joined:
                part.delete()
                raise failure
            report.log(f"{package.name}: its parts do not fit together; it is downloaded again.")
            part.empty()

    async def _download(self, package: PlannedPackage, part: Part, report: Report, notify: Callable[[], None]) -> None:
        """Request the rest of an archive, and retry as long as there is progress."""
        if part.size() > package.size:
            part.empty()
        if part.size() == package.size:
            return
        best, failures = part.size(), 0
        while (error := await self._ask(package, part, notify)) is not None and part.size() < package.size:
            if part.size() >= best + _WORTH:
                best, failures = part.size(), 0
            failures += 1
            if failures > self._retries or _is_final(error):
                raise self._failure(error, package, part, report) from error
            report.log(f"{package.name}: the download broke off at {_share(part.size(), package)} and is resumed.")
            await asyncio.sleep(2.0 ** (failures - 2) if failures > 1 else 0)

    async def _ask(self, package: PlannedPackage, part: Part, notify: Callable[[], None]) -> Exception | None:
        """Send one request.

        Returns:
            The error: no more bytes arrived (TimeoutError), the connection broke (OSError), the file cannot be written
            (OSError with errno), or the server refuses or cannot be reached (RuntimeError).

        Raises:
            TooManyBytes: the answer is larger than the archive.
        """
        answer = RangeResponse(part, package.size)
        client = self._network.client_from(part.size())
        download = asyncio.ensure_future(download_to_writer(client, package.url, answer))
        try:
            while not download.done():
                await asyncio.wait([download], timeout=_STEP)
                notify()
                if time.monotonic() - answer.last_sign > self._patience:
                    return TimeoutError()
            await download
        except TooManyBytes:
            raise
        except Exception as error:  # noqa: BLE001 - the engine's own
            return error
        finally:
            answer.end()
            download.cancel()
        return None

    def _failure(self, error: Exception, package: PlannedPackage, part: Part, report: Report) -> Exception:
        """Return the failure for a download that has ended, and log what is kept of it."""
        if is_full_disk(error):
            part.delete()
        elif part.size():
            report.log(f"{package.name}: {_share(part.size(), package)} are kept for the next try.")
        else:
            part.delete()
        if isinstance(error, TimeoutError):
            return stalled_download([package.name], self._patience)
        return install_failure(f"{error} (while downloading {package.url})")

    def _put(self, package: PlannedPackage, part: Part) -> None:
        """Extract a complete archive, and add it to the package cache."""
        tree = tree_of(part.path)
        shutil.rmtree(tree, ignore_errors=True)  # of a process that was killed
        try:
            extract(part.path, tree)
            put_package(self._packages, package, tree)
        except Exception as error:
            shutil.rmtree(tree, ignore_errors=True)
            raise install_failure(f"{error} (while extracting {part.path}, which is {package.url})") from error
        part.delete()


def is_large(package: PlannedPackage) -> bool:
    """Return whether a package is downloaded, large, and has a hash to identify its parts."""
    is_remote = urlsplit(package.url).scheme in {"http", "https"}
    return is_remote and not package.cached and package.sha256 is not None and package.size >= LARGE


def _share(size: int, package: PlannedPackage) -> str:
    return f"{size / 1e6:.1f} of {package.size / 1e6:.1f} MB"


def _is_final(error: Exception) -> bool:
    """Return whether a retry is useless: the server refuses (the client has retried itself), or the disk has failed."""
    return (isinstance(error, OSError) and error.errno is not None) or "HTTP status" in str(error)
